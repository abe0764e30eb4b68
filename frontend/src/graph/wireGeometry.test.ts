import { expect, test } from "vitest";
import { pointOn, wireUnder } from "./wireGeometry";

const straight = { id: "straight", from: { x: 220, y: 30 }, to: { x: 620, y: 30 } };
const below = { id: "below", from: { x: 220, y: 130 }, to: { x: 620, y: 330 } };
const box = (x: number, y: number) => ({ x, y, width: 220, height: 60 });

test("a curve begins and ends at its ports", () => {
  expect(pointOn(below, 0)).toEqual(below.from);
  expect(pointOn(below, 1)).toEqual(below.to);
  expect(pointOn(below, 0.5)).toEqual({ x: 420, y: 230 });
});

test("the wire that runs through the box is found, the nearer of two, and none beside it", () => {
  expect(wireUnder(box(300, 10), [straight, below])).toBe("straight");
  expect(wireUnder(box(310, 200), [straight, below])).toBe("below");
  expect(wireUnder({ ...box(300, 0), height: 400 }, [straight, below])).toBe("below");
  expect(wireUnder(box(300, 500), [straight, below])).toBeNull();
  expect(wireUnder(box(700, 10), [straight, below])).toBeNull();
});

test("a long steep wire does not slip through", () => {
  const steep = { id: "steep", from: { x: 0, y: 0 }, to: { x: 100, y: 5000 } };
  for (let y = 100; y < 4900; y += 37) expect(wireUnder(box(-60, y), [steep])).toBe("steep");
});
