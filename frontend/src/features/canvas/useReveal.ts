import { useReactFlow } from "@xyflow/react";
import { useEffect } from "react";
import { useUi } from "@/app/session";

/** Brings a node into view when something jumps to it, or when it was just added. */
export function useReveal(): void {
  const target = useUi((ui) => ui.reveal);
  const { getNode, getViewport, setCenter } = useReactFlow();
  useEffect(() => {
    const show = (id: string) => {
      const node = getNode(id);
      const pane = document.querySelector(".react-flow");
      if (!node || !pane) return;
      const { x, y, zoom } = getViewport();
      const width = node.measured?.width ?? 220;
      const left = node.position.x * zoom + x;
      const top = node.position.y * zoom + y;
      const isInView =
        left > 0 && top > 0 && left + width * zoom < pane.clientWidth && top + 60 < pane.clientHeight;
      if (isInView) return;
      const scale = Math.max(zoom, 0.7);
      void setCenter(node.position.x + width / 2, node.position.y + 50, { zoom: scale, duration: 200 });
    };
    const id = target?.node;
    if (!id) return;
    // A new node is measured, and a panel that opens has taken its room, a moment later.
    const timer = setTimeout(() => show(id), 80);
    return () => clearTimeout(timer);
  }, [target, getNode, getViewport, setCenter]);
}
