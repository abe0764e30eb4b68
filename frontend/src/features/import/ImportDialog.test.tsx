import { fireEvent, render, screen, waitFor } from "@testing-library/react";
import { beforeEach, expect, test, vi } from "vitest";
import { Client } from "@/api/client";
import { ImportDialog } from "./ImportDialog";

const preview = {
  name: "From a stranger",
  description: "",
  nodes: [{ id: "x", type: "acme-teleport", name: "Away", known: false }],
  edges: 0,
  needs: {},
  credentials: [{ name: "theirs", types: ["smtp"], choices: ["ours"], known: false }],
  problems: [
    {
      node: "x",
      field: null,
      message: "There is no node type “acme-teleport”.",
      hint: "",
      severity: "error",
    },
  ],
  ok: false,
};

let answer: Response;
beforeEach(() => {
  HTMLDialogElement.prototype.showModal = vi.fn();
  vi.stubGlobal("fetch", () => Promise.resolve(answer.clone()));
});

async function look(body: unknown, status: number): Promise<HTMLButtonElement> {
  answer = new Response(JSON.stringify(body), { status });
  render(<ImportDialog client={new Client("/api/v1/")} onClose={() => undefined} />);
  fireEvent.change(screen.getByLabelText("or its text"), { target: { value: "{}" } });
  await screen.findByText(/acme-teleport”|is wrong/);
  return screen.getByRole<HTMLButtonElement>("button", { name: "Import as a new flow", hidden: true });
}

test("a flow that cannot be published here can be imported, and what is to be mended is told by its node", async () => {
  const button = await look(preview, 200);
  expect(button.disabled).toBe(false);
  expect(screen.getByText("Away:").parentElement?.textContent).toContain("There is no node type");
});

test("a credential that is here takes the place of one that is not", async () => {
  const button = await look(preview, 200);
  const asked = vi.fn((..._: unknown[]) => Promise.resolve(new Response("{}", { status: 500 })));
  vi.stubGlobal("fetch", asked);
  fireEvent.change(screen.getByLabelText("In the place of “theirs”"), { target: { value: "ours" } });
  fireEvent.click(button);
  await waitFor(() => expect(asked).toHaveBeenCalled());
  const [, init] = asked.mock.calls[0] as [string, RequestInit];
  expect(JSON.parse(String(init.body)).credentials).toEqual({ theirs: "ours" });
});

test("what goes into the open draft has the credentials that were chosen", async () => {
  answer = new Response(JSON.stringify(preview), { status: 200 });
  const onInto = vi.fn();
  render(<ImportDialog client={new Client("/api/v1/")} onClose={() => undefined} onInto={onInto} />);
  fireEvent.change(screen.getByLabelText("or its text"), { target: { value: '{"name": "x"}' } });
  fireEvent.change(await screen.findByLabelText("In the place of “theirs”"), { target: { value: "ours" } });
  const mapped = { name: "x", nodes: ["with ours"] };
  const asked = vi.fn((..._: unknown[]) =>
    Promise.resolve(new Response(JSON.stringify({ ...preview, document: mapped }), { status: 200 })),
  );
  vi.stubGlobal("fetch", asked);
  fireEvent.click(screen.getByRole("button", { name: "Put into this draft", hidden: true }));
  await waitFor(() => expect(onInto).toHaveBeenCalledWith(mapped));
  const [, init] = asked.mock.calls[0] as [string, RequestInit];
  expect(JSON.parse(String(init.body))).toEqual({ document: { name: "x" }, credentials: { theirs: "ours" } });
});

test("what is no flow document cannot be imported, and its faults are told by their place", async () => {
  const errors = [{ field: "nodes.0.id", message: "This is wrong.", hint: "Mend it." }];
  const button = await look({ detail: "This cannot be read.", errors }, 400);
  expect(button.disabled).toBe(true);
  expect(screen.getByText("nodes.0.id:")).toBeTruthy();
});
