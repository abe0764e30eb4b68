import type { NodeType } from "@/shared/types";

const KINDS: Record<NodeType["kind"], string> = {
  trigger: "Triggers",
  filter: "Filters",
  enricher: "Enrichers",
  action: "Actions",
  control: "Control",
};

/** Node types that fit what was typed, best first: name, then type, then summary. */
export function search(types: readonly NodeType[], query: string): NodeType[] {
  const words = query.trim().toLowerCase().split(/\s+/).filter(Boolean);
  const scored = types.flatMap((type) => {
    const score = words.reduce((sum, word) => (sum < 0 ? sum : addScore(sum, type, word)), 0);
    return score < 0 ? [] : [{ type, score }];
  });
  return scored
    .sort((a, b) => b.score - a.score || a.type.label.localeCompare(b.type.label))
    .map(({ type }) => type);
}

function addScore(sum: number, type: NodeType, word: string): number {
  const label = type.label.toLowerCase();
  if (label.startsWith(word)) return sum + 4;
  if (label.includes(word)) return sum + 3;
  if (type.type.includes(word)) return sum + 2;
  if (`${type.summary} ${type.kind}`.toLowerCase().includes(word)) return sum + 1;
  return -1;
}

/** Types under the heading of their kind, in the order in which a flow comes to them. */
export function grouped(types: readonly NodeType[]): { kind: string; label: string; types: NodeType[] }[] {
  return Object.entries(KINDS)
    .map(([kind, label]) => ({ kind, label, types: types.filter((type) => type.kind === kind) }))
    .filter((group) => group.types.length > 0);
}
