import type {
  Connection,
  Edge,
  FinalConnectionState,
  IsValidConnection,
  OnConnectStartParams,
} from "@xyflow/react";
import { useReactFlow } from "@xyflow/react";
import { useMemo, useRef } from "react";
import { messageOf } from "@/api/client";
import { reconnect } from "@/graph/changes";
import { edgeId } from "@/graph/model";
import { INPUT_HEIGHT } from "@/graph/placement";
import { apply, askWiring, refuse, wire } from "@/session/actions";
import { type Session, useSession } from "@/session/session";
import type { FlowEdge, Refusal } from "@/shared/types";

type Verdicts = Record<string, Refusal | null>;

function pointOf(event: MouseEvent | TouchEvent) {
  return "changedTouches" in event ? event.changedTouches[0] : event;
}

function nodeUnder(event: MouseEvent | TouchEvent): string | null {
  const point = pointOf(event);
  if (!point) return null;
  const under = document.elementFromPoint(point.clientX, point.clientY);
  return under?.closest<HTMLElement>(".react-flow__node")?.dataset.id ?? null;
}

/** Wires by pointer. What is possible is the server's answer, asked for when a wire is begun. */
export function useWiring() {
  const session = useSession();
  const { screenToFlowPosition } = useReactFlow();
  const verdicts = useRef<Promise<Verdicts> | null>(null);
  const moving = useRef<FlowEdge | null>(null);
  return useMemo(() => {
    const begin = (from: string, port: string) => {
      session.ui.setState({ connecting: { from, port, verdicts: null } });
      const asked = askWiring(session, from, port, moving.current ?? undefined);
      verdicts.current = asked;
      asked.then(
        (known) =>
          session.ui.setState((ui) =>
            ui.connecting ? { connecting: { ...ui.connecting, verdicts: known } } : ui,
          ),
        (error) => session.ui.getState().toast(messageOf(error), "danger"),
      );
    };
    const finish = async (connection: { source: string; sourceHandle: string | null; target: string }) => {
      const edge = { from: connection.source, port: connection.sourceHandle ?? "out", to: connection.target };
      const before = moving.current;
      const known = await (verdicts.current ?? askWiring(session, edge.from, edge.port)).catch(() => null);
      if (!known) return;
      if (before) await moveWire(session, before, edge, known);
      else await wire(session, edge, known);
    };
    return {
      onConnectStart: (_: unknown, { nodeId, handleId }: OnConnectStartParams) =>
        nodeId && begin(nodeId, handleId ?? "out"),
      onConnect: (connection: Connection) =>
        void finish({ ...connection, sourceHandle: connection.sourceHandle ?? null }),
      onConnectEnd: (event: MouseEvent | TouchEvent, state: FinalConnectionState) => {
        const connecting = session.ui.getState().connecting;
        session.ui.setState({ connecting: null });
        if (state.isValid || !connecting) return;
        const over = state.toNode?.id ?? nodeUnder(event);
        const known = connecting.verdicts;
        if (over && over !== connecting.from) {
          if (known && known[over] !== null) return refuse(session, over, known[over]);
          return void finish({ source: connecting.from, sourceHandle: connecting.port, target: over });
        }
        if (over || moving.current || !isOnPane(event)) return;
        const point = pointOf(event);
        if (!point) return;
        const { x, y } = screenToFlowPosition({ x: point.clientX, y: point.clientY });
        const from = { from: connecting.from, port: connecting.port };
        // The end of the wire is where the new box takes it in.
        session.ui.getState().show({ kind: "add", at: { x, y: y - INPUT_HEIGHT }, from });
      },
      isValidConnection: ((connection) => {
        const known = session.ui.getState().connecting?.verdicts;
        // Until the answer is here nothing is refused: dropping waits for it.
        return !known || known[connection.target] === null;
      }) satisfies IsValidConnection,
      onReconnectStart: (_: unknown, edge: Edge) => {
        moving.current = { from: edge.source, port: edge.sourceHandle ?? "out", to: edge.target };
      },
      onReconnect: (_: Edge, connection: Connection) =>
        void finish({ ...connection, sourceHandle: connection.sourceHandle ?? null }),
      onReconnectEnd: () => {
        setTimeout(() => {
          moving.current = null;
        });
      },
    };
  }, [session, screenToFlowPosition]);
}

function isOnPane(event: MouseEvent | TouchEvent): boolean {
  return event.target instanceof Element && event.target.classList.contains("react-flow__pane");
}

async function moveWire(session: Session, before: FlowEdge, after: FlowEdge, known: Verdicts): Promise<void> {
  if (edgeId(before) === edgeId(after)) return;
  const verdict = known[after.to];
  if (verdict !== null) return refuse(session, after.to, verdict);
  apply(session, reconnect(session.documents.getState().document, before, after));
}
