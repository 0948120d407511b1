// Draws shapes. Text is always set as text, so that no name can become markup.
const SVG = "http://www.w3.org/2000/svg";
function shape(parent, name, attributes, text) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, typeof value === "number" ? Math.round(value * 10) / 10 : value);
  if (text !== undefined) made.textContent = text;
  parent.appendChild(made);
  return made;
}
function canvas(plot, width, height) {
  plot.textContent = "";
  return shape(plot, "svg", { viewBox: "0 0 " + width + " " + height, width: "100%", height: height, "aria-hidden": "true", focusable: "false" });
}
function box(parent, x, y, width, height, kind, more) {
  return shape(parent, "rect", { x: x, y: y, width: Math.max(width, 0), height: Math.max(height, 0), class: kind, ...more });
}
function line(parent, x1, y1, x2, y2, kind) { return shape(parent, "line", { x1: x1, y1: y1, x2: x2, y2: y2, class: kind }); }
function write(parent, x, y, text, kind, anchor) { return shape(parent, "text", { x: x, y: y, class: kind || "", "text-anchor": anchor || "start" }, text); }
// A label with a ground of the page's color, so that lines below it do not cross its letters.
function label(parent, x, y, text, kind, anchor) {
  shape(parent, "text", { x: x, y: y, class: "halo", "text-anchor": anchor || "start" }, text);
  return write(parent, x, y, text, kind, anchor);
}
// The same on a plate, where the ground is hatched.
function plate(parent, x, y, text, kind, anchor) {
  const written = write(parent, x, y, text, kind, anchor), place = written.getBBox();
  box(parent, place.x - 6, y - 14, place.width + 12, 20, "f-page", { rx: 3 });
  parent.append(written);
  return written;
}
// About how wide a text of 12 px is.
const widthOf = (text) => text.length * 6.6;
// Round numbers between two ends.
function ticks(low, high, most) {
  const raw = (high - low) / most || 1, power = Math.pow(10, Math.floor(Math.log10(raw))), part = raw / power;
  const step = Math.max((part > 5 ? 10 : part > 2 ? 5 : part > 1 ? 2 : 1) * power, 1e-9), found = [];
  for (let at = Math.ceil(low / step) * step; at <= high + step / 1e6; at += step) found.push(Math.round(at * 1e6) / 1e6);
  return found;
}
// Days under a chart: so many labels that they do not touch, counted from the newest day.
function dayLabels(parent, first, from, days, x, y, right) {
  const room = Math.max(1, Math.floor((x(days - 1) - x(from)) / 62)), step = [1, 7, 14, 28].find((each) => (days - from) / each <= room) || 28;
  for (let at = days - 1; at >= from; at -= step) {
    const text = dayOf(first + at * DAY), last = x(at) + widthOf(text) / 2 > right;
    if (x(at) - widthOf(text) / 2 < x(from) - 20) continue;
    write(parent, last ? right : x(at), y, text, "", last ? "end" : "middle");
  }
}
