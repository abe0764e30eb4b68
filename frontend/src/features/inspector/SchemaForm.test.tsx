import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { expect, test } from "vitest";
import { SessionContext } from "@/session/session";
import { testSession } from "@/session/testSession";
import type { Config, Problem, Schema } from "@/shared/types";
import { Form } from "./Form";

/** A type that the front end has never heard of. */
const schema: Schema = {
  type: "object",
  required: ["title"],
  properties: {
    title: { type: "string", title: "Title", description: "What it is called." },
    mode: {
      type: "string",
      enum: ["a", "b"],
      default: "a",
      title: "Mode",
      "x-ui": { choices: { a: "Apple", b: "Bear" } },
    },
    size: { type: "integer", title: "Size", "x-ui": { dependsOn: { mode: ["b"] } } },
    on: { type: "boolean", title: "Switched on" },
    to: { type: "array", items: { type: "string" }, title: "To" },
    headers: { type: "object", additionalProperties: { type: "string" }, title: "Headers" },
    inner: {
      anyOf: [{ type: "object", properties: { deep: { type: "string", title: "Deep" } } }, { type: "null" }],
      title: "Inner",
    },
    body: { title: "Body", "x-slot": "json" },
  },
};

function Harness({ problems = [], seen }: { problems?: Problem[]; seen: { value: Config } }) {
  const [value, setValue] = useState<Config>({});
  seen.value = value;
  return (
    <SessionContext value={testSession()}>
      <Form
        context={{ root: schema, nodeId: null, shape: null, problems, idPrefix: "t" }}
        value={value}
        onChange={setValue}
      />
    </SessionContext>
  );
}

test("every supported type is filled in and gives the config that the server expects", async () => {
  const seen = { value: {} };
  const user = userEvent.setup();
  render(<Harness seen={seen} />);
  await user.type(screen.getByLabelText(/^Title/), "Hello");
  expect(screen.queryByLabelText(/^Size/)).toBeNull();
  await user.selectOptions(screen.getByLabelText(/^Mode/), "Bear");
  await user.type(screen.getByLabelText(/^Size/), "12");
  await user.click(screen.getByLabelText("Switched on"));
  const [addTo] = screen.getAllByRole("button", { name: "Add" });
  await user.click(addTo as HTMLElement);
  await user.type(screen.getByLabelText(/^To 1/), "x@example.org");
  await user.type(screen.getByLabelText("New name in Headers"), "Accept{Enter}");
  await user.type(screen.getByLabelText("Accept"), "text/plain");
  await user.click(screen.getByLabelText("Inner"));
  await user.type(screen.getByLabelText(/^Deep/), "down");
  await user.click(screen.getByLabelText(/^Body/));
  await user.paste('{"a": 1}');
  expect(seen.value).toEqual({
    title: "Hello",
    mode: "b",
    size: 12,
    on: true,
    to: ["x@example.org"],
    headers: { Accept: "text/plain" },
    inner: { deep: "down" },
    body: { a: 1 },
  });
});

test("help and problems are tied to their input", () => {
  const problem: Problem = {
    code: "missing_value",
    severity: "error",
    message: "Title is missing.",
    hint: "Fill it in.",
    node: "n",
    field: "title",
    edge: null,
    span: null,
    suggestion: null,
  };
  render(<Harness problems={[problem]} seen={{ value: {} }} />);
  const input = screen.getByLabelText(/^Title/);
  expect(input.getAttribute("aria-invalid")).toBe("true");
  const described = (input.getAttribute("aria-describedby") ?? "")
    .split(" ")
    .map((id) => document.getElementById(id)?.textContent)
    .join(" ");
  expect(described).toContain("Title is missing. Fill it in.");
  expect(described).toContain("What it is called.");
});

test("text that is no JSON stays as it is typed and says why", async () => {
  const seen = { value: {} };
  const user = userEvent.setup();
  render(<Harness seen={seen} />);
  await user.click(screen.getByLabelText(/^Body/));
  await user.paste("{ nope");
  expect(screen.getByText(/This is no JSON yet/)).toBeTruthy();
  expect(seen.value).toEqual({ body: { $unparsed: "{ nope" } });
});
