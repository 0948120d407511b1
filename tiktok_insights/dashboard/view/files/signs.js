// The share of several signs by week: a point with its interval, none where there is no share, and the account's own average.
kinds.signs = (chart, plot, data, view) => {
  const height = view.narrow ? 250 : 330, top = 16, bottom = height - 30, left = 44, right = view.width - (view.narrow ? 12 : 84), weeks = data.weeks;
  const high = Math.max(...weeks.map((week) => week[5] || 0), data.usual || 0) * 1.08 || 0.01, marks = ticks(0, high, 4);
  const x = (at) => left + 16 + (right - left - 32) * (weeks.length > 1 ? at / (weeks.length - 1) : 0.5), y = (value) => bottom - (bottom - top) * value / high;
  const svg = canvas(plot, view.width, height);
  for (const tick of marks) { line(svg, left, y(tick), right, y(tick), tick ? "grid" : "axis"); write(svg, left - 8, y(tick) + 4, Math.round(tick * 1000) / 10 + "%", "", "end"); }
  if (data.usual !== null) {
    line(svg, left, y(data.usual), right, y(data.usual), "dashed");
    if (view.narrow) write(svg, right, top - 4, "dashed: own average " + percent(data.usual), "ink2", "end");
    else { write(svg, right + 6, y(data.usual) - 2, "own average", "ink2"); write(svg, right + 6, y(data.usual) + 13, percent(data.usual), "ink strong"); }
  }
  weeks.forEach((week, at) => {
    const [, , , share, from, to, odd] = week;
    if (share === null) return;
    line(svg, x(at), y(from), x(at), y(to), "whisker" + (odd ? " odd" : ""));
    shape(svg, "circle", { cx: x(at), cy: y(share), r: 4.5, class: odd ? "f-warn" : "f-seen" });
    if (odd) label(svg, at < weeks.length / 2 ? x(at) + 9 : x(at) - 9, y(share) + 4, percent(share), "warn strong", at < weeks.length / 2 ? "start" : "end");
  });
  const step = Math.max(1, Math.ceil(weeks.length * 54 / (right - left)));
  for (let at = weeks.length - 1; at >= 0; at -= step) write(svg, x(at), height - 8, dayOf(weeks[at][0]), "", "middle");
  readout(chart, plot, svg, weeks.map((week, at) => ({ x: x(at), words: ["Week of " + dayOf(week[0]) + ": ", ...(week[3] === null ? [["no share"], ", " + week[1] + " of " + count(week[2])] : [[percent(week[3])], " (" + percent(week[4]) + "\u2013" + percent(week[5]) + "), " + week[1] + " of " + count(week[2])])] })), top, bottom);
};
