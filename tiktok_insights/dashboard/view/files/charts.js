// The kinds of charts, by the name that `plot` gives; each file that draws one adds it here.
const kinds = {};
const hints = { mouse: "Point at the chart, or use the arrow keys, for its numbers.", touch: "Touch the chart for its numbers." };
const isTouch = matchMedia("(pointer: coarse)").matches;
// Draws a chart at the width that it has; a hidden one has none, and is drawn when it is shown.
function drawChart(chart, days) {
  const plot = chart.querySelector(".plot"), width = Math.floor(plot.clientWidth);
  if (!width || chart.dataset.drawn === width + " " + days) return;
  chart.dataset.drawn = width + " " + days;
  chart.dataset.hint = isTouch ? hints.touch : hints.mouse;
  kinds[chart.dataset.chart](chart, plot, JSON.parse(chart.querySelector("script").textContent), { days: days, width: width, narrow: width < 520 });
}
// The numbers of a column of the chart's table, which begins with the newest day; null where there is none.
function columnOf(chart, place) {
  const rows = [...chart.closest("section").querySelectorAll("tbody tr")].reverse();
  return rows.map((row) => row.children[place].textContent.replace(/\D/g, "")).map((digits) => digits ? Number(digits) : null);
}
function drawCharts(days) { for (const chart of document.querySelectorAll("[data-chart]")) drawChart(chart, days); }
