/** A click on `data-import-flow` opens the import dialog, which is loaded only then. `data-api` names the API. */
export function startImport(): void {
  document.addEventListener("click", (event) => {
    const button =
      event.target instanceof Element ? event.target.closest<HTMLElement>("[data-import-flow]") : null;
    if (!button) return;
    event.preventDefault();
    void import("@/features/import/mount").then(({ openImport }) =>
      openImport(button.dataset.api ?? "/api/v1/"),
    );
  });
}
