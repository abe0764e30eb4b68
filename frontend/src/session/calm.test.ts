import { expect, test } from "vitest";
import type { Problem } from "@/shared/types";
import { isCalm, markLeft, tellAll, toneOf } from "./calm";
import { testSession } from "./testSession";

function problem(field: string | null, node = "new", severity: Problem["severity"] = "error"): Problem {
  return {
    code: "x",
    severity,
    message: "",
    hint: "",
    node,
    field,
    edge: null,
    span: null,
    suggestion: null,
  };
}

test("what a new node lacks is quiet until the field was left, also by what is inside of it", () => {
  const session = testSession();
  session.ui.setState({ fresh: ["new"] });
  session.checker.store.setState({ ok: false });
  const calm = (one: Problem) => isCalm(one, session.ui.getState());
  expect([problem("to"), problem("to.0"), problem("subject"), problem(null)].map(calm)).toEqual([
    true,
    true,
    true,
    true,
  ]);
  expect([problem("to", "old"), problem("to", "new", "warning")].map(calm)).toEqual([false, false]);
  markLeft(session, "new", "to");
  expect([problem("to"), problem("to.0"), problem("total"), problem(null)].map(calm)).toEqual([
    false,
    false,
    true,
    false,
  ]);
  tellAll(session);
  expect(calm(problem("subject"))).toBe(false);
});

test("a field that was filled in and left is not told to be empty before the server has looked", () => {
  const session = testSession();
  session.ui.setState({ fresh: ["new"] });
  markLeft(session, "new", "to");
  expect(isCalm(problem("to"), session.ui.getState())).toBe(true);
  session.checker.store.setState({ ok: false });
  expect(isCalm(problem("to"), session.ui.getState())).toBe(false);
});

test("the worst problem gives the tone", () => {
  const quiet = { ...problem("to"), isCalm: true };
  expect(toneOf([quiet])).toBe("calm");
  expect(toneOf([quiet, problem("to", "new", "warning")])).toBe("warning");
  expect(toneOf([quiet, problem("to")])).toBe("error");
});
