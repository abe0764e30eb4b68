import { expect, test } from "vitest";
import { bringIntoSight, uncovered } from "./sight";

const pane = { x: 0, y: 0, width: 1000, height: 600 };
const box = (x: number, y: number) => ({ x, y, width: 220, height: 140 });
const view = { x: 0, y: 0, zoom: 1 };

test("a sheet over the lower part and a list over the side leave the larger rest", () => {
  expect(uncovered(pane, [{ x: 0, y: 230, width: 1000, height: 370 }])).toEqual({ ...pane, height: 230 });
  expect(uncovered(pane, [{ x: 620, y: 0, width: 380, height: 600 }])).toEqual({ ...pane, width: 620 });
  expect(uncovered(pane, [{ x: 0, y: 0, width: 300, height: 600 }])).toEqual({ ...pane, x: 300, width: 700 });
  expect(uncovered(pane, [{ x: 1000, y: 0, width: 380, height: 600 }])).toEqual(pane);
});

test("what is in sight with its ports moves nothing; what is cut off comes in by the least way", () => {
  expect(bringIntoSight(box(100, 100), pane, view)).toBeNull();
  expect(bringIntoSight(box(900, 100), pane, view)).toEqual({ x: -144, y: 0, zoom: 1 });
  expect(bringIntoSight(box(-50, -10), pane, view)).toEqual({ x: 74, y: 34, zoom: 1 });
});

test.each([0.3, 0.5, 1, 1.7, 2])("at zoom %d every box ends up inside the area above a sheet", (zoom) => {
  const area = { x: 0, y: 0, width: 390, height: 230 };
  for (const at of [box(0, 0), box(5000, -3000), box(-900, 800)]) {
    const now = bringIntoSight(at, area, { x: 13, y: -7, zoom }) ?? { x: 13, y: -7, zoom };
    const left = at.x * now.zoom + now.x;
    const top = at.y * now.zoom + now.y;
    expect(left).toBeGreaterThanOrEqual(0);
    expect(top).toBeGreaterThanOrEqual(0);
    expect(left + at.width * now.zoom).toBeLessThanOrEqual(area.width);
    expect(top + at.height * now.zoom).toBeLessThanOrEqual(area.height);
  }
});

test("a jump out of a list to a node that is too small to read zooms in; a click does not", () => {
  expect(bringIntoSight(box(0, 0), pane, { x: 300, y: 300, zoom: 0.2 }, true)?.zoom).toBe(0.7);
  expect(bringIntoSight(box(0, 0), pane, { x: 300, y: 300, zoom: 0.2 })).toBeNull();
});
