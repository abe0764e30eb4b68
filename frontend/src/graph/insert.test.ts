import { expect, test } from "vitest";
import type { FlowDocument, FlowNode } from "@/shared/types";
import { applyChange, invert, merge, moveNodes, removeAndHeal } from "./changes";
import { insertExisting, insertNew, isApart, mainPort } from "./insert";
import { emptyDocument } from "./model";

function node(id: string): FlowNode {
  return { id, type: "filter", name: id, config: {}, settings: {}, position: { x: 0, y: 0 } };
}

const before: FlowDocument = {
  ...emptyDocument("Small"),
  nodes: ["a", "b", "c", "apart"].map(node),
  edges: [
    { from: "a", port: "true", to: "b" },
    { from: "a", port: "true", to: "c" },
  ],
};
const edge = before.edges[0] as FlowDocument["edges"][number];

test("a new node takes the wire's place in the order of its output, in one step that undo takes back", () => {
  const change = insertNew(before, node("new"), { edge, port: "out", moved: { b: { x: 300, y: 0 } } });
  const after = applyChange(before, change);
  expect(after.edges).toEqual([
    { from: "a", port: "true", to: "new" },
    { from: "a", port: "true", to: "c" },
    { from: "new", port: "out", to: "b" },
  ]);
  expect(after.nodes.find((other) => other.id === "b")?.position).toEqual({ x: 300, y: 0 });
  expect(applyChange(after, invert(change))).toEqual(before);
});

test("a node that is dropped on a wire is one step with the drag that brought it", () => {
  const drag = moveNodes(before, { apart: { x: 140, y: 20 } }, "drag-1");
  const moved = applyChange(before, drag);
  const change = insertExisting(moved, "apart", { edge, port: "true", moved: {} }, "drag-1");
  expect(change.group).toBe(drag.group);
  const whole = merge(drag, change);
  const after = applyChange(before, whole);
  expect(after.edges.map((wire) => `${wire.from}>${wire.to}`)).toEqual(["a>apart", "a>c", "apart>b"]);
  expect(applyChange(after, invert(whole))).toEqual(before);
});

test("taking the inserted node out again heals the wire", () => {
  const after = applyChange(before, insertNew(before, node("new"), { edge, port: "true", moved: {} }));
  const healed = applyChange(after, removeAndHeal(after, "new"));
  expect(healed.edges.toSorted((x, y) => x.to.localeCompare(y.to))).toEqual(before.edges);
});

test("only a node that stands apart may be dropped, and errors do not lead on", () => {
  expect(isApart(before, "apart", "true")).toBe(true);
  expect(isApart(before, "b", "true")).toBe(false);
  expect(isApart(before, "a", "true")).toBe(false);
  expect(mainPort([{ name: "error" }, { name: "out" }])).toBe("out");
  expect(mainPort([{ name: "error" }])).toBeNull();
});
