import { expect, test } from "vitest";
import type { NodeType } from "@/shared/types";
import { grouped, search } from "./search";

const type = (label: string, kind: string, summary = "") =>
  ({ type: label.toLowerCase().replaceAll(" ", "-"), label, kind, summary }) as NodeType;
const all = [
  type("Send mail", "action", "Mail to people"),
  type("Webhook", "action", "Call a URL"),
  type("Filter", "filter"),
  type("Hook", "trigger"),
];

test("search finds by name before summary and needs every word", () => {
  expect(search(all, "mail").map((t) => t.label)).toEqual(["Send mail"]);
  expect(search(all, "url call").map((t) => t.label)).toEqual(["Webhook"]);
  expect(search(all, "mail url")).toEqual([]);
  expect(search(all, "")).toHaveLength(4);
});

test("types come under the heading of their kind, triggers first", () => {
  expect(grouped(all).map((group) => group.label)).toEqual(["Triggers", "Filters", "Actions"]);
});
