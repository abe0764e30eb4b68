import type { FlowDocument } from "@/shared/types";
import { edgeId } from "./model";
import { sameNode, sameValue } from "./same";

/** What one drawing has that another has not, in names of nodes. */
export interface Differences {
  added: string[];
  removed: string[];
  changed: { name: string; fields: string[] }[];
  wires: boolean;
  flow: boolean;
}

export function differences(before: FlowDocument, after: FlowDocument): Differences {
  const old = new Map(before.nodes.map((node) => [node.id, node]));
  const fresh = new Set(after.nodes.map((node) => node.id));
  const changed = after.nodes.flatMap((node) => {
    const was = old.get(node.id);
    if (!was || sameNode(was, node)) return [];
    const keys = new Set([...Object.keys(was.config), ...Object.keys(node.config)]);
    const fields = [...keys].filter((key) => !sameValue(was.config[key], node.config[key]));
    return [{ name: node.name || node.id, fields }];
  });
  return {
    added: after.nodes.filter((node) => !old.has(node.id)).map((node) => node.name || node.id),
    removed: before.nodes.filter((node) => !fresh.has(node.id)).map((node) => node.name || node.id),
    changed,
    wires: !sameValue(before.edges.map(edgeId), after.edges.map(edgeId)),
    flow:
      before.name !== after.name ||
      before.description !== after.description ||
      !sameValue(before.settings, after.settings),
  };
}
