import { addMany, addNode } from "@/graph/changes";
import { pasted, readText } from "@/graph/clipboard";
import { insertExisting, insertNew, isApart, mainPort } from "@/graph/insert";
import { edgeById, freshId, freshName, GRID, nodeById } from "@/graph/model";
import {
  COLUMN_GAP,
  freeOffset,
  freePlace,
  NODE_WIDTH,
  rectOf,
  roomOnWire,
  sizeWithPorts,
} from "@/graph/placement";
import type { FlowEdge, FlowNode, NodeType, Position } from "@/shared/types";
import { apply, copySelection } from "./actions";
import type { Session } from "./session";
import { portsOfNode, sizeOfNode } from "./sizes";

/** How new nodes come into the drawing: from the list, a wire, the clipboard. None lands on another. */

function newNode(session: Session, type: NodeType, position: Position): FlowNode {
  const { nodes } = session.documents.getState().document;
  const ids = nodes.map((node) => node.id);
  const names = nodes.map((node) => node.name);
  return {
    id: freshId(ids, type.type),
    type: type.type,
    typeVersion: type.version,
    name: freshName(names, type.label),
    config: {},
    settings: {},
    position,
  };
}

function show(session: Session, id: string): void {
  session.ui.getState().select([id]);
  session.ui.setState(({ fresh }) => ({ reveal: { node: id }, fresh: [...fresh, id] }));
}

export function addOfType(
  session: Session,
  type: NodeType,
  at: Position | null,
  from?: { from: string; port: string },
): string {
  const { document } = session.documents.getState();
  const size = sizeWithPorts(type.ports?.length ?? 1);
  const wanted = at ?? (from ? behindPort(session, from) : besideLast(session));
  const place = freePlace(document, wanted, size, sizeOfNode(session));
  const node = newNode(session, type, place);
  apply(session, addNode(document, node, from), `${node.name} added.`);
  show(session, node.id);
  return node.id;
}

function besideLast(session: Session): Position {
  const { document } = session.documents.getState();
  const chosen = session.ui.getState().selected.at(-1);
  const beside = (chosen && nodeById(document, chosen)) || document.nodes.at(-1);
  return beside ? { x: beside.position.x + NODE_WIDTH + COLUMN_GAP, y: beside.position.y } : { x: 0, y: 0 };
}

/** Right of a node, and as much lower as there are outputs above this one, so that their wires need not cross. */
function behindPort(session: Session, { from, port }: { from: string; port: string }): Position {
  const node = nodeById(session.documents.getState().document, from);
  if (!node) return besideLast(session);
  const above = Math.max(0, portsOfNode(session)(node).indexOf(port));
  const { x, y } = node.position;
  return { x: x + NODE_WIDTH + COLUMN_GAP, y: y + above * (sizeWithPorts(1).height + 2 * GRID) };
}

/** Whether a node of this type can stand in the middle of a wire. */
export function fitsInWire(type: NodeType): boolean {
  return type.has_input && mainPort(type.ports) !== null;
}

/** Put a new node into a wire; what is behind it makes room. */
export function insertOfType(
  session: Session,
  type: NodeType,
  edge: FlowEdge,
  wanted?: Position,
): string | null {
  const { document } = session.documents.getState();
  const port = mainPort(type.ports);
  if (port === null) return null;
  const size = sizeWithPorts(type.ports.length);
  const { place, moved } = roomOnWire(document, edge, size, sizeOfNode(session), wanted ? { wanted } : {});
  const node = newNode(session, type, place);
  apply(session, insertNew(document, node, { edge, port, moved }), `${node.name} inserted into the wire.`);
  show(session, node.id);
  return node.id;
}

/** The output by which a node that stands apart could go on, or null when it may not be put into a wire. */
export function portToInsert(session: Session, id: string): string | null {
  const { document } = session.documents.getState();
  const type = session.types.get(nodeById(document, id)?.type ?? "");
  const port = type && fitsInWire(type) ? mainPort(type.ports) : null;
  return port !== null && isApart(document, id, port) ? port : null;
}

/** Put a node that was dragged onto a wire into it; one step with the drag. */
export function insertDropped(session: Session, id: string, wire: string, gesture: string): void {
  const { document } = session.documents.getState();
  const edge = edgeById(document, wire);
  const node = nodeById(document, id);
  const port = portToInsert(session, id);
  if (!edge || !node || port === null) return;
  const sizeOf = sizeOfNode(session);
  const { place, moved } = roomOnWire(document, edge, sizeOf(node), sizeOf, { id, wanted: node.position });
  const change = insertExisting(document, id, { edge, port, moved: { ...moved, [id]: place } }, gesture);
  apply(session, change, `${node.name} inserted into the wire.`);
}

/** Open the list of what can be put into a wire. */
export function askInsert(session: Session, wire: string): void {
  const edge = edgeById(session.documents.getState().document, wire);
  if (edge && session.may.edit) session.ui.getState().show({ kind: "add", at: null, into: edge });
}

export function paste(session: Session, text: string, name = "Paste"): boolean {
  const source = readText(text);
  if (!source || source.nodes.length === 0) return false;
  const { document } = session.documents.getState();
  const sizeOf = sizeOfNode(session);
  const taken = document.nodes.map((node) => rectOf(node, sizeOf));
  const wanted = source.nodes.map((node) => rectOf(node, sizeOf));
  const { nodes, edges } = pasted(document, source, freeOffset(wanted, taken));
  const what = nodes.length === 1 ? nodes[0]?.name : `${nodes.length} nodes`;
  if (!apply(session, addMany(document, nodes, edges, `${name} ${what}`))) return false;
  session.ui.getState().select(nodes.map((node) => node.id));
  const [first] = nodes;
  if (first) session.ui.setState({ reveal: { node: first.id } });
  return true;
}

export function duplicateSelection(session: Session): void {
  const text = copySelection(session);
  if (text) paste(session, text, "Duplicate");
}
