/** Putting a node into a wire: what fed the next node now feeds this one, which feeds the next. */
import type { FlowDocument, FlowEdge, FlowNode, Position } from "@/shared/types";
import { type Change, moveNodes, type Operation } from "./changes";
import { incoming, nodeById, nodeName, outgoing, sameEdge } from "./model";

/** The output that goes on: the first that is not for errors. */
export function mainPort(ports: readonly { name: string }[]): string | null {
  return ports.find((port) => port.name !== "error")?.name ?? null;
}

/** Whether a node stands apart, so that it may be dropped on a wire. */
export function isApart(document: FlowDocument, id: string, port: string): boolean {
  return incoming(document, id).length === 0 && outgoing(document, id, port).length === 0;
}

interface Insertion {
  edge: FlowEdge;
  /** The output of the node that leads on. */
  port: string;
  /** Where other nodes go to make room. */
  moved: Record<string, Position>;
}

/** A new node in a wire, as one change. The wire to it takes the old one's place in the order. */
export function insertNew(document: FlowDocument, node: FlowNode, insertion: Insertion): Change {
  const added: Operation = { kind: "addNode", node, index: document.nodes.length };
  return { name: `Insert ${node.name}`, operations: [added, ...wires(document, node.id, insertion)] };
}

/** A node that is there put into a wire, as one change; the group folds it into the drag that brought it. */
export function insertExisting(
  document: FlowDocument,
  id: string,
  insertion: Insertion,
  gesture: string,
): Change {
  const name = `Insert ${nodeName(document, id)} into a wire`;
  return { name, operations: wires(document, id, insertion), group: `move:${gesture}` };
}

function wires(document: FlowDocument, id: string, { edge, port, moved }: Insertion): Operation[] {
  const index = document.edges.findIndex((other) => sameEdge(other, edge));
  const taken: Operation[] = [
    { kind: "removeEdge", edge, index },
    { kind: "addEdge", edge: { from: edge.from, port: edge.port, to: id }, index },
    { kind: "addEdge", edge: { from: id, port, to: edge.to }, index: document.edges.length },
  ];
  const known = Object.fromEntries(Object.entries(moved).filter(([other]) => nodeById(document, other)));
  if (Object.keys(known).length === 0) return taken;
  return [...taken, ...moveNodes(document, known, "").operations];
}
