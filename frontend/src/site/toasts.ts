// Messages in the corner: those that the server put into the page, and errors of requests made by HTMX.

const SHOWN_MS = 6_000;

function close(toast: Element): void {
  toast.remove();
}

/** Successes go by themselves; errors stay until they are closed. */
function schedule(root: ParentNode): void {
  for (const toast of root.querySelectorAll<HTMLElement>("[data-toast]:not([data-toast-timed])")) {
    toast.dataset.toastTimed = "";
    if (toast.dataset.toast === "success" || toast.dataset.toast === "info") {
      setTimeout(() => close(toast), SHOWN_MS);
    }
  }
}

/** Show a message; `level` is one of success, info, warning, error. */
export function showToast(text: string, level = "info"): void {
  const region = document.getElementById("toasts");
  if (!region) return;
  const toast = document.createElement("div");
  toast.className = "toast show";
  toast.dataset.toast = level;
  const body = document.createElement("div");
  body.className = "toast-body";
  const words = document.createElement("span");
  words.className = "toast-text";
  words.textContent = text;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn-close";
  button.dataset.toastClose = "";
  button.setAttribute("aria-label", "Close");
  body.append(words, button);
  toast.append(body);
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
    const toast = button?.closest("[data-toast]");
    if (toast) close(toast);
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
