import { type Node, useReactFlow } from "@xyflow/react";
import { type DragEvent, useMemo, useRef } from "react";
import { edgeById, edgeId } from "@/graph/model";
import { NODE_WIDTH, type Rect, sizeWithPorts } from "@/graph/placement";
import { type Curve, wireUnder } from "@/graph/wireGeometry";
import { addOfType, fitsInWire, insertDropped, insertOfType, portToInsert } from "@/session/adding";
import { useSession } from "@/session/session";
import type { Position } from "@/shared/types";

export const PALETTE_TYPE = "application/x-hookflow-node-type";

/** Where the hand holds a box that comes from the list. */
const GRIP: Position = { x: NODE_WIDTH / 2, y: 30 };

/** What is dropped on a wire goes into it: a box of the drawing that stands apart, or an entry of the list. */
export function useInserting() {
  const session = useSession();
  const { getInternalNode, screenToFlowPosition } = useReactFlow();
  const curves = useRef<Curve[]>([]);
  return useMemo(() => {
    const mark = (dropWire: string | null) => {
      if (session.ui.getState().dropWire !== dropWire) session.ui.setState({ dropWire });
    };
    /** The wires as they are drawn now. */
    const drawn = (): Curve[] =>
      session.documents.getState().document.edges.flatMap((edge) => {
        const from = handleOf(edge.from, "source", edge.port);
        const to = handleOf(edge.to, "target", "in");
        return from && to ? [{ id: edgeId(edge), from, to }] : [];
      });
    const handleOf = (id: string, side: "source" | "target", handle: string): Position | null => {
      const { positionAbsolute, handleBounds } = getInternalNode(id)?.internals ?? {};
      const found = handleBounds?.[side]?.find((other) => other.id === handle);
      if (!positionAbsolute || !found) return null;
      const x = positionAbsolute.x + found.x + (side === "source" ? found.width : 0);
      return { x, y: positionAbsolute.y + found.y + found.height / 2 };
    };
    const corner = (event: DragEvent): Position => {
      const { x, y } = screenToFlowPosition({ x: event.clientX, y: event.clientY });
      return { x: x - GRIP.x, y: y - GRIP.y };
    };
    return {
      onNodeDrag: (_: unknown, node: Node, all: Node[]) => {
        if (all.length !== 1 || portToInsert(session, node.id) === null) return;
        if (curves.current.length === 0) curves.current = drawn();
        const size = { width: node.measured?.width ?? NODE_WIDTH, height: node.measured?.height ?? 60 };
        mark(wireUnder({ ...node.position, ...size }, curves.current));
      },
      /** The drag is over; when it ended on a wire, the node goes into it in the same step. */
      settle: (node: Node, gesture: string) => {
        const wire = session.ui.getState().dropWire;
        curves.current = [];
        mark(null);
        if (wire) insertDropped(session, node.id, wire, gesture);
      },
      onDragOver: (event: DragEvent) => {
        event.preventDefault();
        const type = session.types.get(session.ui.getState().draggedType ?? "");
        if (!type || !fitsInWire(type)) return;
        if (curves.current.length === 0) curves.current = drawn();
        const box: Rect = { ...corner(event), ...sizeWithPorts(type.ports.length) };
        mark(wireUnder(box, curves.current));
      },
      onDragLeave: (event: DragEvent) => {
        if (event.currentTarget.contains(event.relatedTarget as globalThis.Node | null)) return;
        curves.current = [];
        mark(null);
      },
      onDrop: (event: DragEvent) => {
        const type = session.types.get(event.dataTransfer.getData(PALETTE_TYPE));
        const { dropWire } = session.ui.getState();
        curves.current = [];
        mark(null);
        if (!type || !session.may.edit) return;
        event.preventDefault();
        const edge = fitsInWire(type) && edgeById(session.documents.getState().document, dropWire);
        if (edge) insertOfType(session, type, edge, corner(event));
        else addOfType(session, type, corner(event));
      },
    };
  }, [session, getInternalNode, screenToFlowPosition]);
}
