import { element } from "./element";

const confirmed = new WeakSet<HTMLFormElement>();

function build(message: string, action: string): HTMLDialogElement {
  const button = (value: string, textContent: string, className: string) =>
    element("button", { value, textContent, className });
  return element(
    "dialog",
    { className: "confirm-dialog card" },
    element(
      "form",
      { method: "dialog", className: "card-body" },
      element("p", { className: "mb-3" }, message),
      element(
        "div",
        { className: "btn-list justify-content-end" },
        button("no", "Keep", "btn"),
        button("yes", action, "btn btn-danger"),
      ),
    ),
  );
}

/** Ask in a dialog; true when the person said yes. */
export function ask(message: string, action = "Yes, go on"): Promise<boolean> {
  const dialog = build(message, action);
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
  });
}

/** Forms with `data-confirm="Question?"` (and `data-confirm-action="Delete"`) ask before they are sent; `hx-confirm` too. */
export function startConfirm(): void {
  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target;
      if (!(form instanceof HTMLFormElement) || !form.dataset.confirm || confirmed.delete(form)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      const submitter = event.submitter;
      void ask(form.dataset.confirm, form.dataset.confirmAction).then((yes) => {
        if (!yes) return;
        confirmed.add(form);
        form.requestSubmit(submitter instanceof HTMLButtonElement ? submitter : undefined);
      });
    },
    true,
  );
  document.addEventListener("htmx:confirm", (event) => {
    const detail = (event as CustomEvent<{ question: string | null; issueRequest: (skip: boolean) => void }>)
      .detail;
    if (!detail.question) return;
    event.preventDefault();
    void ask(detail.question).then((yes) => yes && detail.issueRequest(true));
  });
}
