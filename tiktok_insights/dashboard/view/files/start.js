// What happens when the file is opened: the filters take their places, the age is computed, and buttons get their work.
const HOUR = 3600, STALE_HOURS = 48;
function tellAge(place) {
  const hours = (Date.now() / 1000 - Number(place.dataset.age)) / HOUR, row = document.createElement("div");
  const term = document.createElement("dt"), value = document.createElement("dd"), days = Math.floor(hours / 24);
  term.textContent = "Taken";
  value.textContent = hours < 1 ? "under an hour ago" : hours < STALE_HOURS ? Math.floor(hours) + (hours < 2 ? " hour ago" : " hours ago") : count(days) + " days ago";
  row.append(term, value);
  place.parentElement.after(row);
  if (hours < STALE_HOURS) return;
  const banner = place.closest(".banner"), words = document.createElement("p");
  banner.classList.add("stale", "old");
  words.className = "why age";
  words.textContent = "This is " + count(days) + " days old: older than " + STALE_HOURS + " hours. Make the file again for newer numbers.";
  banner.querySelector(".why").after(words);
}
function foldLists() {
  for (const list of all("table.fold")) {
    const button = document.createElement("button"), rows = list.tBodies[0].rows.length;
    button.type = "button"; button.className = "more";
    const say = () => { button.textContent = list.classList.contains("open") ? "Show fewer" : "Show all " + rows; button.setAttribute("aria-expanded", list.classList.contains("open")); };
    button.onclick = () => { list.classList.toggle("open"); say(); };
    list.after(button);
    say();
  }
}
function chooseTheme() {
  const button = document.getElementById("theme"), order = ["auto", "light", "dark"], words = { auto: "automatic", light: "light", dark: "dark" };
  const say = () => button.setAttribute("aria-label", "Color theme: " + words[root.dataset.theme || "auto"]);
  button.onclick = () => {
    const next = order[(order.indexOf(root.dataset.theme || "auto") + 1) % order.length];
    if (next === "auto") delete root.dataset.theme; else root.dataset.theme = next;
    try { if (next === "auto") localStorage.removeItem("theme"); else localStorage.setItem("theme", next); } catch (refused) { button.title = "Not kept: this browser stores nothing for files."; }
    say();
  };
  say();
}
function showRulers() {
  const banners = new IntersectionObserver((seen) => { for (const one of seen) if (one.target.offsetParent) root.classList.toggle("scrolled", !one.isIntersecting); });
  for (const banner of all(".banner")) banners.observe(banner);
}
chooseTheme();
// Words beside each drawing say what it shows. In the file, this would be a long attribute of each of thousands of bars.
for (const drawing of all("svg")) drawing.setAttribute("aria-hidden", "true");
// With scripts, # names a page and not a place: without ids the browser does not scroll there.
for (const place of all("[data-page],article")) place.removeAttribute("id");
if (names.length) {
  for (const place of all("[data-age]")) tellAge(place);
  foldLists();
  document.getElementById("account").onchange = (event) => go({ account: event.target.selectedIndex, unknown: null });
  for (const radio of all("input[name=period]")) radio.onchange = () => go({ period: radio.value });
  addEventListener("hashchange", apply);
  let width = innerWidth;
  addEventListener("resize", () => { if (innerWidth !== width) { width = innerWidth; drawCharts(Number(shown.period)); } });
  apply();
  showRulers();
}
