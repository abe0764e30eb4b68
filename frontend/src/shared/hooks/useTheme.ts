import { useSyncExternalStore } from "react";

function subscribe(onChange: () => void): () => void {
  const observer = new MutationObserver(onChange);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ["data-bs-theme"] });
  return () => observer.disconnect();
}

const read = () => (document.documentElement.getAttribute("data-bs-theme") === "dark" ? "dark" : "light");

/** The theme of the page, also after it was switched. */
export function useTheme(): "light" | "dark" {
  return useSyncExternalStore(subscribe, read);
}
