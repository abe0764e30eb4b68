import { act, render, screen } from "@testing-library/react";
import { beforeEach, expect, test, vi } from "vitest";
import { SessionContext } from "@/session/session";
import { testSession } from "@/session/testSession";
import type { Schema } from "@/shared/types";
import { Form } from "../Form";

const schema: Schema = {
  type: "object",
  properties: {
    subject: { type: "string", title: "Subject", "x-slot": "text" },
    other: { type: "string", title: "Other" },
    job: { type: "string", title: "Job", "x-slot": "text", default: "{{ runtemplate_id }}" },
  },
};
const focus = vi.fn();
let arrive: () => void;
let whileMounting: () => void;

vi.mock("@/features/templates/loadEditor", () => ({
  loadTemplateEditor: () =>
    new Promise((resolve) => {
      arrive = () =>
        resolve({
          mountTemplateEditor: () => {
            whileMounting();
            return { setText: vi.fn(), mark: vi.fn(), focus, destroy: vi.fn() };
          },
        });
    }),
}));

beforeEach(() => {
  focus.mockClear();
  whileMounting = () => undefined;
  const session = testSession();
  render(
    <SessionContext value={session}>
      <Form
        context={{ root: schema, nodeId: "n", shape: null, problems: [], idPrefix: "t" }}
        value={{}}
        onChange={() => undefined}
      />
    </SessionContext>,
  );
});

const box = (name: string) => screen.getByRole("textbox", { name: new RegExp(name) });

test("the rich editor that arrives takes the focus over from the plain field", async () => {
  box("Subject").focus();
  await act(async () => arrive());
  expect(focus).toHaveBeenCalledOnce();
});

test("it leaves the focus where a fast person has gone on to", async () => {
  box("Subject").focus();
  box("Other").focus();
  await act(async () => arrive());
  expect(focus).not.toHaveBeenCalled();
  expect(document.activeElement).toBe(box("Other"));
});

test("it leaves it there too when they went on while it was being put in", async () => {
  whileMounting = () => box("Other").focus();
  box("Subject").focus();
  await act(async () => arrive());
  expect(focus).not.toHaveBeenCalled();
  expect(document.activeElement).toBe(box("Other"));
});

test("what counts while it is empty is shown", () => {
  expect(box("Job").getAttribute("placeholder")).toBe("{{ runtemplate_id }}");
});
