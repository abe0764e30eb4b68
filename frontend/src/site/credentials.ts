// The form of a credential: fields that are shown for some choices only, and word to the editor that waits for a new one.

const CHANNEL = "hookflow-credentials";

type Wanted = Record<string, unknown[]>;

function chosen(name: string): unknown {
  const input = document.querySelector<HTMLInputElement | HTMLSelectElement>(`[name="${CSS.escape(name)}"]`);
  return input instanceof HTMLInputElement && input.type === "checkbox" ? input.checked : input?.value;
}

function show(): void {
  for (const box of document.querySelectorAll<HTMLElement>("[data-depends-on]")) {
    const wanted = JSON.parse(box.dataset.dependsOn ?? "{}") as Wanted;
    box.hidden = !Object.entries(wanted).every(([name, values]) =>
      values.some((value) => value === chosen(name) || String(value) === chosen(name)),
    );
  }
}

export function startCredentials(): void {
  if (document.querySelector("[data-depends-on]")) {
    show();
    document.addEventListener("change", show);
  }
  const made = document.querySelector<HTMLElement>("[data-made-credential]");
  if (made)
    new BroadcastChannel(CHANNEL).postMessage({ name: made.dataset.madeCredential, type: made.dataset.type });
}
