// The line of TikTok's count: it breaks where there was no snapshot, and its axis does not begin at zero.
kinds.count = (chart, plot, data, view) => {
  data.counts = columnOf(chart, 1);
  const total = data.counts.length, from = total - Math.min(total, Math.max(28, view.days) + 1), known = [];
  for (let at = from; at < total; at += 1) if (data.counts[at] !== null) known.push(at);
  if (!known.length) return;
  const height = view.narrow ? 230 : 270, top = 26, bottom = height - 30, values = known.map((at) => data.counts[at]);
  let low = Math.min(...values), high = Math.max(...values);
  const room = Math.max((high - low) * 0.12, 1);
  low = Math.max(0, low - room); high += room * 0.4;
  const marks = ticks(low, high, 4).filter((tick) => Number.isInteger(tick)), left = Math.max(...marks.map((tick) => widthOf(short(tick))), 20) + 10, right = view.width - 8;
  const x = (at) => left + (right - left) * (at - from) / Math.max(total - 1 - from, 1), y = (value) => bottom - (bottom - top) * (value - low) / (high - low);
  const svg = canvas(plot, view.width, height), last = known[known.length - 1], [since, change] = data.since[view.days] || [];
  const begin = since === undefined ? null : Math.max(from, Math.floor((since - data.first) / DAY));
  if (begin !== null) box(svg, x(begin), top, x(last) - x(begin), bottom - top, "f-soft");
  for (const tick of marks) { line(svg, left, y(tick), right, y(tick), "grid"); write(svg, left - 8, y(tick) + 4, short(tick), "", "end"); }
  gapsOf(data.counts, from, total, (first, end) => {
    const a = x(Math.max(first - 1, from)), b = x(Math.min(end, total - 1)), days = end - first;
    box(svg, a, top, b - a, bottom - top, "f-unseen");
    const text = days === 1 ? "no run, " + dayOf(data.first + first * DAY) : "no run, " + days + " days", half = widthOf(text) / 2;
    if (first > from) label(svg, Math.min(Math.max((a + b) / 2, half), view.width - half), top - 10, text, "ink2", "middle");
  });
  lineOf(svg, data.counts, from, total, x, y);
  hiddenFrom(svg, data, from, x, top, bottom);
  for (const burst of data.bursts) {
    const at = (burst - data.first) / DAY, day = Math.floor(at);
    if (day <= from || day >= total || data.counts[day] === null) continue;
    line(svg, x(day), y(data.counts[day]) - 8, x(day), y(data.counts[day]) - 26, "leader");
    label(svg, x(day), y(data.counts[day]) - 32, "burst, " + dayOf(burst), "warn", "middle");
  }
  if (begin !== null && data.counts[begin] !== null) shape(svg, "circle", { cx: x(begin), cy: y(data.counts[begin]), r: 4, class: "ring" });
  shape(svg, "circle", { cx: x(last), cy: y(data.counts[last]), r: 4, class: "f-seen" });
  label(svg, Math.min(x(last) + 4, view.width), y(data.counts[last]) - 11, count(data.counts[last]), "ink strong", "end");
  if (begin !== null && data.counts[begin] !== null && begin < last) {
    const text = "last " + view.days + " days: " + signed(change), middle = (x(begin) + x(last)) / 2;
    label(svg, Math.min(middle, view.width - widthOf(text) / 2), bottom - 8, text, "accent strong", "middle");
  }
  dayLabels(svg, data.first, from, total, x, height - 8, view.width);
  const stops = [];
  for (let at = from; at < total; at += 1) {
    const day = weekdayOf(data.first + at * DAY) + ": ", before = data.counts[at - 1];
    if (data.counts[at] === null) stops.push({ x: x(at), words: [day, "no snapshot"] });
    else stops.push({ x: x(at), words: [day, [count(data.counts[at])], before === null || before === undefined ? "" : ", " + signed(data.counts[at] - before) + " since the day before", data.hidden.includes(at) ? "; list hidden" : ""] });
  }
  readout(chart, plot, svg, stops, top, bottom);
};
// Calls back for every run of days without a number.
function gapsOf(values, from, total, found) {
  for (let at = from; at < total; at += 1) {
    if (values[at] !== null) continue;
    let end = at;
    while (end < total && values[end] === null) end += 1;
    found(at, end);
    at = end;
  }
}
function lineOf(svg, values, from, total, x, y) {
  let path = "", alone = [];
  for (let at = from; at < total; at += 1) {
    if (values[at] === null) continue;
    const begins = at === from || values[at - 1] === null;
    if (begins && (at === total - 1 || values[at + 1] === null)) alone.push(at);
    path += (begins ? "M" : "L") + x(at).toFixed(1) + " " + y(values[at]).toFixed(1);
  }
  shape(svg, "path", { d: path, class: "curve" });
  for (const at of alone) shape(svg, "circle", { cx: x(at), cy: y(values[at]), r: 2.5, class: "f-seen" });
}
function hiddenFrom(svg, data, from, x, top, bottom) {
  const total = data.counts.length, isHidden = (at) => data.hidden.includes(at);
  let first = total;
  while (first > from && (isHidden(first - 1) || data.counts[first - 1] === null)) first -= 1;
  while (first < total && !isHidden(first)) first += 1;
  if (first >= total) return;
  line(svg, x(first), top, x(first), bottom, "dashed");
  const text = "list hidden, " + dayOf(data.first + first * DAY), isLate = x(first) - widthOf(text) < 60;
  label(svg, x(first) + (isLate ? 6 : -6), top + 12, text, "ink2", isLate ? "start" : "end");
}
