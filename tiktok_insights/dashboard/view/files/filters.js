// Page, account and period: they are in the address after #, as in #growth?account=handle&period=28, and links keep them.
const root = document.documentElement;
const all = (selector) => Array.from(document.querySelectorAll(selector));
const pages = all("[data-tab]").map((tab) => tab.dataset.tab);
const periods = all("input[name=period]").map((radio) => radio.value);
const names = JSON.parse(document.querySelector("body > script[type='application/json']").textContent).accounts;
function readAddress() {
  const [page, query] = location.hash.slice(1).split("?"), asked = new URLSearchParams(query || "");
  const place = names.indexOf(asked.get("account")), plain = page.split("-");
  const linked = plain[0] === "account" ? Number(plain[1]) : plain.length === 2 ? Number(plain[1]) : 0;
  return {
    page: pages.includes(plain[0]) ? plain[0] : pages[0],
    account: place >= 0 ? place : linked > 0 && linked < names.length ? linked : 0,
    unknown: asked.get("account") !== null && place < 0 ? asked.get("account") : null,
    period: periods.includes(asked.get("period")) ? asked.get("period") : periods[0],
  };
}
function addressOf(state) {
  const asked = new URLSearchParams();
  if (state.account) asked.set("account", names[state.account]);
  if (state.period !== periods[0]) asked.set("period", state.period);
  return "#" + state.page + (asked.size ? "?" + asked : "");
}
let shown = null;
function apply() {
  const state = readAddress(), moved = shown !== null && (shown.page !== state.page || shown.account !== state.account);
  shown = state;
  for (const part of all("[data-account]")) part.hidden = Number(part.dataset.account) !== state.account;
  for (const part of all("[data-page]")) part.hidden = part.dataset.page !== state.page;
  for (const part of all("[data-period]")) part.hidden = part.dataset.period !== state.period;
  for (const tab of all("[data-tab]")) {
    tab.href = addressOf({ ...state, page: tab.dataset.tab });
    if (tab.dataset.tab === state.page) tab.setAttribute("aria-current", "page"); else tab.removeAttribute("aria-current");
  }
  for (const link of all("[data-go]")) {
    link.href = addressOf({ ...state, account: Number(link.dataset.go) });
    const row = link.closest("tr");
    if (Number(link.dataset.go) === state.account) row.setAttribute("aria-current", "true"); else row.removeAttribute("aria-current");
  }
  document.getElementById("account").value = names[state.account];
  for (const radio of all("input[name=period]")) radio.checked = radio.value === state.period;
  const unknown = document.getElementById("unknown");
  unknown.hidden = state.unknown === null;
  unknown.textContent = state.unknown === null ? "" : "This file has no account \u201c" + state.unknown.slice(0, 60) + "\u201d. It shows the first one instead.";
  if (moved || location.hash.length > 1) scrollTo(0, 0);
  drawCharts(Number(state.period));
}
function go(change) {
  const state = { ...readAddress(), ...change }, kept = scrollY;
  history.replaceState(null, "", addressOf(state));
  apply();
  scrollTo(0, kept);
}
