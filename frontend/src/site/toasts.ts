import { element } from "@/shared/ui/element";

// Messages in the corner: those that the server put into the page, and errors of requests made by HTMX.

const SHOWN_MS = 6_000;

/** Successes go by themselves; errors stay until they are closed. */
function schedule(root: ParentNode): void {
  for (const toast of root.querySelectorAll<HTMLElement>("[data-toast]:not([data-toast-timed])")) {
    toast.dataset.toastTimed = "";
    if (toast.dataset.toast === "success" || toast.dataset.toast === "info") {
      setTimeout(() => toast.remove(), SHOWN_MS);
    }
  }
}

/** Show a message; `level` is one of success, info, warning, error. */
export function showToast(text: string, level = "info"): void {
  const region = document.getElementById("toasts");
  if (!region) return;
  const close = element("button", { type: "button", className: "btn-close", ariaLabel: "Close" });
  close.dataset.toastClose = "";
  const words = element("span", { className: "toast-text" }, text);
  const toast = element(
    "div",
    { className: "toast show" },
    element("div", { className: "toast-body" }, words, close),
  );
  toast.dataset.toast = level;
  region.append(toast);
  schedule(region);
}

function problemText(request: XMLHttpRequest): string {
  const told = request.getResponseHeader("X-Problem");
  if (told) return decodeURIComponent(told);
  if (request.status === 0) return "The server does not answer. Nothing was changed.";
  return `The server refused with ${request.status}. Reload the page and try again.`;
}

export function startToasts(): void {
  schedule(document);
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("[data-toast-close]") : null;
    button?.closest("[data-toast]")?.remove();
  });
  document.addEventListener("htmx:afterSettle", () => schedule(document));
  for (const name of ["htmx:responseError", "htmx:sendError"]) {
    document.addEventListener(name, (event) => {
      const detail = (event as CustomEvent<{ xhr: XMLHttpRequest; elt: Element }>).detail;
      // A list that refreshes by itself must not pile up messages while the server restarts.
      if (!detail.elt.matches("[data-poll]")) showToast(problemText(detail.xhr), "error");
    });
  }
}
