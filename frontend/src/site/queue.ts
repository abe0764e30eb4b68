import { LiveSocket } from "@/api/socket";
import { mergeRows } from "./queueRows";
import { showToast } from "./toasts";

// The queue of tasks and the page of one: they follow what changes, and the queue has keys. Pages work without it.

const WORDS = { live: "Live", connecting: "Connecting", offline: "Offline" } as const;

const one = <T extends Element>(selector: string, root: ParentNode = document) =>
  root.querySelector<T>(selector);
const all = <T extends Element>(selector: string) => [...document.querySelectorAll<T>(selector)];
const boxes = () => all<HTMLInputElement>("[data-queue-rows] input[name=task]:not(:disabled)");
const rows = () => all<HTMLTableRowElement>("[data-queue-rows] tr[data-task]");

export function startQueue(): void {
  const page = one<HTMLElement>("[data-queue],[data-task-page]");
  if (!page) return;
  follow(page);
  document.addEventListener("change", (event) => {
    const box = event.target;
    if (!(box instanceof HTMLInputElement)) return;
    if (box.matches("[data-queue-all]")) for (const each of boxes()) each.checked = box.checked;
    if (box.matches("[data-queue-all],input[name=task]")) tellMarks();
  });
  document.addEventListener("htmx:afterSettle", tellMarks);
  if (page.matches("[data-queue]")) document.addEventListener("keydown", onKey);
  tellMarks();
}

function follow(page: HTMLElement): void {
  let isBusy = false;
  let isWanted = false;
  const refresh = async () => {
    isWanted = true;
    if (isBusy) return;
    isBusy = true;
    while (isWanted) {
      isWanted = false;
      await readAgain(page).catch(() => undefined);
    }
    isBusy = false;
  };
  new LiveSocket(() => page.dataset.socket ?? "", {
    onMessage: (message) => {
      if (typeof message.waiting === "string") tellBadge(message.waiting);
      if (message.type === "snapshot" || concerns(page, message)) void refresh();
    },
    onLiveness: (liveness) => {
      const told = one<HTMLElement>("[data-queue-live]");
      if (!told) return;
      told.hidden = false;
      told.dataset.queueLive = liveness;
      const text = one("[data-queue-live-text]", told);
      if (text) text.textContent = WORDS[liveness];
    },
  });
}

/** The page of one task cares for that task; without ids many have changed. */
function concerns(page: HTMLElement, message: Record<string, unknown>): boolean {
  if (message.type !== "changed") return false;
  const own = page.dataset.taskPage;
  const ids = Array.isArray(message.tasks) ? message.tasks : [];
  return !own || ids.length === 0 || ids.includes(own);
}

async function readAgain(page: HTMLElement): Promise<void> {
  // A refused answer is shown at the address that it was sent to, which nobody can read.
  const address = page.dataset.address ?? location.href.replace(/#.*/, "");
  const answer = await fetch(address, { headers: { "HX-Request": "true" } });
  if (!answer.ok || answer.redirected) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (page.matches("[data-queue]")) mergeQueue(fresh);
  else tellOfDecision(page, fresh);
  for (const part of all<HTMLElement>("[data-live-part]")) {
    const other = fresh.getElementById(part.id);
    if (!other || other.innerHTML === part.innerHTML) continue;
    // What somebody is writing in stays as it is while it can still be sent.
    if (part.matches("[data-live-decide]") && one("form", part) && one("[data-task-form]", other)) continue;
    part.replaceWith(document.importNode(other, true));
  }
  document.dispatchEvent(new Event("htmx:load"));
}

function mergeQueue(fresh: Document): void {
  const here = one<HTMLElement>("[data-queue-rows]");
  const there = one<HTMLElement>("[data-queue-rows]", fresh);
  if (here && there) {
    mergeRows(here, there);
  } else {
    const list = one("[data-queue-list]");
    const other = one("[data-queue-list]", fresh);
    if (list && other && !(here && boxes().some((box) => box.checked)))
      list.replaceWith(document.importNode(other, true));
  }
  tellMarks();
}

function tellOfDecision(page: HTMLElement, fresh: Document): void {
  const other = one<HTMLElement>("[data-task-page]", fresh);
  const state = other?.dataset.state ?? "";
  if (!state || state === page.dataset.state) return;
  const wasWaiting = page.dataset.state === "QUEUEING";
  page.dataset.state = state;
  const words = one("#task-head .alert-heading", fresh)?.textContent?.trim();
  if (wasWaiting && words) showToast(words, "warning");
}

function tellBadge(text: string): void {
  for (const badge of all<HTMLElement>("[data-nav-badge]")) {
    badge.hidden = text === "";
    const count = one("[data-nav-count]", badge);
    if (count) count.textContent = text;
  }
}

function tellMarks(): void {
  const marked = boxes().filter((box) => box.checked).length;
  const told = one("[data-queue-marked]");
  if (told) told.textContent = marked ? `${marked} marked` : "None marked";
  const bar = one<HTMLElement>("[data-queue-bar]");
  if (bar) bar.dataset.marked = String(marked);
  const every = one<HTMLInputElement>("[data-queue-all]");
  if (every) {
    every.checked = marked > 0 && marked === boxes().length;
    every.indeterminate = marked > 0 && !every.checked;
  }
}

const KEYS: Record<string, (row: HTMLTableRowElement | undefined) => void> = {
  j: (row) => go(row, 1),
  k: (row) => go(row, -1),
  x: (row) => toggle(row),
  c: (row) => answer(row, "continue"),
  r: (row) => answer(row, "cancel"),
  "/": () => one<HTMLInputElement>("[data-queue-filters] input[type=search]")?.focus(),
  "?": () => one<HTMLDialogElement>("#queue-keys")?.showModal(),
  Enter: (row) => (row ? one<HTMLAnchorElement>("[data-queue-open]", row)?.click() : undefined),
};

function onKey(event: KeyboardEvent): void {
  const target = event.target as HTMLElement;
  const isWriting = target.matches("input:not([type=checkbox]),select,textarea,[contenteditable]");
  if (event.key === "Escape" && isWriting) target.blur();
  if (isWriting || event.ctrlKey || event.metaKey || event.altKey || one("dialog[open]")) return;
  const action = KEYS[event.key];
  if (!action || (event.key === "Enter" && target.matches("a,button"))) return;
  event.preventDefault();
  action(one<HTMLTableRowElement>("[data-queue-rows] tr.is-current") ?? undefined);
}

function go(row: HTMLTableRowElement | undefined, by: number): void {
  const every = rows();
  const next = row ? every[every.indexOf(row) + by] : every[0];
  if (!next) return;
  row?.classList.remove("is-current");
  next.classList.add("is-current");
  next.scrollIntoView({ block: "nearest" });
  one<HTMLAnchorElement>("[data-queue-open]", next)?.focus({ preventScroll: true });
}

function toggle(row: HTMLTableRowElement | undefined): void {
  const box = row && one<HTMLInputElement>("input[name=task]:not(:disabled)", row);
  if (!box) return;
  box.checked = !box.checked;
  tellMarks();
}

/** To the field for the message: Enter there sends the answer. */
function answer(row: HTMLTableRowElement | undefined, kind: string): void {
  if (!boxes().some((box) => box.checked)) toggle(row);
  const bar = one<HTMLElement>("[data-queue-bar]");
  const field = bar && one<HTMLInputElement>("input[name=message]", bar);
  if (!bar || !field || !boxes().some((box) => box.checked)) return;
  field.focus();
  field.onkeydown = (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    one<HTMLButtonElement>(`button[name=answer][value=${kind}]`, bar)?.click();
  };
  field.placeholder = `Message; Enter ${kind === "continue" ? "continues" : "cancels"}, Esc goes back`;
}
