import { expect, test } from "vitest";
import type { Step } from "@/shared/types";
import { bars } from "./timeline";

const iso = (moment: number) => new Date(moment).toISOString();
const step = (node: string, from: number, to: number | null, attempt = 1) =>
  ({ node, attempt, started_at: iso(from), finished_at: to === null ? null : iso(to) }) as Step;
const drawn = (...given: Parameters<typeof bars>) =>
  [...bars(...given).values()].map((bar) => [Math.round(bar.start), Math.round(bar.width)]);

test("steps lie in the time of the run, and one that goes on reaches to now", () => {
  const steps = [step("a", 0, 250), step("b", 250, 500), step("c", 500, null)];
  expect(drawn(steps, { status: "running", created_at: iso(0) }, 1000)).toEqual([
    [0, 25],
    [25, 25],
    [50, 50],
  ]);
  expect([...bars(steps, { status: "running" }, 1000).values()].map((bar) => bar.milliseconds)).toEqual([
    250, 250, 500,
  ]);
});

test("a run without a step has no bars", () => {
  expect(bars([], {}, 5).size).toBe(0);
});

test("what a resumed run took over lies before it and squeezes nothing", () => {
  const day = 86_400_000;
  const steps = [
    step("t", day, day),
    step("a", 0, 400),
    step("b", day + 100, day + 200),
    step("c", day + 200, day + 300),
  ];
  const run = { status: "succeeded" as const, created_at: iso(day), finished_at: iso(day + 300) };
  const all = bars(steps, run, day * 9);
  expect([...all.values()].map((bar) => bar.isEarlier)).toEqual([false, true, false, false]);
  expect(all.get(steps[1] as Step)?.milliseconds).toBe(400);
  expect(drawn(steps, run, day * 9).slice(2)).toEqual([
    [33, 33],
    [67, 33],
  ]);
});

test("a wait ends with the run, not with the clock; a try ends where the next begins", () => {
  const cancelled = { status: "cancelled" as const, created_at: iso(0), finished_at: iso(1000) };
  expect(drawn([step("a", 0, 500), step("w", 500, null)], cancelled, 99_000)).toEqual([
    [0, 50],
    [50, 50],
  ]);
  const tries = [step("a", 0, null), step("a", 600, 1000, 2)];
  expect(drawn(tries, { status: "succeeded", finished_at: iso(1000) }, 99_000)).toEqual([
    [0, 60],
    [60, 40],
  ]);
});

test("no bar is negative or leaves the row, whatever the clocks say", () => {
  const odd = [step("a", 500, 100), step("b", -900, 20), step("c", 5000, 9000), step("d", 2000, null)];
  for (const status of ["running", "failed"] as const)
    for (const now of [0, 700, 50_000])
      for (const bar of bars(odd, { status, created_at: iso(0), finished_at: iso(1000) }, now).values()) {
        expect(bar.start).toBeGreaterThanOrEqual(0);
        expect(bar.width).toBeGreaterThanOrEqual(0);
        expect(bar.start + bar.width).toBeLessThanOrEqual(100.001);
        expect(bar.milliseconds).toBeGreaterThanOrEqual(0);
      }
});
