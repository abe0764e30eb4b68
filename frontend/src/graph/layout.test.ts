import { expect, test } from "vitest";
import { tidy } from "./layout";
import { emptyDocument, type FlowDocument } from "./model";

const flow: FlowDocument = {
  ...emptyDocument("Tree"),
  nodes: ["a", "b", "c", "d"].map((id) => ({
    id,
    type: "x",
    name: id,
    config: {},
    settings: {},
    position: { x: 7, y: 7 },
  })),
  edges: [
    { from: "a", port: "out", to: "b" },
    { from: "b", port: "true", to: "c" },
    { from: "b", port: "false", to: "d" },
  ],
};
const size = () => ({ width: 220, height: 100 });

test("tidy goes left to right without overlap and gives the same places twice", async () => {
  const places = await tidy(flow, size);
  const { a, b, c, d } = places;
  expect(a && b && c && d && a.x + 220 < b.x && b.x + 220 < c.x && c.x === d.x).toBe(true);
  expect(Math.abs((c?.y ?? 0) - (d?.y ?? 0))).toBeGreaterThanOrEqual(100);
  const again = {
    ...flow,
    nodes: flow.nodes.map((node) => ({ ...node, position: places[node.id] ?? node.position })),
  };
  expect(await tidy(again, size)).toEqual(places);
});

test("tidying a selection moves only the selection", async () => {
  expect(Object.keys(await tidy(flow, size, ["c", "d"])).sort()).toEqual(["c", "d"]);
});
