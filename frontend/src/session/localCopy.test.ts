import { beforeEach, expect, test } from "vitest";
import { emptyDocument } from "@/graph/model";
import { UnsavedCopies } from "./localCopy";

const drawing = emptyDocument("x");
const hours = (n: number) => () => n * 3_600_000;

beforeEach(() => localStorage.clear());

test("what one page kept is offered by the next page of the same person and flow alone", () => {
  new UnsavedCopies("1", "flow").copy.keep(drawing, '"3"');
  expect(new UnsavedCopies("1", "flow").left().map(({ kept }) => [kept.document.name, kept.etag])).toEqual([
    ["x", '"3"'],
  ]);
  expect(new UnsavedCopies("2", "flow").left()).toEqual([]);
  expect(new UnsavedCopies("1", "other").left()).toEqual([]);
});

test("a page drops its own copy only, and is not offered it", () => {
  const one = new UnsavedCopies("1", "flow");
  const other = new UnsavedCopies("1", "flow");
  one.copy.keep(drawing, '"3"');
  other.copy.keep(drawing, '"4"');
  expect(one.left()).toHaveLength(1);
  other.copy.drop();
  expect(one.left()).toHaveLength(0);
  expect(localStorage.length).toBe(1);
});

test("what is too large, too old, too much or no copy at all is not kept", () => {
  const copies = new UnsavedCopies("1", "flow");
  expect(copies.copy.keep({ ...drawing, description: "x".repeat(2_100_000) }, '"1"')).toBe(false);
  expect(localStorage.length).toBe(0);
  localStorage.setItem("hookflow:unsaved:1:flow:bad", "{ nope");
  localStorage.setItem("another", "stays");
  new UnsavedCopies("1", "flow", localStorage, hours(1)).copy.keep(drawing, '"1"');
  expect(new UnsavedCopies("1", "flow", localStorage, hours(24 * 31)).left()).toEqual([]);
  expect(localStorage.length).toBe(1);
  for (let n = 0; n < 15; n += 1)
    new UnsavedCopies("1", `f${n}`, localStorage, hours(n)).copy.keep(drawing, '"1"');
  expect(localStorage.length).toBe(13);
  expect(new UnsavedCopies("1", "f14", localStorage, hours(15)).left()).toHaveLength(1);
});

test("a browser that forbids storage keeps nothing and breaks nothing", () => {
  const broken = new Proxy({} as Storage, {
    get: () => {
      throw new Error("forbidden");
    },
  });
  const copies = new UnsavedCopies("1", "flow", broken);
  expect(copies.copy.keep(drawing, '"1"')).toBe(false);
  copies.copy.drop();
  expect(copies.left()).toEqual([]);
});
