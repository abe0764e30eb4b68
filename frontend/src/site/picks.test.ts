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
