import type { Step } from "@/api/types";

export interface Bar {
  /** Parts of the whole run, from 0 to 100. */
  start: number;
  width: number;
  milliseconds: number | null;
}

/** Where each step lies in the time of the run. One that goes on reaches to `now`. */
export function bars(steps: readonly Step[], now: number): Map<Step, Bar> {
  const begun = steps.flatMap((step) => (step.started_at ? [Date.parse(step.started_at)] : []));
  if (begun.length === 0) return new Map();
  const first = Math.min(...begun);
  const last = Math.max(
    ...steps.map((step) => (step.finished_at ? Date.parse(step.finished_at) : now)),
    first + 1,
  );
  const whole = last - first;
  return new Map(
    steps.flatMap((step): [Step, Bar][] => {
      if (!step.started_at) return [];
      const start = Date.parse(step.started_at);
      const end = step.finished_at ? Date.parse(step.finished_at) : now;
      const width = Math.max(0.8, ((end - start) / whole) * 100);
      return [
        [
          step,
          {
            start: Math.min(((start - first) / whole) * 100, 99.2),
            width,
            milliseconds: step.finished_at ? end - start : null,
          },
        ],
      ];
    }),
  );
}
