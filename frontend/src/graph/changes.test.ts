import { expect, test } from "vitest";
import type { FlowDocument, FlowNode } from "@/shared/types";
import {
  addNode,
  applyChange,
  type Change,
  connect,
  invert,
  merge,
  moveNodes,
  remove,
  removeAndHeal,
  rename,
  setConfig,
  setFlow,
} from "./changes";
import { emptyDocument } from "./model";

function node(id: string): FlowNode {
  return { id, type: "filter", name: id.toUpperCase(), config: {}, settings: {}, position: { x: 0, y: 0 } };
}

const chain: FlowDocument = {
  ...emptyDocument("Chain"),
  nodes: [node("a"), node("b"), node("c")],
  edges: [
    { from: "a", port: "out", to: "b" },
    { from: "b", port: "true", to: "c" },
  ],
};

const first = chain.nodes[0] as FlowNode;
const every: Record<string, Change> = {
  add: addNode(chain, node("d"), { from: "c", port: "out" }),
  remove: remove(chain, ["b"]),
  removeEdge: remove(chain, [], [{ from: "a", port: "out", to: "b" }]),
  heal: removeAndHeal(chain, "b"),
  connect: connect(chain, { from: "a", port: "out", to: "c" }),
  move: moveNodes(chain, { a: { x: 5, y: 5 }, c: { x: 9, y: 1 } }, "one"),
  rename: rename(first, "New"),
  config: setConfig(first, { field: "ram" }, "field", "Field"),
  flow: setFlow(chain, { description: "Hello" }, "description"),
};

test.each(Object.entries(every))("%s and its inverse leave the document byte-identical", (_, change) => {
  const there = applyChange(chain, change);
  expect(there).not.toEqual(chain);
  expect(JSON.stringify(applyChange(there, invert(change)))).toBe(JSON.stringify(chain));
});

test("a deleted node takes its wires along", () => {
  expect(applyChange(chain, remove(chain, ["b"])).edges).toEqual([]);
});

test("a healed deletion joins the neighbours", () => {
  expect(applyChange(chain, removeAndHeal(chain, "b")).edges).toEqual([{ from: "a", port: "out", to: "c" }]);
});

test("keystrokes in one field merge into one before and after", () => {
  const one = setConfig(first, { field: "r" }, "field", "Field");
  const typed = applyChange(chain, one);
  const two = setConfig(typed.nodes[0] as FlowNode, { field: "ra" }, "field", "Field");
  const merged = merge(one, two);
  expect(merged.operations).toHaveLength(1);
  expect(applyChange(applyChange(typed, two), invert(merged))).toEqual(chain);
});
