import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test, vi } from "vitest";
import { ApiError } from "@/api/client";
import { setConfig } from "@/graph/changes";
import { emptyDocument, nodeById } from "@/graph/model";
import { type Session, SessionContext, useDocument } from "@/session/session";
import { testSession } from "@/session/testSession";
import type { Choice, Config, Errand, Schema } from "@/shared/types";
import { Form } from "../Form";

const schema: Schema = {
  type: "object",
  properties: {
    credential: {
      type: "string",
      title: "Credential",
      "x-slot": "credential",
      "x-ui": { credentialTypes: ["tracker"] },
    },
    project: { type: "string", title: "Project", "x-slot": "text", "x-ui": { choicesFrom: ["credential"] } },
    labels: {
      type: "array",
      items: { type: "string", "x-slot": "text" },
      title: "Labels",
      "x-ui": { choicesFrom: ["project"] },
    },
  },
};
const PROJECTS: Choice[] = [
  { value: 1, label: "Website", help: "web" },
  { value: 2, label: "Mail server", help: "mail" },
];
const done = (choices: Choice[]): Errand => ({
  id: "e",
  kind: "choices",
  status: "done",
  answer: { choices, is_cut: false },
  error: null,
});
const usable = (name: string, type: string, state = "available") => ({
  id: 1,
  name,
  type,
  type_label: type,
  state,
  state_text: `It is ${state}.`,
  is_platform: false,
});

let session: Session;
let asked: ReturnType<typeof vi.fn>;
let turn = 0;

beforeEach(() => {
  turn += 1; // lists are kept for a minute, also between tests
  const node = {
    id: "n",
    type: `t${turn}`,
    typeVersion: 1,
    name: "N",
    config: {},
    settings: {},
    position: { x: 0, y: 0 },
  };
  session = testSession({ ...emptyDocument("Test"), nodes: [node] });
  asked = vi.fn(() => Promise.resolve(done(PROJECTS)));
  session.api.choices = asked as typeof session.api.choices;
  session.api.credentials = () =>
    Promise.resolve([usable("main", "tracker", "misconfigured"), usable("other", "mail")]);
});

function Harness() {
  const node = useDocument((document) => nodeById(document, "n"));
  if (!node) return null;
  return (
    <Form
      context={{ root: schema, nodeId: "n", shape: null, problems: [], idPrefix: "t" }}
      value={node.config}
      onChange={(config, path) => session.documents.getState().apply(setConfig(node, config, path, path))}
    />
  );
}

function show(config: Config = {}) {
  const node = nodeById(session.documents.getState().document, "n");
  if (node) session.documents.getState().apply(setConfig(node, config, "x", "x"));
  return render(
    <SessionContext value={session}>
      <Harness />
    </SessionContext>,
  );
}

const config = () => nodeById(session.documents.getState().document, "n")?.config;

test("a list is asked for when it is opened, searched, and chosen from by keyboard", async () => {
  const user = userEvent.setup();
  show({ credential: "main" });
  expect(asked).not.toHaveBeenCalled();
  await user.click(screen.getByRole("combobox", { name: /Project/ }));
  await screen.findByRole("option", { name: /Website/ });
  await user.keyboard("mail");
  expect(screen.queryByRole("option", { name: /Website/ })).toBeNull();
  await user.keyboard("{Enter}");
  expect(config()).toEqual({ credential: "main", project: 2 });
  expect(screen.getByRole("combobox", { name: /Project/ })).toHaveProperty("value", "Mail server");
});

test("a stored value is shown by its label", async () => {
  show({ credential: "main", project: 1 });
  expect(await screen.findByDisplayValue("Website")).toBeTruthy();
});

test("a value that is not in the list any more is told and can be taken away", async () => {
  const user = userEvent.setup();
  show({ credential: "main", project: 9 });
  await user.click(await screen.findByRole("button", { name: "Empty the field" }));
  expect(config()).toEqual({ credential: "main" });
});

test("what went wrong stands in the list", async () => {
  asked.mockRejectedValue(
    new ApiError(400, { detail: "Fill in “Credential” first.", hint: "The list depends on it." }),
  );
  const user = userEvent.setup();
  show();
  await user.click(screen.getByRole("combobox", { name: /Project/ }));
  expect(await screen.findByText("Fill in “Credential” first. The list depends on it.")).toBeTruthy();
});

test("an answer that takes longer is waited for", async () => {
  asked.mockResolvedValue({ ...done([]), status: "queued", answer: null });
  session.api.client.ask = vi.fn(() => Promise.resolve(done(PROJECTS))) as typeof session.api.client.ask;
  const user = userEvent.setup();
  show({ credential: "main" });
  await user.click(screen.getByRole("combobox", { name: /Project/ }));
  expect(await screen.findByRole("option", { name: /Website/ })).toBeTruthy();
});

test("a template may be written instead, and is never looked up", async () => {
  const user = userEvent.setup();
  show({ credential: "main", project: "{{ project }}" });
  expect(screen.getByDisplayValue("{{ project }}").tagName).toBe("TEXTAREA");
  await user.click(screen.getByRole("button", { name: "Choose from the list" }));
  expect(screen.getByRole("combobox", { name: /Project/ })).toBeTruthy();
});

test("each entry of a list is chosen from the list of its field", async () => {
  const user = userEvent.setup();
  show({ credential: "main", labels: [""] });
  await user.click(screen.getByRole("combobox", { name: /Labels 1/ }));
  await user.click(await screen.findByRole("option", { name: /Website/ }));
  expect(config()?.labels).toEqual([1]);
  expect(asked.mock.calls[0]?.[0]).toMatchObject({ field: "labels.0" });
});

test("a credential is chosen among those of the right type, and its state is told", async () => {
  const user = userEvent.setup();
  show();
  const [box] = screen.getAllByRole("combobox");
  await user.click(box as HTMLElement);
  expect(screen.queryByRole("option", { name: /other/ })).toBeNull();
  await user.click(await screen.findByRole("option", { name: /main/ }));
  expect(config()).toEqual({ credential: "main" });
  expect(await screen.findByText(/It is misconfigured/)).toBeTruthy();
});

test("one that was made in another tab is chosen", async () => {
  const user = userEvent.setup();
  show();
  const [box] = screen.getAllByRole("combobox");
  await user.click(box as HTMLElement);
  await user.click(screen.getByRole("link", { name: /Make a new one/ }));
  new BroadcastChannel("hookflow-credentials").postMessage({ name: "fresh", type: "tracker" });
  await vi.waitFor(() => expect(config()).toEqual({ credential: "fresh" }));
});

test("one that is gone is told", async () => {
  show({ credential: "gone" });
  expect(await screen.findByText(/There is no credential “gone”/)).toBeTruthy();
});
