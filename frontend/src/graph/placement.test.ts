import { expect, test } from "vitest";
import type { FlowDocument, FlowEdge, FlowNode } from "@/shared/types";
import { emptyDocument } from "./model";
import { freeOffset, freePlace, overlaps, rectOf, roomOnWire, type SizeOf, sizeWithPorts } from "./placement";

const sizeOf: SizeOf = () => sizeWithPorts(3);
const size = sizeWithPorts(3);

function node(id: string, x: number, y: number): FlowNode {
  return { id, type: "filter", name: id, config: {}, settings: {}, position: { x, y } };
}

function row(...xs: number[]): FlowDocument {
  const nodes = xs.map((x, i) => node(`n${i}`, x, 0));
  const edges = nodes.slice(1).map((next, i): FlowEdge => ({ from: `n${i}`, port: "true", to: next.id }));
  return { ...emptyDocument("Row"), nodes, edges };
}

function noneOverlap(nodes: readonly FlowNode[]): boolean {
  return nodes.every((one, i) =>
    nodes.slice(i + 1).every((other) => !overlaps(rectOf(one, sizeOf), rectOf(other, sizeOf))),
  );
}

test("forty nodes that all want the same place cover none of the others", () => {
  let document = emptyDocument("Heap");
  for (let i = 0; i < 40; i += 1) {
    const place = freePlace(document, { x: 103, y: 57 }, size, sizeOf);
    document = { ...document, nodes: [...document.nodes, node(`n${i}`, place.x, place.y)] };
  }
  expect(noneOverlap(document.nodes)).toBe(true);
});

test("a free place is taken as it is wanted, on the grid", () => {
  expect(freePlace(row(0), { x: 309, y: 11 }, size, sizeOf)).toEqual({ x: 300, y: 20 });
});

test("a group goes under everything when nothing nearer is free", () => {
  const wall = Array.from({ length: 30 }, (_, i) =>
    Array.from({ length: 30 }, (_, j) => ({ x: i * 240 - 3000, y: j * 150 - 2000, ...size })),
  ).flat();
  const { x, y } = freeOffset([{ x: 0, y: 0, ...size }], wall);
  expect(wall.some((other) => overlaps({ x, y, ...size }, other))).toBe(false);
});

test.each([
  ["close neighbours make way", row(0, 300, 600)],
  ["distant neighbours stay", row(0, 1000)],
])("room on a wire: %s", (_, document) => {
  const [edge] = document.edges as [FlowEdge];
  const { place, moved } = roomOnWire(document, edge, size, sizeOf);
  const after = document.nodes.map((other) => ({ ...other, position: moved[other.id] ?? other.position }));
  expect(noneOverlap([...after, node("new", place.x, place.y)])).toBe(true);
  expect(after[0]?.position).toEqual({ x: 0, y: 0 });
  expect(place.x).toBeGreaterThan(220);
  expect(after[1]?.position.x).toBeGreaterThan(place.x + 220);
  if (document.nodes.length === 2) expect(moved).toEqual({});
  else expect((after[2]?.position.x ?? 0) - (after[1]?.position.x ?? 0)).toBe(300);
});

test("what stands in another branch is neither covered nor moved", () => {
  const document = row(0, 300);
  document.nodes.push(node("other", 300, 150), node("far", 600, 0));
  const [edge] = document.edges as [FlowEdge];
  const { place, moved } = roomOnWire(document, edge, size, sizeOf, { wanted: { x: 280, y: 140 } });
  const after = document.nodes.map((each) => ({ ...each, position: moved[each.id] ?? each.position }));
  expect(noneOverlap([...after, node("new", place.x, place.y)])).toBe(true);
  expect(moved.other).toBeUndefined();
  expect(moved.far).toBeUndefined();
});
