// Tells the numbers of one mark: by pointer, by touch, by arrow keys. `stops` are the marks from left to right: where each
// is, and its words, of which those in bold stand in a list of their own.
// `isDown`: the marks are one below the other, and the two ends are left and right.
function readout(chart, plot, drawing, stops, top, bottom, isDown) {
  const words = chart.querySelector(".readout");
  const cursor = isDown ? line(drawing, top, 0, bottom, 0, "cursor") : line(drawing, 0, top, 0, bottom, "cursor");
  const axis = isDown ? "y" : "x";
  cursor.setAttribute("visibility", "hidden");
  let at = -1;
  const show = (next) => {
    at = Math.max(0, Math.min(stops.length - 1, next));
    cursor.setAttribute(axis + "1", stops[at][axis]); cursor.setAttribute(axis + "2", stops[at][axis]); cursor.setAttribute("visibility", "visible");
    words.textContent = "";
    for (const part of stops[at].words) {
      const piece = Array.isArray(part) ? document.createElement("b") : document.createTextNode(part);
      if (Array.isArray(part)) piece.textContent = part[0];
      words.appendChild(piece);
    }
  };
  const hide = () => { at = -1; cursor.setAttribute("visibility", "hidden"); words.textContent = chart.dataset.hint; };
  const point = (event) => {
    const frame = plot.getBoundingClientRect(), scale = drawing.viewBox.baseVal.width / frame.width, where = (isDown ? event.clientY - frame.top : event.clientX - frame.left) * scale;
    let near = 0;
    stops.forEach((stop, place) => { if (Math.abs(stop[axis] - where) < Math.abs(stops[near][axis] - where)) near = place; });
    show(near);
  };
  const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -1, ArrowDown: 1, Home: -1e6, End: 1e6 };
  plot.onpointermove = point; plot.onpointerdown = point;
  plot.onpointerleave = (event) => { if (event.pointerType === "mouse") hide(); };
  plot.onblur = hide;
  plot.onkeydown = (event) => {
    if (event.key === "Escape") return hide();
    if (!(event.key in steps) || (!isDown && /Up|Down/.test(event.key))) return;
    event.preventDefault();
    show(at < 0 ? (steps[event.key] < 0 ? stops.length - 1 : event.key === "End" ? stops.length - 1 : 0) : at + steps[event.key]);
  };
  plot.tabIndex = 0;
  hide();
}
