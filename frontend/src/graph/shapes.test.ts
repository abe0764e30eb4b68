import { expect, test } from "vitest";
import type { ShapeSchema } from "@/shared/types";
import { fieldsOf, pathsOf, shapeAt } from "./shapes";

const server: ShapeSchema = {
  type: "object",
  properties: {
    hostname: { type: "string" },
    ram: { type: "integer" },
    owner: { type: "object", "x-open": true, properties: { email: { type: "string" } } },
    disks: { type: "array", items: { type: "object", properties: { size: { type: "integer" } } } },
    "odd key": { type: "object", properties: { ключ: { type: "string" } } },
  },
};

test("paths step through arrays with and without an index", () => {
  expect(shapeAt(server, ["disks", "0", "size"])).toEqual({ type: "integer" });
  expect(shapeAt(server, ["disks", "size"])).toEqual({ type: "integer" });
  expect(shapeAt(server, ["nothing"])).toBeNull();
  expect(fieldsOf(shapeAt(server, ["disks"])).map((f) => f.name)).toEqual(["size"]);
});

test("all paths come parents first", () => {
  expect(pathsOf(server).map(({ path }) => path.join("/"))).toEqual([
    "hostname",
    "ram",
    "owner",
    "owner/email",
    "disks",
    "disks/size",
    "odd key",
    "odd key/ключ",
  ]);
});
