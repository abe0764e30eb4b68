/** How the drawing has to move so that a box is in sight. */
import type { Position } from "@/shared/types";
import type { Rect } from "./placement";

export interface Viewport extends Position {
  zoom: number;
}

/** Room for the ports of a node and for the wires that leave it. */
const MARGIN = 24;
/** Below this nobody can read a node; a jump from a list zooms in from there. */
const READABLE = 0.5;
const COMFORTABLE = 0.7;

/** What is left of a pane when something lies over its lower part, or over one of its sides. */
export function uncovered(pane: Rect, covers: readonly Rect[]): Rect {
  return covers.reduce(largestRest, pane);
}

function largestRest(area: Rect, cover: Rect): Rect {
  const { x, y, width, height } = area;
  const end = cover.x + cover.width;
  const isApart = cover.x >= x + width || end <= x || cover.y >= y + height || cover.y + cover.height <= y;
  if (isApart) return area;
  const rests = [
    { x, y, width, height: Math.max(0, cover.y - y) },
    { x, y, width: Math.max(0, cover.x - x), height },
    { x: Math.min(x + width, end), y, width: Math.max(0, x + width - end), height },
  ];
  return rests.sort((one, other) => other.width * other.height - one.width * one.height)[0] ?? area;
}

/** The nearest viewport that shows the whole box within the area, or null when it is in sight already. */
export function bringIntoSight(box: Rect, area: Rect, view: Viewport, isJump = false): Viewport | null {
  const fits = Math.min(area.width / (box.width + 2 * MARGIN), area.height / (box.height + 2 * MARGIN));
  const wanted = isJump && view.zoom < READABLE ? COMFORTABLE : view.zoom;
  const zoom = Math.max(Math.min(wanted, fits), Math.min(wanted, READABLE));
  if (zoom !== view.zoom) {
    const x = area.x + area.width / 2 - (box.x + box.width / 2) * zoom;
    const y = area.y + area.height / 2 - (box.y + box.height / 2) * zoom;
    return { x, y, zoom };
  }
  const shift = {
    x: shiftInto(box.x * zoom + view.x - MARGIN, box.width * zoom + 2 * MARGIN, area.x, area.width),
    y: shiftInto(box.y * zoom + view.y - MARGIN, box.height * zoom + 2 * MARGIN, area.y, area.height),
  };
  return shift.x === 0 && shift.y === 0 ? null : { x: view.x + shift.x, y: view.y + shift.y, zoom };
}

/** The least way by which a stretch comes to lie within another; its beginning counts most. */
function shiftInto(start: number, length: number, from: number, room: number): number {
  if (start < from || length > room) return from - start;
  return Math.min(0, from + room - (start + length));
}
