/** The flow document as it is stored, exported and drawn. Plain data; nothing here knows React or the network. */

import type { FlowDocument, FlowEdge, FlowNode, Position } from "@/shared/types";

export const GRID = 20;

export function emptyDocument(name: string): FlowDocument {
  return { format: "hookflow/flow", version: 1, name, description: "", settings: {}, nodes: [], edges: [] };
}

/** What every part of the editor may rely on, whatever the server left out. */
export function complete(document: Partial<FlowDocument>): FlowDocument {
  const base = { ...emptyDocument(""), ...document };
  return {
    ...base,
    nodes: base.nodes.map((node) => ({
      ...node,
      config: node.config ?? {},
      settings: node.settings ?? {},
      position: node.position ?? { x: 0, y: 0 },
    })),
  };
}

export function nodeById(document: FlowDocument, id: string): FlowNode | undefined {
  return document.nodes.find((node) => node.id === id);
}

export function nodeName(document: FlowDocument, id: string): string {
  return nodeById(document, id)?.name || id;
}

export function edgeById(document: FlowDocument, id: string | null): FlowEdge | undefined {
  return document.edges.find((edge) => edgeId(edge) === id);
}

export function incoming(document: FlowDocument, id: string): FlowEdge[] {
  return document.edges.filter((edge) => edge.to === id);
}

export function outgoing(document: FlowDocument, id: string, port?: string): FlowEdge[] {
  return document.edges.filter((edge) => edge.from === id && (port === undefined || edge.port === port));
}

export function sameEdge(one: FlowEdge, other: FlowEdge): boolean {
  return one.from === other.from && one.port === other.port && one.to === other.to;
}

export function edgeId(edge: FlowEdge): string {
  return `${edge.from}:${edge.port}->${edge.to}`;
}

/** An id that no node has yet, readable in exports and logs: `filter-2`. */
export function freshId(taken: Iterable<string>, type: string): string {
  const used = new Set(taken);
  const stem = type.replace(/[^A-Za-z0-9_-]/g, "-").slice(0, 40) || "node";
  for (let number = 1; ; number += 1) {
    const id = `${stem}-${number}`;
    if (!used.has(id)) return id;
  }
}

/** A name that no node has yet: `Filter`, then `Filter 2`. */
export function freshName(taken: Iterable<string>, label: string): string {
  const used = new Set(taken);
  if (!used.has(label)) return label;
  const stem = label.replace(/ \d+$/, "");
  for (let number = 2; ; number += 1) {
    const name = `${stem} ${number}`;
    if (!used.has(name)) return name;
  }
}

export function snap(position: Position): Position {
  return { x: Math.round(position.x / GRID) * GRID, y: Math.round(position.y / GRID) * GRID };
}
