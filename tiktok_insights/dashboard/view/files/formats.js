// Formats of numbers and times, as numbers.py has them.
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const WEEKDAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const DAY = 86400;
const commas = new Intl.NumberFormat("en-US", { maximumFractionDigits: 1 });
const count = (value) => (value < 0 ? "\u2212" : "") + commas.format(Math.abs(value));
const signed = (value) => (value > 0 ? "+" : "") + count(value);
const percent = (value) => (value * 100).toFixed(1) + "%";
const dayOf = (seconds) => { const at = new Date(seconds * 1000); return at.getUTCDate() + " " + MONTHS[at.getUTCMonth()]; };
const dateOf = (seconds, beside) => dayOf(seconds) + (new Date(seconds * 1000).getUTCFullYear() === new Date(beside * 1000).getUTCFullYear() ? "" : " " + new Date(seconds * 1000).getUTCFullYear());
const weekdayOf = (seconds) => WEEKDAYS[new Date(seconds * 1000).getUTCDay()] + " " + dayOf(seconds);
const monthOf = (seconds) => { const at = new Date(seconds * 1000); return MONTHS[at.getUTCMonth()] + (at.getUTCMonth() ? "" : " " + at.getUTCFullYear()); };
const short = (value) => Math.abs(value) >= 1e6 ? count(Math.round(value / 1e5) / 10) + "M" : count(value);
