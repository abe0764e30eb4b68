import { type DragEvent, type KeyboardEvent, useRef, useState } from "react";
import { remove } from "@/graph/changes";
import { edgeId, nodeName } from "@/graph/model";
import { reorder } from "@/graph/order";
import { apply } from "@/session/actions";
import { useDocument, useSession } from "@/session/session";
import type { FlowEdge, FlowNode } from "@/shared/types";
import { Icon } from "@/shared/ui/Icon";

interface Props {
  node: FlowNode;
  port: string;
  edges: FlowEdge[];
}

/** The wires of one output in the order in which they run: dragged, or moved by buttons and arrow keys. */
export function WireOrderList({ node, port, edges }: Props) {
  const session = useSession();
  const document = useDocument((doc) => doc);
  const list = useRef<HTMLOListElement>(null);
  const [dragged, setDragged] = useState<FlowEdge | null>(null);
  const move = (edge: FlowEdge, place: number) => {
    const change = reorder(session.documents.getState().document, edge, place);
    if (change) apply(session, change);
  };
  const moveAndKeepFocus = (edge: FlowEdge, place: number, button: string) => {
    move(edge, place);
    requestAnimationFrame(() => {
      const row = list.current?.children[Math.max(0, Math.min(edges.length - 1, place))];
      const wanted = row?.querySelector<HTMLButtonElement>(`[data-move=${button}]:not([disabled])`);
      (wanted ?? row?.querySelector<HTMLButtonElement>("[data-move]:not([disabled])"))?.focus();
    });
  };
  const onKey = (event: KeyboardEvent, edge: FlowEdge, place: number) => {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    moveAndKeepFocus(edge, place + step, step < 0 ? "up" : "down");
  };
  const onDrop = (event: DragEvent, place: number) => {
    event.preventDefault();
    if (dragged) move(dragged, place);
    setDragged(null);
  };
  return (
    <ol className="hf-wire-order-list" aria-label={`Order of ${port}`} ref={list}>
      {edges.map((edge, place) => {
        const to = nodeName(document, edge.to);
        return (
          <li
            key={edgeId(edge)}
            draggable={session.may.edit}
            className={dragged && edgeId(dragged) === edgeId(edge) ? "is-dragged" : ""}
            onDragStart={(event) => {
              event.dataTransfer.effectAllowed = "move";
              event.dataTransfer.setData("text/plain", to);
              setDragged(edge);
            }}
            onDragEnd={() => setDragged(null)}
            onDragOver={(event) => {
              if (dragged) event.preventDefault();
            }}
            onDrop={(event) => onDrop(event, place)}
          >
            <span className="hf-wire-place">{place + 1}</span>
            <span className="flex-fill">{to}</span>
            {(["up", "down"] as const).map((way) => (
              <button
                key={way}
                type="button"
                className="btn btn-icon btn-ghost-secondary btn-sm"
                data-move={way}
                disabled={way === "up" ? place === 0 : place === edges.length - 1}
                aria-label={`Run ${to} ${way === "up" ? "earlier" : "later"}`}
                title={`Run ${way === "up" ? "earlier" : "later"} (arrow keys)`}
                onKeyDown={(event) => onKey(event, edge, place)}
                onClick={() => moveAndKeepFocus(edge, place + (way === "up" ? -1 : 1), way)}
              >
                <Icon name={`chevron-${way}`} size={16} />
              </button>
            ))}
            <button
              type="button"
              className="btn btn-icon btn-ghost-secondary btn-sm"
              aria-label={`Delete the wire from ${node.name}, ${port}, to ${to}`}
              onClick={() => apply(session, remove(document, [], [edge]))}
            >
              <Icon name="x" size={16} />
            </button>
          </li>
        );
      })}
    </ol>
  );
}
