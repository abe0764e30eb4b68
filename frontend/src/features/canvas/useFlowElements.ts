import type { Edge, Node } from "@xyflow/react";
import { useLayoutEffect, useMemo, useState } from "react";
import { edgeId, incoming, nodeName, outgoing } from "@/graph/model";
import { problemsOf } from "@/session/checker";
import { useChecks, useDocument, useSession, useUi } from "@/session/session";
import { count } from "@/shared/format";
import type { FlowDocument, FlowNode } from "@/shared/types";

function nodeLabel(
  document: FlowDocument,
  node: FlowNode,
  typeLabel: string,
  summary: string,
  problems: number,
): string {
  const from = incoming(document, node.id).map((edge) => nodeName(document, edge.from));
  return [
    `${node.name}, ${typeLabel}`,
    summary,
    from.length > 0 ? `fed by ${from.join(", ")}` : "fed by nothing",
    problems > 0 ? count(problems, "problem") : "",
  ]
    .filter(Boolean)
    .join(", ");
}

/** The document as React Flow's nodes and edges. Measures and places during a drag are React Flow's own. */
export function useFlowElements() {
  const session = useSession();
  const document = useDocument((doc) => doc);
  const problems = useChecks((state) => state.problems);
  const summaries = useChecks((state) => state.summaries);
  const selected = useUi((ui) => ui.selected);
  const selectedEdges = useUi((ui) => ui.selectedEdges);
  const [nodes, setNodes] = useState<Node[]>([]);
  useLayoutEffect(() => {
    const chosen = new Set(selected);
    setNodes((old) => {
      const known = new Map(old.map((node) => [node.id, node]));
      return document.nodes.map((node) => {
        const before = known.get(node.id);
        const typeLabel = session.types.get(node.type)?.label ?? `type ${node.type}, not available here`;
        const ariaLabel = nodeLabel(
          document,
          node,
          typeLabel,
          summaries[node.id] ?? "",
          problemsOf(problems, node.id).length,
        );
        const isSame =
          before?.ariaLabel === ariaLabel &&
          before.selected === chosen.has(node.id) &&
          before.position === node.position;
        if (before && isSame) return before;
        const base = before ?? { id: node.id, type: "flow", data: {}, ariaRole: "group" as const };
        return { ...base, position: node.position, selected: chosen.has(node.id), ariaLabel };
      });
    });
  }, [document, problems, summaries, selected, session]);
  const edges = useMemo(() => {
    const chosen = new Set(selectedEdges);
    return document.edges.map((edge): Edge => {
      const id = edgeId(edge);
      const siblings = outgoing(document, edge.from, edge.port);
      const order = siblings.length > 1 ? siblings.indexOf(edge) + 1 : 0;
      return {
        id,
        type: "flow",
        source: edge.from,
        sourceHandle: edge.port,
        target: edge.to,
        targetHandle: "in",
        reconnectable: "target",
        selected: chosen.has(id),
        data: { order },
        ariaLabel: `Wire from ${nodeName(document, edge.from)}, port ${edge.port}, to ${nodeName(document, edge.to)}${
          order > 0 ? `, runs ${order} of ${siblings.length}` : ""
        }`,
      };
    });
  }, [document, selectedEdges]);
  return { nodes, edges, setNodes };
}
