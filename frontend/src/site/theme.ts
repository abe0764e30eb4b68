export type Theme = "light" | "dark";

const KEY = "hookflow-theme";

export function currentTheme(): Theme {
  return document.documentElement.getAttribute("data-bs-theme") === "dark" ? "dark" : "light";
}

export function setTheme(theme: Theme): void {
  document.documentElement.setAttribute("data-bs-theme", theme);
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // Storage may be switched off; the choice then lasts for this page.
  }
}

/** Buttons with `data-theme-toggle` switch between light and dark. */
export function startThemeSwitch(): void {
  const label = () => {
    for (const button of document.querySelectorAll("[data-theme-toggle]")) {
      button.setAttribute(
        "aria-label",
        currentTheme() === "dark" ? "Use the light theme" : "Use the dark theme",
      );
    }
  };
  document.addEventListener("click", (event) => {
    if (!(event.target instanceof Element) || !event.target.closest("[data-theme-toggle]")) return;
    event.preventDefault();
    setTheme(currentTheme() === "dark" ? "light" : "dark");
    label();
  });
  label();
}
