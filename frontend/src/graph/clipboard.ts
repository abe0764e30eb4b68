/** Copy and paste as text that is a flow document, so that it works across tabs, flows and programs. */
import type { FlowDocument, FlowEdge, FlowNode } from "@/shared/types";
import { complete, freshId, freshName } from "./model";

/** The chosen nodes and the wires between them, as the JSON of a flow document. */
export function copyText(document: FlowDocument, ids: readonly string[]): string {
  const chosen = new Set(ids);
  const part = {
    ...document,
    name: "Clipboard",
    description: "",
    settings: {},
    nodes: document.nodes.filter((node) => chosen.has(node.id)),
    edges: document.edges.filter((edge) => chosen.has(edge.from) && chosen.has(edge.to)),
  };
  return JSON.stringify(part, null, 2);
}

/** The document in a clipboard's text, or null when it is something else. */
export function readText(text: string): FlowDocument | null {
  if (text.length > 5_000_000 || !text.trimStart().startsWith("{")) return null;
  try {
    const parsed: unknown = JSON.parse(text);
    return isDocument(parsed) ? complete(parsed) : null;
  } catch {
    return null;
  }
}

function isDocument(value: unknown): value is FlowDocument {
  if (!value || typeof value !== "object" || !("format" in value) || value.format !== "hookflow/flow")
    return false;
  const { nodes, edges } = value as Partial<FlowDocument>;
  return (
    Array.isArray(nodes) &&
    Array.isArray(edges) &&
    nodes.every((node) => node && typeof node.id === "string" && typeof node.type === "string")
  );
}

/** The nodes and wires to add: ids and clashing names made fresh, set off so that they do not cover the originals. */
export function pasted(
  document: FlowDocument,
  source: FlowDocument,
  offset = { x: 40, y: 40 },
): { nodes: FlowNode[]; edges: FlowEdge[] } {
  const ids = document.nodes.map((node) => node.id);
  const names = document.nodes.map((node) => node.name);
  const renamed = new Map<string, string>();
  const nodes = source.nodes.map((node) => {
    const id = freshId(ids, node.type);
    const name = freshName(names, node.name);
    ids.push(id);
    names.push(name);
    renamed.set(node.id, id);
    return { ...node, id, name, position: { x: node.position.x + offset.x, y: node.position.y + offset.y } };
  });
  const edges = source.edges.flatMap((edge) => {
    const from = renamed.get(edge.from);
    const to = renamed.get(edge.to);
    return from && to ? [{ from, port: edge.port, to }] : [];
  });
  return { nodes, edges };
}
