/** Where a wire runs, and which wire a box lies on. */
import type { Position } from "@/shared/types";
import type { Rect } from "./placement";

export interface Curve {
  id: string;
  from: Position;
  to: Position;
}

/** Close enough that no box is stepped over. */
const STEP = 16;
/** How much the drawn curve bends, as React Flow's bezier does it. */
const CURVATURE = 0.25;

function reach(distance: number): number {
  return distance >= 0 ? distance / 2 : CURVATURE * 25 * Math.sqrt(-distance);
}

/** A point of the drawn curve, for `t` from 0 to 1; outputs are on the right, inputs on the left. */
export function pointOn({ from, to }: Pick<Curve, "from" | "to">, t: number): Position {
  const bend = reach(to.x - from.x);
  const back = 1 - t;
  const weights = [back ** 3, 3 * back ** 2 * t, 3 * back * t ** 2, t ** 3] as const;
  return {
    x: weights[0] * from.x + weights[1] * (from.x + bend) + weights[2] * (to.x - bend) + weights[3] * to.x,
    y: (weights[0] + weights[1]) * from.y + (weights[2] + weights[3]) * to.y,
  };
}

/** The wire that comes nearest to the middle of a box among those that pass through it. */
export function wireUnder(box: Rect, curves: readonly Curve[]): string | null {
  const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  let best: string | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const curve of curves) {
    const steps = Math.ceil(Math.hypot(curve.to.x - curve.from.x, curve.to.y - curve.from.y) / STEP) + 1;
    for (let i = 0; i <= steps; i += 1) {
      const { x, y } = pointOn(curve, i / steps);
      if (x < box.x || x > box.x + box.width || y < box.y || y > box.y + box.height) continue;
      const distance = Math.hypot(x - middle.x, y - middle.y);
      if (distance < least) {
        least = distance;
        best = curve.id;
      }
    }
  }
  return best;
}
