// Runs before the first paint, so that a dark page does not flash white. A file, because inline scripts are forbidden.
(() => {
  const root = document.documentElement;
  let chosen = null;
  try {
    chosen = localStorage.getItem("hookflow-theme");
  } catch {
    // Storage may be switched off; the system's choice then stands.
  }
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  root.setAttribute(
    "data-bs-theme",
    chosen === "dark" || chosen === "light" ? chosen : dark ? "dark" : "light",
  );
})();
