import { isFinished } from "@/session/runStore";
import type { Run, Step } from "@/shared/types";

export interface Bar {
  /** Parts of the whole run, from 0 to 100; together never more. */
  start: number;
  width: number;
  /** How long the step took, or has taken up to now. */
  milliseconds: number;
  /** Whether an earlier run took the step, which this one goes on from. */
  isEarlier: boolean;
}

type Times = Partial<Pick<Run, "status" | "created_at" | "finished_at">>;

/** The narrowest bar that can be seen. */
const LEAST = 0.8;

const at = (moment: string | null | undefined): number | null => (moment ? Date.parse(moment) : null);

/**
 * Where each step lies in the time of the run.
 *
 * A step that goes on reaches to `now`, or to the end of a run that is over. The steps that a resumed run took over
 * lie before it: they keep how long they took, and stretch nothing.
 */
export function bars(steps: readonly Step[], run: Times, now: number): Map<Step, Bar> {
  const created = at(run.created_at) ?? Number.NEGATIVE_INFINITY;
  const isEarlier = (step: Step) => (at(step.finished_at) ?? Number.POSITIVE_INFINITY) < created;
  const own = steps.filter((step) => step.started_at && !isEarlier(step));
  const first = own.reduce(
    (least, step) => Math.min(least, Math.max(created, at(step.started_at) ?? now)),
    now,
  );
  const ended = own.map((step) => at(step.finished_at) ?? first);
  const end = isFinished(run.status)
    ? Math.max(at(run.finished_at) ?? first, ...ended)
    : Math.max(now, ...ended);
  const whole = Math.max(1, end - first);
  const inside = (moment: number) => Math.min(Math.max(moment, first), end);
  return new Map(
    steps.flatMap((step): [Step, Bar][] => {
      const started = at(step.started_at);
      if (started === null) return [];
      const finished = at(step.finished_at) ?? at(nextTry(steps, step)?.started_at) ?? end;
      const milliseconds = Math.max(0, finished - started);
      if (isEarlier(step)) return [[step, { start: 0, width: 0, milliseconds, isEarlier: true }]];
      const from = inside(started);
      const width = Math.max(LEAST, ((Math.max(inside(finished), from) - from) / whole) * 100);
      const start = Math.min(((from - first) / whole) * 100, 100 - LEAST);
      return [[step, { start, width: Math.min(width, 100 - start), milliseconds, isEarlier: false }]];
    }),
  );
}

function nextTry(steps: readonly Step[], step: Step): Step | undefined {
  return steps.find((other) => other.node === step.node && other.attempt === step.attempt + 1);
}
