import { useReactFlow } from "@xyflow/react";
import { useEffect } from "react";
import { useUi } from "@/app/session";

/** Brings a node into view when something jumps to it. */
export function useReveal(): void {
  const target = useUi((ui) => ui.focusField);
  const { getNode, getViewport, setCenter } = useReactFlow();
  useEffect(() => {
    const node = target && getNode(target.node);
    const pane = document.querySelector(".react-flow");
    if (!node || !pane) return;
    const { x, y, zoom } = getViewport();
    const width = node.measured?.width ?? 220;
    const left = node.position.x * zoom + x;
    const top = node.position.y * zoom + y;
    const isInView =
      left > 0 && top > 0 && left + width * zoom < pane.clientWidth && top + 60 < pane.clientHeight;
    if (!isInView)
      void setCenter(node.position.x + width / 2, node.position.y + 50, {
        zoom: Math.max(zoom, 0.7),
        duration: 200,
      });
  }, [target, getNode, getViewport, setCenter]);
}
