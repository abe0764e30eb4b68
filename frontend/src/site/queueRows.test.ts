import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { mergeRows } from "./queueRows";

type Row = [id: string, changed: string];

function body(...rows: Row[]): HTMLElement {
  const made = document.createElement("tbody");
  made.innerHTML = rows
    .map(
      ([id, changed]) =>
        `<tr data-task="${id}" data-changed="${changed}"><td><input type="checkbox" name="task" value="${id}"></td>` +
        `<td class="cell-main">${id}</td></tr>`,
    )
    .join("");
  return made;
}

const ids = (list: HTMLElement) => [...list.querySelectorAll("tr")].map((row) => row.dataset.task);
const box = (list: HTMLElement, id: string) =>
  list.querySelector<HTMLInputElement>(`tr[data-task="${id}"] input`) as HTMLInputElement;

describe("rows of the queue", () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it("come in at their place and keep what is there", () => {
    const here = body(["b", "1"], ["a", "1"]);
    const kept = here.firstElementChild;
    mergeRows(here, body(["c", "1"], ["b", "1"], ["a", "1"]));
    expect(ids(here)).toEqual(["c", "b", "a"]);
    expect(here.children[1]).toBe(kept);
  });

  it("keep their marks, changed ones too", () => {
    const here = body(["b", "1"], ["a", "1"]);
    box(here, "a").checked = true;
    box(here, "b").checked = true;
    mergeRows(here, body(["b", "2"], ["a", "1"]));
    expect([box(here, "a").checked, box(here, "b").checked]).toEqual([true, true]);
    expect(here.querySelector<HTMLElement>('[data-task="b"]')?.dataset.changed).toBe("2");
  });

  it("follow another order", () => {
    const here = body(["a", "1"], ["b", "1"], ["c", "1"]);
    mergeRows(here, body(["c", "1"], ["a", "1"], ["b", "1"]));
    expect(ids(here)).toEqual(["c", "a", "b"]);
  });

  it("go when they are gone, and a marked one says why first", () => {
    const here = body(["a", "1"], ["b", "1"]);
    box(here, "a").checked = true;
    mergeRows(here, body());
    expect(ids(here)).toEqual(["a"]);
    expect(here.textContent).toContain("Decided by somebody else");
    expect(box(here, "a").disabled).toBe(true);
    expect(box(here, "a").checked).toBe(false);
    vi.runAllTimers();
    expect(ids(here)).toEqual([]);
  });
});
