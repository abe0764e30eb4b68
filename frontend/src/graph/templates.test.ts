import { expect, test } from "vitest";
import type { ShapeSchema } from "@/shared/types";
import {
  asWanted,
  bareField,
  completions,
  expressions,
  goesOn,
  readPath,
  repaired,
  writePath,
} from "./templates";

const shape: ShapeSchema = {
  type: "object",
  properties: {
    hostname: { type: "string" },
    server: {
      type: "object",
      properties: { vlan: { type: "object", properties: { id: { type: "integer" } } } },
    },
    "odd key": { type: "object", properties: { "it's": { type: "string" }, größe: { type: "integer" } } },
    "a.b-c": { type: "string" },
    disks: { type: "array", items: { type: "object", properties: { size: { type: "integer" } } } },
  },
};

test("braces inside quotes do not close an expression", () => {
  expect(expressions("{{ '}}' }} x {{ open")).toEqual([
    { start: 2, end: 8 },
    { start: 15, end: 20 },
  ]);
});

test.each([
  ["Hello {{ hostnmae }}!", { start: 9, end: 17 }, "hostname", "Hello {{ hostname }}!"],
  ["🦆🦆 {{ hostnmae }}", { start: 6, end: 14 }, "hostname", "🦆🦆 {{ hostname }}"],
  ["sever.cpu", null, "server.cpu", "server.cpu"],
])("%s is repaired where the server says, in characters", (text, span, suggestion, after) => {
  expect(repaired(text, { span, suggestion })).toBe(after);
});

test.each([
  [["hostname"], "hostname"],
  [["odd key", "it's"], 'record["odd key"]["it\'s"]'],
  [["a.b-c"], 'record["a.b-c"]'],
  [["disks", "0", "size"], "disks[0].size"],
  [["odd key", "größe"], 'record["odd key"].größe'],
])("the path %j is written as %s and read back as the same", (path, text) => {
  expect(writePath(path)).toBe(text);
  const read = readPath(text) ?? [];
  expect(read[0] === "record" ? read.slice(1) : read).toEqual(path);
});

test("completion offers what follows, with index syntax where a name needs it", () => {
  const at = (text: string) => completions(text, text.length, shape);
  expect(at("{{ ")?.options.map((o) => o.text)).toContain('record["a.b-c"]');
  expect(at("{{ server.vl")).toMatchObject({ from: 3, options: [{ text: "server.vlan" }] });
  expect(at('{{ record["odd key"].')?.options.map((o) => o.text)).toEqual([
    'record["odd key"]["it\'s"]',
    'record["odd key"].größe',
  ]);
  expect(at("{{ disks.")?.options.map((o) => o.text)).toEqual(["disks[0].size"]);
  expect(at("{{ hostname | up")).toBeNull();
  expect(at("plain")).toBeNull();
});

test.each([
  ["{{ ram }}", "ram"],
  [" {{owner.id}} ", "owner.id"],
  ['{{ record["odd key"] }}', "odd key"],
  ["{{ ram }} GiB", null],
  ["{{ ram / 1024 }}", null],
  ["{{ ram }}{{ cpu }}", null],
  ["ram", null],
])("%s without braces is %s", (text, bare) => {
  expect(bareField(text)).toBe(bare);
});

test("an object asks for one of its fields next; a list, a text and an unknown shape do not", () => {
  const fields = { city: { type: "string" } };
  expect(goesOn({ type: "object", properties: fields })).toBe(true);
  expect(goesOn({ type: "array", items: { type: "object", properties: fields } })).toBe(false);
  expect(goesOn({ type: "object", "x-open": true })).toBe(false);
  expect(goesOn({ type: "string" })).toBe(false);
  expect(asWanted(["owner", "city"], true)).toBe("owner.city");
  expect(asWanted(["odd key"], false)).toBe('{{ record["odd key"] }}');
});
