import { type RefObject, useEffect } from "react";
import { useUi } from "@/session/session";

/** The element of a field, or of the nearest field around it that is on the page. */
function find(panel: HTMLElement, field: string): HTMLElement | null {
  for (
    let path = field.replace(/^(config|settings)\./, "");
    path !== "";
    path = path.split(".").slice(0, -1).join(".")
  ) {
    const box = panel.querySelector<HTMLElement>(`[data-field="${CSS.escape(path)}"]`);
    if (box) return box;
  }
  return null;
}

/** Puts the cursor into the field that something jumped to. */
export function useFocusField(panel: RefObject<HTMLElement | null>, node: string): void {
  const target = useUi((ui) => ui.focusField);
  useEffect(() => {
    if (!panel.current || target?.node !== node) return;
    const settings = target.field.startsWith("settings.")
      ? panel.current.querySelector<HTMLElement>("[data-settings]")
      : null;
    settings?.setAttribute("open", "");
    // A config may have a field of the same name as a setting.
    const box = find(settings ?? panel.current, target.field) ?? panel.current;
    const inside = "input:not([type=hidden]), textarea, select, .cm-content, button";
    const input = box.matches("input, textarea, select") ? box : box.querySelector<HTMLElement>(inside);
    input?.focus();
    box.scrollIntoView?.({ block: "center" });
    box.classList.add("is-pulsed");
    const timer = setTimeout(() => box.classList.remove("is-pulsed"), 1200);
    return () => clearTimeout(timer);
  }, [panel, target, node]);
}
