import type { FlowDocument, FlowEdge } from "@/shared/types";
import type { Change } from "./changes";
import { nodeName, outgoing, sameEdge } from "./model";

/** Put a wire at another place (from 0) among those of its output: they run in this order. Null when it is there. */
export function reorder(document: FlowDocument, edge: FlowEdge, place: number): Change | null {
  const siblings = outgoing(document, edge.from, edge.port);
  const now = siblings.findIndex((other) => sameEdge(other, edge));
  const other = siblings[place];
  if (now === -1 || !other || now === place) return null;
  const from = document.edges.indexOf(siblings[now] as FlowEdge);
  // Taking it out moves up what is behind it, so that the other's old index is right in both directions.
  const to = document.edges.indexOf(other);
  return {
    name: `Run the wire to ${nodeName(document, edge.to)} as ${place + 1} of ${siblings.length}`,
    operations: [
      { kind: "removeEdge", edge, index: from },
      { kind: "addEdge", edge, index: to },
    ],
  };
}
