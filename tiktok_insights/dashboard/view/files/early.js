// Runs before anything is painted: says that scripts run, and chooses the theme.
document.documentElement.classList.add("js");
let theme = null;
try { theme = localStorage.getItem("theme"); } catch (refused) { theme = null; }
if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
