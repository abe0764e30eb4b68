import { useReactFlow } from "@xyflow/react";
import { useEffect } from "react";
import { NODE_WIDTH, type Rect } from "@/graph/placement";
import { bringIntoSight, uncovered } from "@/graph/sight";
import { useSession, useUi } from "@/session/session";

/** A panel that opens takes its room, and a new node is measured, within this time. */
const SETTLE_MS = 80;

/** Keeps the chosen node with its ports in sight: beside the panel, or above it where it is a sheet. */
export function useReveal(): void {
  const session = useSession();
  const target = useUi((ui) => ui.reveal);
  const chosen = useUi((ui) => (ui.selected.length === 1 ? ui.selected[0] : undefined));
  const tab = useUi((ui) => ui.tab);
  const { getInternalNode, getViewport, setViewport } = useReactFlow();

  useEffect(() => {
    const pane = document.querySelector<HTMLElement>(".react-flow");
    const id = target?.node ?? chosen;
    if (!id || !pane) return;
    const show = () => {
      const node = getInternalNode(id);
      if (!node || session.ui.getState().connecting || pane.querySelector(".react-flow__node.dragging"))
        return;
      const size = { width: node.measured.width ?? NODE_WIDTH, height: node.measured.height ?? 60 };
      const box = { ...node.internals.positionAbsolute, ...size };
      const view = bringIntoSight(box, areaOf(pane), getViewport(), target?.node === id);
      const isCalm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
      if (view) void setViewport(view, { duration: isCalm ? 0 : 200 });
      if (target?.node !== id) return;
      takeLostFocus(pane, id);
      // A jump counts once; from then on what is chosen is what is kept in sight.
      session.ui.setState({ reveal: null });
    };
    // A panel that closed covers nothing any more: the drawing stays where it was put.
    let timer = tab || target ? setTimeout(show, SETTLE_MS) : undefined;
    let [width, height] = [0, 0];
    const resized = new ResizeObserver(() => {
      // Only a pane that shrinks can take the node out of sight; one that grows leaves the drawing where it was put.
      if (pane.clientWidth < width || pane.clientHeight < height) {
        clearTimeout(timer);
        timer = setTimeout(show, SETTLE_MS);
      }
      [width, height] = [pane.clientWidth, pane.clientHeight];
    });
    resized.observe(pane);
    return () => {
      clearTimeout(timer);
      resized.disconnect();
    };
  }, [session, target, chosen, tab, getInternalNode, getViewport, setViewport]);
}

/** The part of the pane that nothing lies over, counted from its corner. */
function areaOf(pane: HTMLElement): Rect {
  const { left, top, width, height } = pane.getBoundingClientRect();
  const covers = [...document.querySelectorAll(".hf-panel, .hf-palette, .react-flow__minimap")].map(
    (element) => {
      const rect = element.getBoundingClientRect();
      return { x: rect.left - left, y: rect.top - top, width: rect.width, height: rect.height };
    },
  );
  return uncovered({ x: 0, y: 0, width, height }, covers);
}

/** The dialog that a node came from may have had its focus from a wire that is gone: then it went just anywhere. */
function takeLostFocus(pane: HTMLElement, id: string): void {
  const active = document.activeElement;
  if (active && active !== document.body && !active.matches(".react-flow__node, .react-flow__edge")) return;
  const node = pane.querySelector<HTMLElement>(`.react-flow__node[data-id="${CSS.escape(id)}"]`);
  node?.focus({ preventScroll: true });
}
