const confirmed = new WeakSet<HTMLFormElement>();

function build(message: string, action: string): HTMLDialogElement {
  const dialog = document.createElement("dialog");
  dialog.className = "confirm-dialog card";
  const body = document.createElement("form");
  body.method = "dialog";
  body.className = "card-body";
  const text = document.createElement("p");
  text.className = "mb-3";
  text.textContent = message;
  const buttons = document.createElement("div");
  buttons.className = "btn-list justify-content-end";
  for (const [value, label, style] of [
    ["no", "Keep", "btn"],
    ["yes", action, "btn btn-danger"],
  ] as const) {
    const button = document.createElement("button");
    button.value = value;
    button.className = style;
    button.textContent = label;
    buttons.append(button);
  }
  body.append(text, buttons);
  dialog.append(body);
  return dialog;
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
