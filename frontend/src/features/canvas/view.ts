import type { ReactFlowInstance } from "@xyflow/react";

/** How the whole drawing is brought into view. */
export const FIT = { maxZoom: 1, padding: 0.2 } as const;

const NARROW = 600;
const READABLE = 0.5;
const MARGIN = 16;

/** The first look: all of the drawing, or on a small screen its beginning, when all of it could not be read. */
export async function showFirst(flow: ReactFlowInstance): Promise<void> {
  await flow.fitView(FIT);
  const pane = document.querySelector(".react-flow");
  const [first] = flow.getNodes().sort((one, other) => one.position.x - other.position.x);
  if (!pane || !first || pane.clientWidth > NARROW || flow.getZoom() >= READABLE) return;
  const zoom = 0.7;
  const y = pane.clientHeight / 2 - (first.position.y + 40) * zoom;
  await flow.setViewport({ x: MARGIN - first.position.x * zoom, y, zoom });
}
