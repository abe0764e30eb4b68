import { act, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ApiError, Client } from "@/api/client";
import { RunApi } from "@/api/runs";
import { SessionContext } from "@/session/session";
import { testSession } from "@/session/testSession";
import type { Run, Wait } from "@/shared/types";
import { share, WaitBar } from "./WaitBar";

const NOW = Date.parse("2026-01-15T12:00:00Z");
const wait: Wait = {
  node: "s",
  reason: "sleep",
  since: "2026-01-15T11:59:00Z",
  until: "2026-01-15T12:01:00Z",
  answers: ["out"],
  countdown: true,
};

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
});
afterEach(() => {
  vi.useRealTimers();
});

function shown(told: Wait | null, mayRun = true) {
  const session = testSession();
  session.live.run.take({ run: { id: "r", status: "waiting", wait: told } as Run });
  const api = new RunApi(new Client("/api/v1/"), "r");
  render(
    <SessionContext value={session}>
      <WaitBar api={api} mayRun={mayRun} />
    </SessionContext>,
  );
  return api;
}

test("the time left counts down in the browser", () => {
  shown(wait);
  expect(screen.getByRole("timer").textContent).toBe("1 min 0 s");
  act(() => vi.advanceTimersByTime(2000));
  expect(screen.getByRole("timer").textContent).toBe("58 s");
});

test("how much has passed is a share of the whole wait", () => {
  expect(share(wait, NOW)).toBe(50);
  expect(share(wait, NOW + 3_600_000)).toBe(100);
  expect(share({ ...wait, until: null }, NOW)).toBeNull();
});

test("the button lets the step go on", async () => {
  const api = shown(wait);
  api.goOn = vi.fn(() => Promise.resolve({} as Run));
  await act(async () => fireEvent.click(screen.getByRole("button", { name: "Continue now" })));
  expect(api.goOn).toHaveBeenCalledWith("s", "out");
  expect(screen.getByRole<HTMLButtonElement>("button", { name: "Continue now" }).disabled).toBe(true);
});

test("a refusal is told and the button can be used again", async () => {
  const api = shown(wait);
  api.goOn = () => Promise.reject(new ApiError(409, { detail: "Ana let the run go on before its time." }));
  await act(async () => fireEvent.click(screen.getByRole("button", { name: "Continue now" })));
  expect(screen.getByRole("alert").textContent).toContain("Ana let the run go on");
  expect(screen.getByRole<HTMLButtonElement>("button", { name: "Continue now" }).disabled).toBe(false);
});

test("who may not run flows sees the countdown and no button", () => {
  shown(wait, false);
  expect(screen.queryByRole("button")).toBeNull();
  expect(screen.getByRole("timer")).not.toBeNull();
});

test("a step that neither counts down nor can be answered shows nothing", () => {
  shown({ ...wait, answers: [], countdown: false });
  expect(screen.queryByLabelText("Waiting")).toBeNull();
});
