import { expect, test } from "vitest";
import type { FlowDocument } from "@/shared/types";
import { copyText, pasted, readText } from "./clipboard";
import { emptyDocument } from "./model";

const flow: FlowDocument = {
  ...emptyDocument("Original"),
  nodes: ["a", "b", "c"].map((id) => ({
    id,
    type: "filter",
    name: id,
    config: { field: id },
    settings: {},
    position: { x: 0, y: 0 },
  })),
  edges: [
    { from: "a", port: "true", to: "b" },
    { from: "b", port: "true", to: "c" },
  ],
};

test("a copy is a flow document with the wires between the chosen nodes", () => {
  const copy = readText(copyText(flow, ["a", "b"]));
  expect(copy?.nodes.map((node) => node.id)).toEqual(["a", "b"]);
  expect(copy?.edges).toEqual([{ from: "a", port: "true", to: "b" }]);
});

test("pasting renames what clashes and keeps inner wires", () => {
  const copy = readText(copyText(flow, ["a", "b"])) as FlowDocument;
  const { nodes, edges } = pasted(flow, copy);
  expect(nodes.map((node) => [node.id, node.name])).toEqual([
    ["filter-1", "a 2"],
    ["filter-2", "b 2"],
  ]);
  expect(edges).toEqual([{ from: "filter-1", port: "true", to: "filter-2" }]);
});

test.each(["", "hello", "{}", '{"format":"other"}', '{"format":"hookflow/flow","nodes":[1],"edges":[]}'])(
  "text that is no flow is left alone: %s",
  (text) => expect(readText(text)).toBeNull(),
);
