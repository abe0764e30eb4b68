import type { FlowDocument, FlowEdge, FlowNode } from "@/shared/types";
/** Whether two JSON values say the same; the order of keys says nothing, and what is undefined is not there. */
export function sameValue(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  if (Array.isArray(one) || Array.isArray(other))
    return (
      Array.isArray(one) &&
      Array.isArray(other) &&
      one.length === other.length &&
      one.every((entry, i) => sameValue(entry, other[i]))
    );
  if (!isObject(one) || !isObject(other)) return false;
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].every((key) =>
    sameValue(one[key], other[key]),
  );
}

/** Whether what was sent is what the server stores: it fills in defaults of settings, sorts nodes and rounds places. */
export function sameDocument(stored: FlowDocument, sent: FlowDocument): boolean {
  return (
    stored.name === sent.name &&
    stored.description === sent.description &&
    holds(stored.settings, sent.settings) &&
    stored.nodes.length === sent.nodes.length &&
    sent.nodes.every((node) => {
      const other = stored.nodes.find((candidate) => candidate.id === node.id);
      return other !== undefined && sameNode(other, node);
    }) &&
    sameValue(byOutlet(stored.edges), byOutlet(sent.edges))
  );
}

export function sameNode(stored: FlowNode, sent: FlowNode): boolean {
  return (
    stored.type === sent.type &&
    stored.name === sent.name &&
    sameValue(stored.config, sent.config) &&
    holds(stored.settings, sent.settings) &&
    near(stored.position.x, sent.position.x) &&
    near(stored.position.y, sent.position.y)
  );
}

/** Among the wires of one output the order counts, between outputs it does not. */
function byOutlet(edges: readonly FlowEdge[]): Record<string, string[]> {
  const targets: Record<string, string[]> = {};
  for (const edge of edges) {
    const outlet = `${edge.from}:${edge.port}`;
    targets[outlet] = [...(targets[outlet] ?? []), edge.to];
  }
  return targets;
}

/** Whether everything that was sent is stored; null and "left out" are the same. */
function holds(stored: unknown, sent: unknown): boolean {
  if (!isObject(sent)) return sameValue(stored ?? undefined, sent ?? undefined);
  return (
    isObject(stored) &&
    Object.entries(sent).every(([key, value]) => value == null || holds(stored[key], value))
  );
}

const near = (one: number, other: number) => Math.abs(one - other) < 0.011;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
