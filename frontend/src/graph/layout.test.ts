import { expect, test } from "vitest";
import type { FlowDocument, Position } from "@/shared/types";
import { type PortsOf, tidy } from "./layout";
import { emptyDocument, nodeById } from "./model";
import { overlaps, rectOf, type SizeOf, sizeWithPorts } from "./placement";
import { pointOn } from "./wireGeometry";

const PORTS = { event: ["out"], filter: ["true", "false", "error"], action: ["out", "error"] };
const portsOf: PortsOf = ({ type }) => PORTS[type as keyof typeof PORTS] ?? [];
const sizeOf: SizeOf = (node) => sizeWithPorts(portsOf(node).length);

/** `a.true>b`: nodes named by a letter of their type, wires in the order given. */
function flow(text: string): FlowDocument {
  const edges = text.split(" ").map((wire) => {
    const [from = "", port = "", to = ""] = wire.split(/[.>]/);
    return { from, port, to };
  });
  const ids = [...new Set(edges.flatMap((edge) => [edge.from, edge.to]))];
  const types: Record<string, string> = { e: "event", f: "filter", a: "action" };
  const nodes = ids.map((id, i) => ({
    id,
    type: types[id.charAt(0)] ?? "action",
    name: id,
    config: {},
    settings: {},
    position: { x: (i * 137) % 400, y: (i * 71) % 300 },
  }));
  return { ...emptyDocument("Seed"), nodes, edges };
}

function placed(document: FlowDocument, places: Record<string, Position>): FlowDocument {
  return {
    ...document,
    nodes: document.nodes.map((node) => ({ ...node, position: places[node.id] ?? node.position })),
  };
}

function wiresOf(document: FlowDocument) {
  return document.edges.flatMap((edge) => {
    const from = nodeById(document, edge.from);
    const to = nodeById(document, edge.to);
    if (!from || !to) return [];
    const ports = portsOf(from);
    const down = ports.length > 1 ? 60 + 24 * ports.indexOf(edge.port) + 12 : 28;
    return [
      {
        edge,
        from: { x: from.position.x + 220, y: from.position.y + down },
        to: { x: to.position.x, y: to.position.y + 28 },
      },
    ];
  });
}

const SEEDS = {
  row: "e.out>f f.true>a a.out>a2 a2.out>a3",
  "false was wired first": "e.out>f f.false>a f.true>a2",
  "all three outputs, in the wrong order": "e.out>f f.error>a f.false>a2 f.true>a3",
  "filters in both branches":
    "e.out>f f.false>f2 f.true>f3 f3.false>a1 f3.true>a2 f2.true>a3 f2.error>a4 f2.false>a5 a2.out>a6",
  "an output that feeds many": "e.out>a1 e.out>f e.out>a2 f.true>a3 f.false>a4 a1.out>a5 a1.error>a6",
  "deep below shallow":
    "e.out>f f.true>a1 f.false>a2 a1.out>f2 f2.true>a3 f2.false>a4 f2.error>a5 a2.out>a6 a6.out>a7",
};

test.each(Object.entries(SEEDS))("%s: outputs in order, no box on another, no wires crossed", (_, text) => {
  const before = flow(text);
  const after = placed(before, tidy(before, sizeOf, portsOf));
  for (const one of after.nodes)
    for (const other of after.nodes)
      if (one.id < other.id)
        expect(overlaps(rectOf(one, sizeOf), rectOf(other, sizeOf)), `${one.id} on ${other.id}`).toBe(false);
  for (const { from, to } of wiresOf(after)) expect(from.x).toBeLessThan(to.x);
  for (const node of after.nodes) {
    const ports = portsOf(node);
    const next = wiresOf(after)
      .filter(({ edge }) => edge.from === node.id)
      .sort((one, other) => ports.indexOf(one.edge.port) - ports.indexOf(other.edge.port));
    expect(next.map(({ to }) => to.y)).toEqual(next.map(({ to }) => to.y).toSorted((a, b) => a - b));
  }
  expect(crossings(after)).toEqual([]);
  expect(tidy(after, sizeOf, portsOf)).toEqual(tidy(before, sizeOf, portsOf));
});

/** Pairs of wires whose curves swap sides between two columns. */
function crossings(document: FlowDocument): string[] {
  const wires = wiresOf(document);
  return wires.flatMap((one, i) =>
    wires.slice(i + 1).flatMap((other) => {
      if (one.from.x !== other.from.x || one.to.x !== other.to.x) return [];
      const sides = [0, 0.25, 0.5, 0.75, 1].map((t) => Math.sign(pointOn(one, t).y - pointOn(other, t).y));
      return new Set(sides.filter(Boolean)).size > 1 ? [`${one.edge.to} and ${other.edge.to}`] : [];
    }),
  );
}

test("the main line stays in its row", () => {
  const places = tidy(flow(SEEDS["deep below shallow"]), sizeOf, portsOf);
  expect(["e", "f", "a1", "f2", "a3"].map((id) => places[id]?.y)).toEqual([0, 0, 0, 0, 0]);
});

test("a loop and a second wire in, which only a faulty draft has, still get places of their own", () => {
  const faulty = flow("e.out>a a.out>a2 a2.out>a e.out>a2 a3.out>a4 a4.out>a3");
  const after = placed(faulty, tidy(faulty, sizeOf, portsOf));
  expect(new Set(after.nodes.map((node) => `${node.position.x},${node.position.y}`)).size).toBe(5);
});

test("tidying a selection moves only the selection, and onto nothing", () => {
  const before = flow("e.out>f f.true>a1 f.false>a2");
  const places = tidy(before, sizeOf, portsOf, ["a1", "a2"]);
  expect(Object.keys(places).sort()).toEqual(["a1", "a2"]);
  const after = placed(before, places);
  for (const id of ["a1", "a2"])
    for (const other of ["e", "f"]) {
      const [one, two] = [nodeById(after, id), nodeById(after, other)];
      expect(one && two && overlaps(rectOf(one, sizeOf), rectOf(two, sizeOf))).toBe(false);
    }
});
