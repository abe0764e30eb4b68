/** Django's token against forged requests: from its cookie, else from a form or a `<meta name="csrf-token">` of the page. */
export function csrfToken(page: Document = document): string {
  const cookie = page.cookie.split("; ").find((part) => part.startsWith("csrftoken="));
  if (cookie) return decodeURIComponent(cookie.slice("csrftoken=".length));
  const meta = page.querySelector<HTMLMetaElement>('meta[name="csrf-token"]');
  if (meta) return meta.content;
  return page.querySelector<HTMLInputElement>('input[name="csrfmiddlewaretoken"]')?.value ?? "";
}
