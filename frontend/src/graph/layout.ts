/**
 * Tidy-up: left to right, the outputs of a node from top to bottom, no box over another, no two wires crossed.
 *
 * A node has at most one wire in, so a drawing is a forest and each tree can be laid out exactly: the first output
 * goes on in its node's row, and each further one starts as high as what is above it allows.
 */
import type { FlowDocument, FlowNode, Position } from "@/shared/types";
import { GRID } from "./model";
import { COLUMN_GAP, freeOffset, rectOf, type SizeOf } from "./placement";

const ROW_GAP = 2 * GRID;

/** The outputs of a node, in the order in which they are drawn. */
export type PortsOf = (node: Pick<FlowNode, "type">) => readonly string[];

/** A node with all behind it, heights counted from its own top. */
interface Tree {
  id: string;
  children: { tree: Tree; down: number }[];
  /** The uppermost and the lowest edge in each column, from the node's own on. */
  tops: number[];
  bottoms: number[];
}

/** New places for the given nodes (all when fewer than two). The same drawing always gives the same places. */
export function tidy(
  document: FlowDocument,
  sizeOf: SizeOf,
  portsOf: PortsOf,
  only: readonly string[] = [],
): Record<string, Position> {
  const isPart = only.length > 1;
  const chosen = document.nodes.filter((node) => !isPart || only.includes(node.id));
  const width = Math.max(0, ...chosen.map((node) => sizeOf(node).width)) + COLUMN_GAP;
  const places: Record<string, Position> = {};
  const put = (tree: Tree, column: number, y: number) => {
    places[tree.id] = { x: column * width, y };
    for (const { tree: child, down } of tree.children) put(child, column + 1, y + down);
  };
  let bottom = 0;
  for (const tree of forest(document, chosen, sizeOf, portsOf)) {
    const top = bottom - Math.min(...tree.tops);
    put(tree, 0, top);
    bottom = top + Math.max(...tree.bottoms) + 2 * ROW_GAP;
  }
  return isPart ? inPlace(document, chosen, places, sizeOf) : places;
}

/** The trees of the chosen nodes; in a loop, which only a faulty draft has, the first node is the root. */
function forest(
  document: FlowDocument,
  chosen: readonly FlowNode[],
  sizeOf: SizeOf,
  portsOf: PortsOf,
): Tree[] {
  const byId = new Map(chosen.map((node) => [node.id, node]));
  const inner = document.edges.filter((edge) => byId.has(edge.from) && byId.has(edge.to));
  const fed = new Set(inner.map((edge) => edge.to));
  const seen = new Set<string>();
  const grow = (node: FlowNode): Tree => {
    seen.add(node.id);
    const drawn = portsOf(node);
    const rank = (port: string) =>
      port === "error" ? drawn.length + 1 : (drawn.indexOf(port) + drawn.length + 1) % (drawn.length + 1);
    const next = inner
      .filter((edge) => edge.from === node.id)
      .sort((one, other) => rank(one.port) - rank(other.port));
    const children: Tree[] = [];
    for (const edge of next) {
      const child = byId.get(edge.to);
      if (child && !seen.has(child.id)) children.push(grow(child));
    }
    return join(node.id, sizeOf(node).height, children);
  };
  const roots = [...chosen.filter((node) => !fed.has(node.id)), ...chosen];
  return roots.flatMap((node) => (seen.has(node.id) ? [] : [grow(node)]));
}

/** Hang trees behind a node, each as high as the ones above it allow. */
function join(id: string, height: number, trees: readonly Tree[]): Tree {
  const bottoms: number[] = [];
  const tops: number[] = [];
  const children = trees.map((tree) => {
    const lacks = tree.tops.map(
      (top, column) => (bottoms[column] ?? Number.NEGATIVE_INFINITY) + ROW_GAP - top,
    );
    const down = Math.max(0, ...lacks.map((lack) => Math.ceil(lack / GRID) * GRID));
    tree.bottoms.forEach((bottom, column) => {
      bottoms[column] = bottom + down;
      tops[column] ??= (tree.tops[column] ?? 0) + down;
    });
    return { tree, down };
  });
  return { id, children, tops: [0, ...tops], bottoms: [height, ...bottoms] };
}

/** A tidied part stays where it was, or moves as a whole to where it covers nothing. */
function inPlace(
  document: FlowDocument,
  chosen: readonly FlowNode[],
  places: Record<string, Position>,
  sizeOf: SizeOf,
): Record<string, Position> {
  const left = Math.min(...chosen.map((node) => node.position.x));
  const top = Math.min(...chosen.map((node) => node.position.y));
  const ids = new Set(chosen.map((node) => node.id));
  const moved = chosen.map((node) => {
    const { x, y } = places[node.id] ?? node.position;
    return { ...node, position: { x: x + left, y: y + top } };
  });
  const others = document.nodes.filter((node) => !ids.has(node.id)).map((node) => rectOf(node, sizeOf));
  const { x, y } = freeOffset(
    moved.map((node) => rectOf(node, sizeOf)),
    others,
  );
  return Object.fromEntries(moved.map(({ id, position }) => [id, { x: position.x + x, y: position.y + y }]));
}
