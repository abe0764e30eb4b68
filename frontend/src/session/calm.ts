import { useMemo } from "react";
import type { Problem } from "@/shared/types";
import { type Session, useChecks, useUi } from "./session";
import type { UiState } from "./uiStore";

/** A problem, and whether it only says that a new node is not filled in yet. */
export type ShownProblem = Problem & { isCalm?: boolean };

type Touched = Pick<UiState, "fresh" | "left">;

export const NOT_FILLED_IN = "Not filled in yet";

/** What a field is called among those that were left. */
export const leftKey = (node: string, field: string): string => `${node} ${field}`;

/** Errors of a new node at fields where nobody has been yet: they count, but they do not shout. */
export function isCalm(problem: Problem, { fresh, left }: Touched): boolean {
  const node = problem.node ?? problem.edge?.to;
  if (problem.severity !== "error" || !node || !fresh.includes(node)) return false;
  // Of the node as a whole, such as its missing wire: it was seen to when any of its fields was.
  if (!problem.field) return !left.some((key) => key.startsWith(`${node} `));
  const outer = problem.field.split(".");
  return !outer.some((_, i) => left.includes(leftKey(node, outer.slice(0, i + 1).join("."))));
}

/** All problems, each with how loudly it is to be told. */
export function useProblems(): ShownProblem[] {
  const problems = useChecks((state) => state.problems);
  const fresh = useUi((ui) => ui.fresh);
  const left = useUi((ui) => ui.left);
  return useMemo(
    () =>
      fresh.length === 0
        ? problems
        : problems.map((problem) =>
            isCalm(problem, { fresh, left }) ? { ...problem, isCalm: true } : problem,
          ),
    [problems, fresh, left],
  );
}

/** How a number of problems is told: the worst of them gives the tone. */
export function toneOf(problems: readonly ShownProblem[]): "error" | "warning" | "calm" {
  if (problems.some((problem) => problem.severity === "error" && !problem.isCalm)) return "error";
  return problems.some((problem) => problem.severity === "warning") ? "warning" : "calm";
}

/** Someone was at this field: from now on what it lacks is told like any other problem. */
export function markLeft(session: Session, node: string, field: string): void {
  if (!session.ui.getState().fresh.includes(node)) return;
  if (session.checker.store.getState().ok !== null) {
    mark(session, node, field);
    return;
  }
  // What is known is of the time before the last edit; the field may have been filled in since.
  const stop = session.checker.store.subscribe(({ ok, error }) => {
    if (ok === null && error === "") return;
    stop();
    mark(session, node, field);
  });
}

function mark(session: Session, node: string, field: string): void {
  const key = leftKey(node, field);
  session.ui.setState((ui) =>
    ui.fresh.includes(node) && !ui.left.includes(key) ? { left: [...ui.left, key] } : ui,
  );
}

/** Someone asked whether the flow is right: nothing is kept quiet any more. */
export function tellAll(session: Session): void {
  session.ui.setState({ fresh: [], left: [] });
}
