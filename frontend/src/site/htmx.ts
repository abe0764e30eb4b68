import htmx from "htmx.org";
import { csrfToken } from "@/api/csrf";

/** HTMX as the content security policy allows it: no eval, no style of its own, no other host. */
export function startHtmx(): void {
  htmx.config.allowEval = false;
  htmx.config.allowScriptTags = false;
  htmx.config.includeIndicatorStyles = false;
  htmx.config.selfRequestsOnly = true;
  document.addEventListener("htmx:configRequest", (event) => {
    const detail = (event as CustomEvent<{ headers: Record<string, string> }>).detail;
    detail.headers["X-CSRFToken"] = csrfToken();
  });
}
