/** Every edit as a value with a name and an inverse. The document changes through these and through nothing else. */
import type { Config, FlowDocument, FlowEdge, FlowNode, Position } from "@/shared/types";
import { nodeById, nodeName, sameEdge } from "./model";

export type Operation =
  | { kind: "addNode"; node: FlowNode; index: number }
  | { kind: "removeNode"; node: FlowNode; index: number }
  | { kind: "setNode"; before: FlowNode; after: FlowNode }
  | { kind: "move"; before: Record<string, Position>; after: Record<string, Position> }
  | { kind: "addEdge"; edge: FlowEdge; index: number }
  | { kind: "removeEdge"; edge: FlowEdge; index: number }
  | { kind: "setDocument"; before: FlowDocument; after: FlowDocument };

export interface Change {
  /** What the history list shows: "Add Send mail". */
  name: string;
  operations: Operation[];
  /** Changes of one group that follow each other within a burst become one entry. */
  group?: string | undefined;
}

function insertAt<T>(list: readonly T[], index: number, value: T): T[] {
  return [...list.slice(0, index), value, ...list.slice(index)];
}

function place(document: FlowDocument, positions: Record<string, Position>): FlowDocument {
  return {
    ...document,
    nodes: document.nodes.map((node) => {
      const position = positions[node.id];
      return position ? { ...node, position } : node;
    }),
  };
}

function applyOne(document: FlowDocument, operation: Operation): FlowDocument {
  switch (operation.kind) {
    case "addNode":
      return { ...document, nodes: insertAt(document.nodes, operation.index, operation.node) };
    case "removeNode":
      return { ...document, nodes: document.nodes.filter((node) => node.id !== operation.node.id) };
    case "setNode":
      return {
        ...document,
        nodes: document.nodes.map((node) => (node.id === operation.after.id ? operation.after : node)),
      };
    case "move":
      return place(document, operation.after);
    case "addEdge":
      return { ...document, edges: insertAt(document.edges, operation.index, operation.edge) };
    case "removeEdge":
      return { ...document, edges: document.edges.filter((edge) => !sameEdge(edge, operation.edge)) };
    case "setDocument":
      return operation.after;
  }
}

function invertOne(operation: Operation): Operation {
  switch (operation.kind) {
    case "addNode":
      return { ...operation, kind: "removeNode" };
    case "removeNode":
      return { ...operation, kind: "addNode" };
    case "addEdge":
      return { ...operation, kind: "removeEdge" };
    case "removeEdge":
      return { ...operation, kind: "addEdge" };
    case "setNode":
      return { kind: "setNode", before: operation.after, after: operation.before };
    case "move":
      return { kind: "move", before: operation.after, after: operation.before };
    case "setDocument":
      return { kind: "setDocument", before: operation.after, after: operation.before };
  }
}

export function applyChange(document: FlowDocument, change: Change): FlowDocument {
  return change.operations.reduce(applyOne, document);
}

export function invert(change: Change): Change {
  return { ...change, operations: change.operations.map(invertOne).reverse() };
}

/** Two changes of one burst as one. Keystrokes in one field fold into a single before and after. */
export function merge(first: Change, second: Change): Change {
  const a = first.operations.length === 1 ? first.operations[0] : undefined;
  const b = second.operations.length === 1 ? second.operations[0] : undefined;
  if (a?.kind === "setNode" && b?.kind === "setNode" && a.after.id === b.before.id) {
    return { ...second, operations: [{ ...b, before: a.before }] };
  }
  if (a?.kind === "move" && b?.kind === "move" && sameKeys(a.after, b.after)) {
    return { ...second, operations: [{ ...b, before: a.before }] };
  }
  if (a?.kind === "setDocument" && b?.kind === "setDocument") {
    return { ...second, operations: [{ ...b, before: a.before }] };
  }
  return { ...second, operations: [...first.operations, ...second.operations] };
}

function sameKeys(one: object, other: object): boolean {
  return Object.keys(one).sort().join("\n") === Object.keys(other).sort().join("\n");
}

// --- The named changes ---------------------------------------------------------------------------------------------

export function addNode(
  document: FlowDocument,
  node: FlowNode,
  from?: { from: string; port: string },
): Change {
  const operations: Operation[] = [{ kind: "addNode", node, index: document.nodes.length }];
  if (from) {
    operations.push({ kind: "addEdge", edge: { ...from, to: node.id }, index: document.edges.length });
  }
  return { name: `Add ${node.name}`, operations };
}

/** Take nodes and wires out; the wires of a node go with it. */
export function remove(
  document: FlowDocument,
  nodeIds: readonly string[],
  edges: readonly FlowEdge[] = [],
): Change {
  const gone = new Set(nodeIds);
  const operations: Operation[] = [];
  let left = document;
  const push = (operation: Operation) => {
    operations.push(operation);
    left = applyOne(left, operation);
  };
  for (const edge of document.edges) {
    if (gone.has(edge.from) || gone.has(edge.to) || edges.some((other) => sameEdge(edge, other))) {
      push({ kind: "removeEdge", edge, index: left.edges.indexOf(edge) });
    }
  }
  for (const node of document.nodes) {
    if (gone.has(node.id)) push({ kind: "removeNode", node, index: left.nodes.indexOf(node) });
  }
  return { name: removalName(document, nodeIds, edges), operations };
}

function removalName(document: FlowDocument, nodeIds: readonly string[], edges: readonly FlowEdge[]): string {
  const only = nodeIds.length === 1 && nodeIds[0] ? nodeById(document, nodeIds[0]) : undefined;
  if (only) return `Delete ${only.name}`;
  if (nodeIds.length > 1) return `Delete ${nodeIds.length} nodes`;
  return edges.length === 1 ? "Delete wire" : `Delete ${edges.length} wires`;
}

/** Take one node out and join what fed it with what its first wired port fed. */
export function removeAndHeal(document: FlowDocument, id: string): Change {
  const change = remove(document, [id]);
  const feeder = document.edges.find((edge) => edge.to === id);
  const mainPort = document.edges.find((edge) => edge.from === id && edge.port !== "error")?.port;
  if (!feeder || mainPort === undefined) return change;
  const left = applyChange(document, change).edges;
  let index = document.edges
    .slice(0, document.edges.indexOf(feeder))
    .filter((edge) => left.includes(edge)).length;
  const healed = document.edges
    .filter((edge) => edge.from === id && edge.port === mainPort)
    .map((edge): Operation => ({ kind: "addEdge", edge: { ...feeder, to: edge.to }, index: index++ }));
  return { name: `${change.name}, join its neighbours`, operations: [...change.operations, ...healed] };
}

export function connect(document: FlowDocument, edge: FlowEdge): Change {
  const name = `Wire ${nodeName(document, edge.from)} to ${nodeName(document, edge.to)}`;
  return { name, operations: [{ kind: "addEdge", edge, index: document.edges.length }] };
}

export function reconnect(document: FlowDocument, before: FlowEdge, after: FlowEdge): Change {
  const out = remove(document, [], [before]);
  // The place among the wires of an output is when it runs; a moved end does not change that.
  const index = document.edges.findIndex((edge) => sameEdge(edge, before));
  return { name: "Move wire", operations: [...out.operations, { kind: "addEdge", edge: after, index }] };
}

/** Those of the places at which a node is not yet. */
export function newPlaces(
  document: FlowDocument,
  places: Record<string, Position>,
): Record<string, Position> {
  return Object.fromEntries(
    Object.entries(places).filter(([id, place]) => {
      const now = nodeById(document, id)?.position;
      return now && (now.x !== place.x || now.y !== place.y);
    }),
  );
}

export function moveNodes(
  document: FlowDocument,
  after: Record<string, Position>,
  gesture: string,
  name?: string,
): Change {
  const before: Record<string, Position> = {};
  for (const id of Object.keys(after)) {
    const node = nodeById(document, id);
    if (node) before[id] = node.position;
  }
  const ids = Object.keys(before);
  const only = ids.length === 1 && ids[0] ? nodeById(document, ids[0])?.name : undefined;
  return {
    name: name ?? `Move ${only ?? `${ids.length} nodes`}`,
    operations: [{ kind: "move", before, after }],
    group: `move:${gesture}`,
  };
}

export function rename(node: FlowNode, name: string): Change {
  const after = { ...node, name };
  return {
    name: `Rename to ${name}`,
    operations: [{ kind: "setNode", before: node, after }],
    group: `name:${node.id}`,
  };
}

export function setConfig(node: FlowNode, config: Config, field: string, label: string): Change {
  const after = { ...node, config };
  return {
    name: `Edit ${label || field} of ${node.name}`,
    operations: [{ kind: "setNode", before: node, after }],
    group: `config:${node.id}:${field}`,
  };
}

export function setNodeSettings(node: FlowNode, settings: Config, field: string): Change {
  const after = { ...node, settings };
  return {
    name: `Edit settings of ${node.name}`,
    operations: [{ kind: "setNode", before: node, after }],
    group: `settings:${node.id}:${field}`,
  };
}

export function setFlow(
  document: FlowDocument,
  part: Partial<Pick<FlowDocument, "name" | "description" | "settings">>,
  what: string,
): Change {
  const after = { ...document, ...part };
  return {
    name: `Edit ${what}`,
    operations: [{ kind: "setDocument", before: document, after }],
    group: `flow:${what}`,
  };
}

export function replaceDocument(before: FlowDocument, after: FlowDocument, name: string): Change {
  return { name, operations: [{ kind: "setDocument", before, after }] };
}

export function addMany(
  document: FlowDocument,
  nodes: readonly FlowNode[],
  edges: readonly FlowEdge[],
  name: string,
): Change {
  return {
    name,
    operations: [
      ...nodes.map((node, i): Operation => ({ kind: "addNode", node, index: document.nodes.length + i })),
      ...edges.map((edge, i): Operation => ({ kind: "addEdge", edge, index: document.edges.length + i })),
    ],
  };
}
