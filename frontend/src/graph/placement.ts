/** Where new boxes go, so that none lands on another. */
import type { FlowDocument, FlowEdge, FlowNode, Position } from "@/shared/types";
import { GRID, nodeById, outgoing, snap } from "./model";

export interface Size {
  width: number;
  height: number;
}

export type SizeOf = (node: Pick<FlowNode, "id" | "type">) => Size;
export type Rect = Position & Size;

export const NODE_WIDTH = 220;
/** Between neighbours in a row: room for a wire that can be read and hit. */
export const COLUMN_GAP = 80;
/** How far down its left side a box takes its wire in. */
export const INPUT_HEIGHT = 28;
const MARGIN = GRID;
const HEAD_HEIGHT = 60;
const PORT_HEIGHT = 24;
const PORTS_PADDING = 10;
const REACH = 60;

/** How large a node of a type is drawn; a single output sits in the head, several stand below it. */
export function sizeWithPorts(ports: number): Size {
  return { width: NODE_WIDTH, height: HEAD_HEIGHT + (ports > 1 ? ports * PORT_HEIGHT + PORTS_PADDING : 0) };
}

export function rectOf(node: FlowNode, sizeOf: SizeOf): Rect {
  return { ...node.position, ...sizeOf(node) };
}

export function overlaps(one: Rect, other: Rect, margin = MARGIN): boolean {
  return (
    one.x < other.x + other.width + margin &&
    other.x < one.x + one.width + margin &&
    one.y < other.y + other.height + margin &&
    other.y < one.y + one.height + margin
  );
}

/** Offsets on the grid, nearest first; up and down before sideways, so that a new box stays in its column. */
const OFFSETS: readonly Position[] = offsets();

function offsets(): Position[] {
  const found: (Position & { cost: number })[] = [];
  for (let x = -REACH; x <= REACH; x += 1) {
    for (let y = -REACH; y <= REACH; y += 1) {
      const cost = Math.abs(y) + Math.abs(x) * 4 + (y < 0 ? 0.5 : 0) + (x < 0 ? 0.25 : 0);
      if (cost <= REACH) found.push({ x: x * GRID, y: y * GRID, cost });
    }
  }
  return found.sort((one, other) => one.cost - other.cost).map(({ x, y }) => ({ x, y }));
}

/** The offset nearest to none at which the boxes cover none of the others. */
export function freeOffset(boxes: readonly Rect[], others: readonly Rect[]): Position {
  const isFree = ({ x, y }: Position) =>
    boxes.every((box) => {
      const moved = { ...box, x: box.x + x, y: box.y + y };
      return !others.some((other) => overlaps(moved, other));
    });
  return OFFSETS.find(isFree) ?? below(boxes, others);
}

/** A place that is always free: under everything. */
function below(boxes: readonly Rect[], others: readonly Rect[]): Position {
  const top = Math.min(...boxes.map((box) => box.y));
  const bottom = Math.max(...others.map((other) => other.y + other.height));
  return snap({ x: 0, y: bottom + 2 * MARGIN - top });
}

/** The place nearest to the wanted one where a box of this size covers no node. */
export function freePlace(document: FlowDocument, wanted: Position, size: Size, sizeOf: SizeOf): Position {
  const place = snap(wanted);
  const others = document.nodes.map((node) => rectOf(node, sizeOf));
  const { x, y } = freeOffset([{ ...place, ...size }], others);
  return { x: place.x + x, y: place.y + y };
}

/** A node and all that it leads to. */
export function downstream(document: FlowDocument, id: string): Set<string> {
  const found = new Set([id]);
  for (const each of found) for (const edge of outgoing(document, each)) found.add(edge.to);
  return found;
}

/**
 * Room for a box on a wire: where the box goes, and where everything behind it moves to.
 *
 * With `wanted` the box stays there if it can; what is behind it makes way.
 */
export function roomOnWire(
  document: FlowDocument,
  edge: FlowEdge,
  size: Size,
  sizeOf: SizeOf,
  box: { id?: string; wanted?: Position } = {},
): { place: Position; moved: Record<string, Position> } {
  const from = nodeById(document, edge.from);
  const to = nodeById(document, edge.to);
  if (!from || !to) return { place: snap(box.wanted ?? { x: 0, y: 0 }), moved: {} };
  const start = from.position.x + sizeOf(from).width + COLUMN_GAP;
  const between = start + Math.max(0, to.position.x - COLUMN_GAP - size.width - start) / 2;
  const place = snap({ x: Math.max(start, box.wanted?.x ?? between), y: box.wanted?.y ?? to.position.y });
  const behind = downstream(document, edge.to);
  const others = document.nodes.filter((node) => node.id !== box.id);
  const standing = others.filter((node) => !behind.has(node.id)).map((node) => rectOf(node, sizeOf));
  const dodge = freeOffset([{ ...place, ...size }], standing);
  place.x += dodge.x;
  place.y += dodge.y;
  const lack = place.x + size.width + COLUMN_GAP - to.position.x;
  if (lack <= 0) return { place, moved: {} };
  const pushed = others
    .filter((node) => behind.has(node.id))
    .map((node) => ({
      ...node,
      position: { x: node.position.x + Math.ceil(lack / GRID) * GRID, y: node.position.y },
    }));
  const { x, y } = freeOffset(
    pushed.map((node) => rectOf(node, sizeOf)),
    [...standing, { ...place, ...size }],
  );
  return {
    place,
    moved: Object.fromEntries(
      pushed.map(({ id, position }) => [id, { x: position.x + x, y: position.y + y }]),
    ),
  };
}
