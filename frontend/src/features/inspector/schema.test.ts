import { expect, test } from "vitest";
import type { Schema } from "@/shared/types";
import { choicesOf, fieldSpec, fieldSpecs, isShown } from "./schema";

const root: Schema = {
  type: "object",
  required: ["to"],
  $defs: {
    Colour: { type: "string", enum: ["red", "blue"] },
    Inner: { type: "object", properties: { a: { type: "string" } } },
  },
  properties: {
    to: { type: "array", items: { type: "string", "x-slot": "address" }, title: "To" },
    colour: { allOf: [{ $ref: "#/$defs/Colour" }], default: "red", "x-ui": { choices: { red: "Red" } } },
    body: { type: "string", "x-slot": "text", "x-ui": { widget: "textarea" } },
    page: { type: "string", "x-slot": "html", "x-ui": { widget: "textarea" } },
    note: { anyOf: [{ type: "string", "x-slot": "text" }, { type: "null" }], default: null },
    amount: { anyOf: [{ type: "integer" }, { type: "string" }], "x-slot": "integer" },
    anything: { "x-slot": "value" },
    inner: { anyOf: [{ $ref: "#/$defs/Inner" }, { type: "null" }], default: null },
    headers: { type: "object", additionalProperties: { type: "string" } },
    isOn: { type: "boolean" },
    every: { type: "string", "x-slot": "duration" },
    field: { type: "string", "x-slot": "path" },
    schema: {},
    limit: { type: "integer", minimum: 1, "x-ui": { dependsOn: { colour: ["blue"] } } },
  },
};

test("each supported type has its input", () => {
  expect(Object.fromEntries(fieldSpecs(root).map((spec) => [spec.name, spec.kind]))).toEqual({
    to: "list",
    colour: "choice",
    body: "template",
    page: "template",
    note: "template",
    amount: "template",
    anything: "value",
    inner: "object",
    headers: "map",
    isOn: "switch",
    every: "duration",
    field: "path",
    schema: "json",
    limit: "number",
  });
});

test("optional, required and multi-line are told apart", () => {
  const by = Object.fromEntries(fieldSpecs(root).map((spec) => [spec.name, spec]));
  expect([by.to?.isRequired, by.note?.isRequired]).toEqual([true, false]);
  expect([by.note?.isNullable, by.inner?.isNullable, by.isOn?.isNullable]).toEqual([true, true, false]);
  expect([by.body?.isMultiline, by.note?.isMultiline]).toEqual([true, false]);
});

test("choices carry the server's labels", () => {
  expect(choicesOf(fieldSpec("colour", root.properties?.colour ?? {}, root, false).schema)).toEqual([
    { value: "red", label: "Red" },
    { value: "blue", label: "blue" },
  ]);
});

test("a field that depends on another counts the other's default", () => {
  const specs = fieldSpecs(root);
  const limit = specs.find((spec) => spec.name === "limit");
  expect(limit && isShown(limit, {}, specs)).toBe(false);
  expect(limit && isShown(limit, { colour: "blue" }, specs)).toBe(true);
});
