// A line for each snapshot: its right end is when it was taken, its left end how far back it reaches.
kinds.timeline = (chart, plot, data, view) => {
  const total = data.at.length, oldest = data.at[total - 1], known = data.from.filter((from) => from !== null), isWhole = data.lists.includes("w");
  const left = 56, right = view.width - 4, top = 26, each = Math.max(3, Math.min(view.narrow ? 4.5 : 5.5, 330 / Math.max(total, 12)));
  const rows = data.at.map((at, place) => top + 4 + (oldest ? (oldest - at) / oldest : 1) * Math.max(each * (total - 1), 40));
  const bottom = rows[0] + each + 4, height = bottom + 26;
  const span = Math.max(...known, oldest, 1440) * (known.length && !isWhole ? 1.12 : 1.04), x = (minutes) => right - (right - left) * minutes / span;
  const svg = canvas(plot, view.width, height);
  if (known.length && !isWhole) box(svg, left, top, right - left, bottom - top, "f-sunk");
  monthLines(svg, data.newest, span, x, left, top, bottom);
  let labeled = -100;
  for (let place = total - 1; place >= 0; place -= 1) {
    const y = rows[place], list = data.lists[place], from = data.from[place], start = list === "w" ? left : from === null ? null : x(from);
    if (known.length && start !== null && list !== "w") box(svg, left, y - 0.5, start - left, each + 1, "f-unseen");
    if (start === null) line(svg, left, y + each / 2, x(data.at[place]), y + each / 2, "dashed");
    else box(svg, start, y, x(data.at[place]) - start, Math.max(each - 1.4, 2), list === "p" ? "f-warn" : "f-seen");
    if (y - labeled > 40 && (place === 0 || rows[0] - y > 24)) { write(svg, left - 8, y + 6, dayOf(data.newest - data.at[place] * 60), "", "end"); labeled = y; }
  }
  if (labeled < rows[0] - 1) write(svg, left - 8, rows[0] + 6, dayOf(data.newest), "", "end");
  const unseen = ["not seen: older than the list", "not seen"].find((words) => data.from[0] !== null && widthOf(words) + 40 < x(data.from[0]) - left);
  if (unseen && !isWhole) plate(svg, left + 16, bottom - 14, unseen, "ink2");
  const first = data.from[0], text = data.lists[0] === "w" ? "newest list: to the first follower" : data.lists[0] === "h" ? "newest: hidden" : first === null ? "" : "newest list: back to " + dateOf(data.newest - first * 60, data.newest);
  if (text) write(svg, Math.min(Math.max(first === null || data.lists[0] === "w" ? left : x(first), left + widthOf(text) / 2), right - widthOf(text) / 2), bottom + 18, text, "accent strong", "middle");
  byRow(chart, plot, svg, data, rows, left, right);
};
function monthLines(svg, newest, span, x, left, top, bottom) {
  const begin = new Date((newest - span * 60) * 1000);
  let last = -100;
  for (let month = 1; month < 240; month += 1) {
    const at = Date.UTC(begin.getUTCFullYear(), begin.getUTCMonth() + month, 1) / 1000;
    if (at > newest) break;
    const place = x((newest - at) / 60);
    line(svg, place, top, place, bottom, "grid");
    if (place - last > 64 && place + 30 < x(0) + 40) { write(svg, place, top - 8, monthOf(at), "", "middle"); last = place; }
  }
}
// Here a pointer moves from line to line, so up and down.
function byRow(chart, plot, svg, data, rows, left, right) {
  const words = { w: "whole", c: "cut", p: "partial, or with holes", o: "another kind of list", h: "hidden" };
  const stops = data.at.map((at, place) => ({ x: 0, y: rows[place], words: [weekdayOf(data.newest - at * 60) + ": ", [words[data.lists[place]]], data.from[place] === null ? "" : ", back to " + dateOf(data.newest - data.from[place] * 60, data.newest) + ", " + count(Math.round((data.from[place] - at) / 1440)) + " days"] })).reverse();
  readout(chart, plot, svg, stops, left, right, true);
}
