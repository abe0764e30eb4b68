import { expect, test } from "vitest";
import type { Step } from "@/api/types";
import { bars } from "./timeline";

const step = (node: string, from: number, to: number | null) =>
  ({
    node,
    started_at: new Date(from).toISOString(),
    finished_at: to === null ? null : new Date(to).toISOString(),
  }) as Step;

test("steps lie in the time of the run, and one that goes on reaches to now", () => {
  const steps = [step("a", 0, 250), step("b", 250, 500), step("c", 500, null)];
  const all = [...bars(steps, 1000).values()];
  expect(all.map((bar) => [bar.start, bar.width])).toEqual([
    [0, 25],
    [25, 25],
    [50, 50],
  ]);
  expect(all.map((bar) => bar.milliseconds)).toEqual([250, 250, null]);
});

test("a run without a step has no bars", () => {
  expect(bars([], 5).size).toBe(0);
});
