import { expect, test } from "vitest";
import { inputsOf, withoutPlaces } from "./inputs";

const config = { project: "p", key: "outer", extras: [{ key: "a" }, { key: "b" }] };

test("the nearest field of a name counts", () => {
  expect(inputsOf(config, "extras.1.value", ["key", "project"])).toEqual(["b", "p"]);
  expect(inputsOf(config, "labels", ["key", "nothing"])).toEqual(["outer", undefined]);
});

test("entries of one list share a list", () => {
  expect(withoutPlaces("extras.12.value")).toBe("extras.value");
  expect(withoutPlaces("labels.0")).toBe("labels");
});
