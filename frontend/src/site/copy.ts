import { element } from "@/shared/ui/element";

/**
 * Buttons with `data-copy="text"` or `data-copy-from="#selector"` put text on the clipboard and say so.
 * A template has the whole thing, text and button: `parts/copyable.html`.
 */
const SAID_MS = 2_000;

export function startCopy(): void {
  document.addEventListener("click", (event) => {
    const button =
      event.target instanceof Element
        ? event.target.closest<HTMLElement>("[data-copy],[data-copy-from]")
        : null;
    if (button && !("saying" in button.dataset)) void copy(button);
  });
}

async function copy(button: HTMLElement): Promise<void> {
  const source = button.dataset.copyFrom
    ? document.querySelector<HTMLElement>(button.dataset.copyFrom)
    : null;
  const shown = source instanceof HTMLInputElement ? source.value : (source?.textContent ?? "");
  const text = (button.dataset.copy || shown).trim();
  if ((await onClipboard(text)) || (source && bySelection(source))) {
    say(button, "Copied");
  } else {
    say(button, source ? "Press Ctrl+C" : "Copying was refused");
  }
}

/** False where the browser refuses, and where it has no clipboard: on pages that come without TLS. */
async function onClipboard(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

/** Leaves the text selected, so that the keys for copying work when the command does not. */
function bySelection(source: HTMLElement): boolean {
  if (source instanceof HTMLInputElement) source.select();
  else getSelection()?.selectAllChildren(source);
  return typeof document.execCommand === "function" && document.execCommand("copy");
}

/** Shows the word in place of the button's own for a moment, and tells it to screen readers. */
function say(button: HTMLElement, word: string): void {
  const own = [...button.childNodes];
  button.dataset.saying = "";
  button.style.minWidth = `${button.offsetWidth}px`;
  button.replaceChildren(word);
  announcer().textContent = word;
  setTimeout(() => {
    button.replaceChildren(...own);
    button.style.minWidth = "";
    delete button.dataset.saying;
    announcer().textContent = "";
  }, SAID_MS);
}

function announcer(): HTMLElement {
  const known = document.getElementById("copy-said");
  if (known) return known;
  const made = element("div", { id: "copy-said", className: "visually-hidden", role: "status" });
  document.body.append(made);
  return made;
}
