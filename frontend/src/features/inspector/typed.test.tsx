import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { expect, test, vi } from "vitest";
import { SessionContext } from "@/session/session";
import { testSession } from "@/session/testSession";
import type { Config, Schema } from "@/shared/types";
import { Form, WIDGETS } from "./Form";
import { type FieldKind, fieldSpec } from "./schema";

/** For each kind of field that takes text: a schema that gives it, and what a person may type that it cannot read. */
const TYPED: Partial<Record<FieldKind, [schema: Schema, texts: string[]]>> = {
  text: [{ type: "string", maxLength: 3 }, ["longer than allowed", " spaced "]],
  textarea: [{ type: "string", "x-ui": { widget: "textarea" } }, ["two\nlines"]],
  duration: [{ type: "string", "x-slot": "duration" }, ["ten apples", "5", "-1s"]],
  template: [
    { anyOf: [{ type: "integer" }, { type: "string" }], "x-slot": "integer" },
    ["007", "{{ x", "1,5"],
  ],
  value: [{ "x-slot": "value" }, ["{{ x", '{"a": ']],
  json: [
    { "x-slot": "json" },
    [
      '{"a": {{ ram }}}',
      "{ nope",
      "[1,]",
      "{'a': 1}",
      '{"a": 1, "a": 2}',
      '{"n": 12345678901234567890}',
      '"x',
    ],
  ],
  path: [{ type: "string", "x-slot": "path" }, ["a..b", "{{ a", "a b"]],
  number: [
    { type: "integer" },
    ["12x", "1,5", "--", "12345678901234567890", "1e999", "NaN", "0x10", "3 000"],
  ],
};
/** Kinds whose input offers values instead of taking text, or whose parts are fields of the kinds above. */
const WITHOUT_TEXT: FieldKind[] = [
  "event-type",
  "switch",
  "choice",
  "dynamic",
  "credential",
  "list",
  "object",
];

// Here the rich editor of templates never comes, and the plain input is typed into.
vi.mock("@/features/templates/loadEditor", () => ({
  loadTemplateEditor: () => new Promise(() => undefined),
}));

function Harness({ schema, store }: { schema: Schema; store: { value: Config } }) {
  const [value, setValue] = useState<Config>(store.value);
  store.value = value;
  return (
    <SessionContext value={testSession()}>
      <Form
        context={{ root: schema, nodeId: null, shape: null, problems: [], idPrefix: "t" }}
        value={value}
        onChange={setValue}
      />
    </SessionContext>
  );
}

const cases = Object.entries(TYPED).flatMap(([kind, [inner, texts]]) =>
  texts.map((text) => [kind, text, inner] as const),
);

test("the walk below knows every kind of field", () => {
  expect([...Object.keys(TYPED), ...WITHOUT_TEXT, "map"].sort()).toEqual(Object.keys(WIDGETS).sort());
});

test.each(cases)(
  "a %s field keeps %j as it was typed, after leaving it and after a reload",
  async (kind, text, inner) => {
    const schema: Schema = { type: "object", properties: { it: { title: "It", ...inner } } };
    expect(fieldSpec("it", inner, schema, false).kind).toBe(kind);
    const store: { value: Config } = { value: {} };
    const user = userEvent.setup();
    render(<Harness schema={schema} store={store} />);
    await user.click(screen.getByLabelText(/^It/));
    await user.paste(text);
    await user.tab();
    expect(screen.getByLabelText<HTMLInputElement>(/^It/).value).toBe(text);
    cleanup();
    // What goes to the server and comes back.
    store.value = JSON.parse(JSON.stringify(store.value));
    render(<Harness schema={schema} store={store} />);
    expect(screen.getByLabelText<HTMLInputElement>(/^It/).value).toBe(text);
  },
);

test("names in a list of names with values are added when the input is left, and kept when they are taken", async () => {
  const schema: Schema = {
    type: "object",
    properties: { it: { type: "object", additionalProperties: { type: "integer" }, title: "It" } },
  };
  const store: { value: Config } = { value: { it: { taken: 1 } } };
  const user = userEvent.setup();
  render(<Harness schema={schema} store={store} />);
  await user.type(screen.getByLabelText("New name in It"), "left");
  await user.tab();
  await user.type(screen.getByLabelText("left"), "12x");
  await user.type(screen.getByLabelText("New name in It"), "taken");
  await user.tab();
  expect(screen.getByText(/There is a “taken” already/)).toBeTruthy();
  cleanup();
  render(<Harness schema={schema} store={store} />);
  expect(store.value).toEqual({ it: { taken: 1, left: "12x" } });
  expect(screen.getByLabelText<HTMLInputElement>("New name in It").value).toBe("taken");
});

test("the way from text to JSON and back takes the content along", async () => {
  const schema: Schema = { type: "object", properties: { it: { title: "It", "x-slot": "value" } } };
  const store: { value: Config } = { value: { it: "{{ name }} and {" } };
  const user = userEvent.setup();
  render(<Harness schema={schema} store={store} />);
  await user.click(screen.getByRole("button", { name: "Write JSON instead" }));
  expect(store.value).toEqual({ it: { $unparsed: "{{ name }} and {" } });
  await user.click(screen.getByRole("button", { name: "Write text instead" }));
  expect(store.value).toEqual({ it: "{{ name }} and {" });
});
