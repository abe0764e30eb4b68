import { expect, test } from "vitest";
import type { FlowDocument } from "@/shared/types";
import { applyChange, invert, reconnect, removeAndHeal } from "./changes";
import { emptyDocument, outgoing } from "./model";
import { reorder } from "./order";

const node = (id: string) => ({
  id,
  type: "x",
  name: id,
  config: {},
  settings: {},
  position: { x: 0, y: 0 },
});
const edge = (from: string, to: string, port = "out") => ({ from, port, to });
const fan: FlowDocument = {
  ...emptyDocument("fan"),
  nodes: ["t", "a", "b", "c", "e", "z"].map(node),
  edges: [edge("t", "a"), edge("t", "e", "error"), edge("t", "b"), edge("a", "z"), edge("t", "c")],
};
const order = (document: FlowDocument) =>
  outgoing(document, "t", "out")
    .map(({ to }) => to)
    .join("");

test.each([
  ["a", 1, "bac"],
  ["a", 2, "bca"],
  ["c", 0, "cab"],
  ["c", 1, "acb"],
  ["b", 2, "acb"],
  ["b", 0, "bac"],
])("the wire to %s goes to place %i and nothing else moves", (to, place, wanted) => {
  const change = reorder(fan, edge("t", to), place);
  if (!change) throw new Error("It is somewhere else.");
  const after = applyChange(fan, change);
  expect(order(after)).toBe(wanted);
  expect(outgoing(after, "t", "error")).toEqual([edge("t", "e", "error")]);
  expect(applyChange(after, invert(change))).toEqual(fan);
});

test("a place that there is not, and the one it has, change nothing", () => {
  expect(reorder(fan, edge("t", "a"), 0)).toBeNull();
  expect(reorder(fan, edge("t", "a"), 3)).toBeNull();
  expect(reorder(fan, edge("t", "a"), -1)).toBeNull();
  expect(reorder(fan, edge("t", "z"), 1)).toBeNull();
});

test("a wire whose end is moved, and one that heals a deletion, keep the place in the order", () => {
  expect(order(applyChange(fan, reconnect(fan, edge("t", "a"), edge("t", "z"))))).toBe("zbc");
  expect(order(applyChange(fan, removeAndHeal(fan, "a")))).toBe("zbc");
  const back = removeAndHeal(fan, "a");
  expect(applyChange(applyChange(fan, back), invert(back))).toEqual(fan);
});
