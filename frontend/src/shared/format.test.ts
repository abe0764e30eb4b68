import { expect, test } from "vitest";
import { count, duration, relativeTime, timeLeft } from "./format";

test("a moment reads as a distance in the largest unit that fits", () => {
  const now = new Date("2026-01-01T12:00:00Z");
  expect(relativeTime("2026-01-01T11:57:00Z", now)).toBe("3 minutes ago");
  expect(relativeTime("2026-01-01T14:00:00Z", now)).toBe("in 2 hours");
  expect(relativeTime("2026-01-01T12:00:01Z", now)).toBe("just now");
});

test("a duration uses the unit that fits", () => {
  expect(duration(12)).toBe("12 ms");
  expect(duration(1400)).toBe("1.4 s");
  expect(duration(185_000)).toBe("3 min 5 s");
  expect(duration(7_800_000)).toBe("2 h 10 min");
  expect(duration(null)).toBe("");
});

test("one is singular", () => {
  expect([count(1, "problem"), count(2, "problem")]).toEqual(["1 problem", "2 problems"]);
});

test("the time left is told to the second, the one that has begun included", () => {
  expect(timeLeft(8200)).toBe("9 s");
  expect(timeLeft(60_000)).toBe("1 min 0 s");
  expect(timeLeft((2 * 86_400 + 189) * 1000)).toBe("2 d 0 h 3 min 9 s");
  expect(timeLeft(-5)).toBe("0 s");
});
