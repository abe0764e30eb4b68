/** Buttons with `data-copy="text"` or `data-copy-from="#selector"` put text on the clipboard and say so. */
export function startCopy(): void {
  document.addEventListener("click", (event) => {
    const button =
      event.target instanceof Element
        ? event.target.closest<HTMLElement>("[data-copy],[data-copy-from]")
        : null;
    if (!button) return;
    const source = button.dataset.copyFrom ? document.querySelector(button.dataset.copyFrom) : null;
    const text =
      button.dataset.copy ||
      (source instanceof HTMLInputElement ? source.value : (source?.textContent ?? ""));
    const before = button.innerHTML;
    void navigator.clipboard.writeText(text.trim()).then(
      () => {
        button.textContent = "Copied";
        setTimeout(() => {
          button.innerHTML = before;
        }, 1500);
      },
      () => {
        button.textContent = "Copying was refused";
      },
    );
  });
}
