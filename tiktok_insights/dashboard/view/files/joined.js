// Who joined per day: at least solid, at most hatched on top; who is gone below the same axis, on the same scale. Those out of
// view are many, so they have a strip and a scale of their own; the snapshots have another strip.
kinds.joined = (chart, plot, data, view) => {
  ["least", "most", "gone", "maybe", "out"].forEach((name, at) => { data[name] = columnOf(chart, at + 1); });
  const total = data.most.length, from = total - Math.min(total, Math.max(28, view.days) + 1), days = [];
  for (let at = from; at < total; at += 1) days.push(at);
  const most = Math.max(...days.map((at) => data.most[at] || 0), 1), lost = Math.max(...days.map((at) => data.gone[at] + data.maybe[at]), 0);
  const slid = Math.max(...days.map((at) => data.out[at]), 0), top = 26, room = view.narrow ? 200 : 236;
  const marks = ticks(0, most, 4).filter((tick) => Number.isInteger(tick)), left = Math.max(...marks.map((tick) => widthOf(count(tick))), slid ? widthOf(count(slid)) : 0) + 10;
  const width = view.width - left, each = width / days.length, bar = Math.max(2, Math.min(each * 0.64, 26));
  const scale = room / (most + lost), zero = top + most * scale, low = zero + lost * scale;
  const strip = slid ? low + 58 : low, listsAt = strip + (slid ? 54 : 50), height = listsAt + 44;
  const x = (at) => left + each * (at - from + 0.5), svg = canvas(plot, view.width, height), since = data.since[view.days];
  const begin = since === undefined ? from : Math.floor((since - data.first) / DAY);
  for (const tick of marks) { line(svg, left, zero - tick * scale, view.width, zero - tick * scale, tick ? "grid" : "axis"); write(svg, left - 8, zero - tick * scale + 4, count(tick), "", "end"); }
  emptyDays(svg, data, days, x, each, top, zero);
  for (const at of days) {
    const part = shape(svg, "g", at < begin ? { class: "faded" } : {}), edge = x(at) - bar / 2, least = data.least[at] * scale, upper = data.most[at] * scale;
    if (data.most[at] !== null) {
      if (upper > least) box(part, edge, zero - upper, bar, upper - least, "f-possible" + (bar > 6 ? " outlined" : ""));
      box(part, edge, zero - least, bar, least, "f-seen");
    }
    box(part, edge, zero + 1, bar, data.gone[at] * scale, "f-gone");
    if (data.maybe[at]) box(part, edge, zero + 1 + data.gone[at] * scale, bar, data.maybe[at] * scale, "f-maybe outlined-gone");
    if (slid) box(part, edge, strip + 20 - data.out[at] / slid * 20, bar, data.out[at] / slid * 20, "f-rest");
    listMark(part, x(at), listsAt, Math.min(bar, 9), data.lists[at]);
  }
  for (const [start, end] of data.bursts) {
    const at = Math.floor((start - data.first) / DAY);
    if (at < from || at >= total || data.most[at] === null) continue;
    const text = "burst, " + hourOf(start) + "\u2013" + hourOf(end) + " h", roomLeft = x(at) - bar / 2 - left > widthOf(text) + 8;
    label(svg, roomLeft ? x(at) - bar / 2 - 6 : x(at) + bar / 2 + 6, zero - data.most[at] * scale + 10, text, "warn strong", roomLeft ? "end" : "start");
  }
  if (lost) write(svg, left, low + 18, "\u2193 no longer listed", "ink2");
  if (slid) {
    line(svg, left, strip + 20, view.width, strip + 20, "grid");
    write(svg, left, strip - 8, view.narrow ? "Out of view (state unknown), own scale" : "Out of view: older entries slid past the cap, so their state is unknown (own scale)", "ink2");
    write(svg, left - 8, strip + 8, count(slid), "", "end");
  }
  write(svg, left, listsAt - 10, view.narrow ? "Snapshots: full, orange partial, dashed none" : "Snapshots: filled = read to its end or cap, orange = partial or with holes, dashed = none or hidden", "ink2");
  dayLabels(svg, data.first, from, total, x, height - 8, view.width);
  const lists = { w: "", p: "; partial, or with holes", h: "; list hidden", o: "; another kind of list", "-": "; no snapshot" };
  readout(chart, plot, svg, days.map((at) => ({ x: x(at), words: [
    weekdayOf(data.first + at * DAY) + (at === total - 1 ? ", so far: " : ": "),
    ...(data.most[at] === null ? ["joined: not covered"] : ["joined ", data.least[at] === data.most[at] ? [count(data.least[at])] : [count(data.least[at]) + " to " + count(data.most[at])]]),
    "; gone ", [count(data.gone[at])], data.maybe[at] ? ", gone? " + count(data.maybe[at]) : "", data.out[at] ? "; out of view " + count(data.out[at]) : "", lists[data.lists[at]],
  ] })), top, listsAt + 12);
};
const hourOf = (seconds) => new Date(seconds * 1000).getUTCHours();
// Days that no list covers are hatched, never empty: nobody knows who joined on them.
function emptyDays(svg, data, days, x, each, top, zero) {
  let start = null;
  for (const at of [...days, days[days.length - 1] + 1]) {
    const isEmpty = at < data.most.length && data.most[at] === null;
    if (isEmpty && start === null) start = at;
    if (isEmpty || start === null) continue;
    const left = x(start) - each / 2, right = x(at - 1) + each / 2, text = data.lists.slice(start, at).includes("h") ? "list hidden since " + dayOf(data.first + start * DAY) : "not covered";
    box(svg, left, top, right - left, zero - top, "f-unseen");
    if (right - left > widthOf(text) + 20) plate(svg, (left + right) / 2, top + 20, text, "ink2", "middle");
    start = null;
  }
}
function listMark(parent, x, y, size, list) {
  if (list === "w" || list === "p") box(parent, x - size / 2, y, size, 8, list === "w" ? "f-seen" : "f-warn", { rx: 1.5 });
  else box(parent, x - size / 2, y, size, 8, "none outlined-unseen", { rx: 1.5 });
}
