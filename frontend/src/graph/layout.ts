/** Tidy-up: left to right, no box over another. Dagre is loaded when it is first needed. */
import { type FlowDocument, GRID, type Position } from "./model";

export const NODE_WIDTH = 220;

export type Size = { width: number; height: number };

/** New places for the given nodes (all when empty). The same drawing always gives the same places. */
export async function tidy(
  document: FlowDocument,
  sizeOf: (id: string) => Size,
  only: readonly string[] = [],
): Promise<Record<string, Position>> {
  const { Graph, layout } = await import("@dagrejs/dagre");
  const chosen = new Set(only.length > 1 ? only : document.nodes.map((node) => node.id));
  const graph = new Graph();
  graph.setGraph({ rankdir: "LR", nodesep: 40, ranksep: 80, marginx: 0, marginy: 0 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const node of document.nodes) if (chosen.has(node.id)) graph.setNode(node.id, { ...sizeOf(node.id) });
  for (const edge of document.edges) {
    if (chosen.has(edge.from) && chosen.has(edge.to)) graph.setEdge(edge.from, edge.to);
  }
  layout(graph);
  const origin = only.length > 1 ? corner(document, chosen) : { x: 0, y: 0 };
  const places: Record<string, Position> = {};
  for (const id of chosen) {
    const { x, y, width, height } = graph.node(id) as Position & Size;
    places[id] = { x: grid(origin.x + x - width / 2), y: grid(origin.y + y - height / 2) };
  }
  return places;
}

function grid(value: number): number {
  return Math.round(value / GRID) * GRID;
}

function corner(document: FlowDocument, chosen: ReadonlySet<string>): Position {
  const positions = document.nodes.filter((node) => chosen.has(node.id)).map((node) => node.position);
  return { x: Math.min(...positions.map((p) => p.x)), y: Math.min(...positions.map((p) => p.y)) };
}
