// Loaded in the head, before the first paint: a page must not flash white for those who chose dark.
(function () {
  "use strict";
  const key = "hookflow-theme";
  const system = window.matchMedia("(prefers-color-scheme: dark)");

  function choice() {
    try {
      return localStorage.getItem(key) || "auto";
    } catch {
      return "auto"; // storage is switched off: follow the system
    }
  }

  function apply() {
    const chosen = choice();
    const shown = chosen === "auto" ? (system.matches ? "dark" : "light") : chosen;
    document.documentElement.setAttribute("data-bs-theme", shown);
    document.documentElement.setAttribute("data-theme-choice", chosen);
    for (const button of document.querySelectorAll("button[data-theme-set]")) {
      button.setAttribute("aria-pressed", String(button.dataset.themeSet === chosen));
    }
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-theme-set]");
    if (!button) return;
    try {
      localStorage.setItem(key, button.dataset.themeSet);
    } catch {
      // remembered for this page only
      document.documentElement.setAttribute("data-bs-theme", button.dataset.themeSet);
    }
    apply();
  });
  system.addEventListener("change", apply);
  document.addEventListener("DOMContentLoaded", apply);
  apply();
})();
