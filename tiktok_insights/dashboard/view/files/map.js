// The follower map: a column for each part of those who joined, a row for each part of the time in which accounts were made.
kinds.map = (chart, plot, data, view) => {
  const left = 44, right = view.width - 4, top = 8, side = Math.min(right - left, 460), cell = side / data.size, bottom = top + side;
  const svg = canvas(plot, view.width, bottom + 40), end = left + side;
  box(svg, left, top, side, side, "f-sunk");
  const strengths = Array.from(data.cells).flatMap((letter) => { const both = parseInt(letter, 36); return [Math.floor(both / data.levels), both % data.levels]; });
  strengths.forEach((strength, at) => { if (strength) box(svg, left + Math.floor(at / data.size) * cell, bottom - (at % data.size + 1) * cell, cell + 0.2, cell + 0.2, "f-h" + strength); });
  yearsOf(data, (year, part) => {
    const y = bottom - part * cell;
    line(svg, left - 4, y, left, y, "axis");
    write(svg, left - 8, y + 4, String(year), "", "end");
  });
  write(svg, left, bottom + 18, "joined first");
  write(svg, end, bottom + 18, "joined last", "", "end");
  write(svg, (left + end) / 2, bottom + 34, "order of joining \u2192", "ink2", "middle");
  const stops = data.people.map((people, at) => {
    const month = data.months[at], part = "Part " + (at + 1) + " of " + data.size + " in order of joining: ";
    return { x: left + (at + 0.5) * cell, words: people ? [part, [people < data.fewest ? "under " + data.fewest : count(people)], " people, half of their accounts made by " + MONTHS[month % 12] + " " + Math.floor(month / 12)] : [part + "no one"] };
  });
  readout(chart, plot, svg, stops, top, bottom);
};
// Calls back for years at the axis, so many that their labels do not touch.
function yearsOf(data, found) {
  if (!data.step) { found(new Date(data.first * 1000).getUTCFullYear(), 0.5); return; }
  const last = data.first + data.step * data.size, from = new Date(data.first * 1000).getUTCFullYear() + 1, until = new Date(last * 1000).getUTCFullYear();
  const every = Math.max(1, Math.ceil((until - from + 1) / 7));
  for (let year = until; year >= from; year -= every) {
    const part = (Date.UTC(year, 0, 1) / 1000 - data.first) / data.step;
    if (part >= 0 && part <= data.size) found(year, part);
  }
  if (until < from) found(until, data.size / 2);
}
