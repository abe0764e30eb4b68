/** Forms with `data-autosubmit` are sent when a choice in them changes. */
export function startAutosubmit(): void {
  document.addEventListener("change", (event) => {
    const input = event.target;
    if (!(input instanceof HTMLSelectElement || input instanceof HTMLInputElement)) return;
    if (input.form?.matches("[data-autosubmit]")) input.form.requestSubmit();
  });
}
