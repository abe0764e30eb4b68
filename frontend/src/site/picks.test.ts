import { beforeEach, expect, test } from "vitest";
import { startPicks } from "./picks";

const NAMES = ["Ann", "Ben", "Cas", "Dan", "Eve", "Flo", "Gus", "Hal", "Ida"];

function drawn(names: string[]): void {
  const boxes = names.map((name) => `<label class="form-check"><input type="checkbox">${name}</label>`);
  document.body.innerHTML = `<form><div data-pick="Search people">${boxes.join("")}</div></form>`;
  startPicks();
}

const search = () => document.querySelector<HTMLInputElement>("input[type=search]");
const seen = () =>
  [...document.querySelectorAll<HTMLElement>("label")]
    .filter((one) => !one.hidden)
    .map((one) => one.textContent);

function type(text: string): void {
  const field = search();
  if (!field) throw new Error("There is no search.");
  field.value = text;
  field.dispatchEvent(new Event("input"));
}

beforeEach(() => drawn(NAMES));

test("a long list is narrowed by what is typed", () => {
  type("a");
  expect(seen()).toEqual(["Ann", "Cas", "Dan", "Hal", "Ida"]);
  type("");
  expect(seen()).toEqual(NAMES);
});

test("what is chosen stays in sight and is counted", () => {
  document.querySelectorAll<HTMLInputElement>("input[type=checkbox]")[1]?.click();
  type("ida");
  expect(seen()).toEqual(["Ben", "Ida"]);
  expect(document.querySelector("small")?.textContent).toBe("1 chosen, 2 shown");
});

test("Enter in the search does not send the form", () => {
  const event = new KeyboardEvent("keydown", { key: "Enter", cancelable: true, bubbles: true });
  search()?.dispatchEvent(event);
  expect(event.defaultPrevented).toBe(true);
});

test("a short list has none", () => {
  drawn(NAMES.slice(0, 3));
  expect(search()).toBeNull();
});

function drawnSelect(chosen = ""): HTMLSelectElement {
  const options = NAMES.map((name) => `<option value="${name}">${name}</option>`);
  const all = `<option value="">Choose</option>${options.join("")}`;
  document.body.innerHTML = `<form><select data-pick="Search people">${all}</select></form>`;
  const select = document.querySelector("select") as HTMLSelectElement;
  select.value = chosen;
  startPicks();
  return select;
}

const offered = (select: HTMLSelectElement) => [...select.options].map((option) => option.text);

test("a long select is narrowed, and what is chosen stays", () => {
  const select = drawnSelect("Ben");
  type("id");
  expect(offered(select)).toEqual(["Choose", "Ben", "Ida"]);
  expect(select.value).toBe("Ben");
  expect(document.querySelector("small")?.textContent).toBe("1 found");
  type("");
  expect(offered(select)).toEqual(["Choose", ...NAMES]);
});

test("Enter in the search of a select chooses the first that is found", () => {
  const select = drawnSelect();
  type("a");
  search()?.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", cancelable: true }));
  expect(select.value).toBe("Ann");
});
