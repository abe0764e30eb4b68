import { beforeEach, expect, test, vi } from "vitest";
import { emptyDocument } from "@/graph/model";
import { ApiError, Client } from "./client";
import { FlowApi, importFlow, importPreview } from "./flows";
import preconditions from "./preconditions.json";

interface Sent {
  method: string;
  path: string;
  headers: Record<string, string>;
}

const sent: Sent[] = [];
const client = new Client("/api/v1/");
const api = new FlowApi(client, "abc");
const drawing = emptyDocument("x");

beforeEach(() => {
  sent.length = 0;
  vi.stubGlobal("fetch", (url: string, init: RequestInit) => {
    const path = url.replace("/api/v1/", "").replace("/abc/", "/<flow>/").replace(/\?.*/, "");
    sent.push({ method: init.method ?? "GET", path, headers: init.headers as Record<string, string> });
    return Promise.resolve(new Response("{}", { status: 200 }));
  });
});

/** How each method of the API is called; one that is added and forgotten here fails the test below. */
const CALLS: Record<string, () => Promise<unknown>> = {
  flow: () => api.flow(),
  patch: () => api.patch({ is_enabled: true }),
  flowSettings: () => api.flowSettings(),
  nodeTypes: () => api.nodeTypes(),
  eventTypes: () => api.eventTypes(),
  events: () => api.events("x"),
  draft: () => api.draft(),
  saveDraft: () => api.saveDraft(drawing, '"4"'),
  discard: () => api.discard('"4"'),
  validate: () => api.validate(drawing),
  wiring: () => api.wiring(drawing, "a", "out"),
  preview: () => api.preview(drawing, "a", "f", {}),
  dryRun: () => api.dryRun(drawing, {}),
  run: () => api.run({}),
  publish: () => api.publish("", false, '"4"'),
  choices: () => api.choices({ type: "t", config: {}, field: "f", search: "" }, new AbortController().signal),
  credentials: () => api.credentials(),
  versions: () => api.versions(),
  version: () => api.version(1),
  diff: () => api.diff("1", "draft"),
  brokenModules: () => api.brokenModules(),
  hook: () => api.hook(),
  makeHook: () => api.makeHook(),
  rotateHook: () => api.rotateHook({ keep_old_for: "0s" }),
  takeHookSecret: () => api.takeHookSecret("given by the other system", { keep_old_for: "24h" }),
  endOldHookSecret: () => api.endOldHookSecret(),
};
const FREE = {
  importPreview: () => importPreview(client, {}),
  importFlow: () => importFlow(client, { document: {} }),
};

test("every call that changes something sends what the server asks for, and nothing is called that is not listed", async () => {
  const methods = [...Object.keys(api), ...Object.getOwnPropertyNames(FlowApi.prototype)];
  const callable = methods.filter(
    (name) => !["client", "id", "constructor", "path", "exportUrl"].includes(name),
  );
  expect(callable.sort()).toEqual(Object.keys(CALLS).sort());
  for (const call of [...Object.values(CALLS), ...Object.values(FREE)]) await call().catch(() => undefined);
  const changing = sent.filter(({ method }) => method !== "GET");
  const described = changing.map(({ method, path, headers }) => ({
    method,
    path,
    needs: ["If-Match", "Idempotency-Key"].filter((name) => name in headers),
  }));
  const key = (row: { method: string; path: string }) => `${row.method} ${row.path}`;
  const sorted = <T extends { method: string; path: string }>(rows: T[]) =>
    rows.sort((one, other) => key(one).localeCompare(key(other)));
  expect(sorted(described)).toEqual(sorted([...preconditions]));
});

test("a try after a lost answer has the same key, one after an answer another", async () => {
  const answer = vi
    .fn<() => Promise<Response>>()
    .mockRejectedValueOnce(new TypeError("gone"))
    .mockImplementation(() => Promise.resolve(new Response("{}")));
  const keys: string[] = [];
  vi.stubGlobal("fetch", (_: string, init: { headers: Record<string, string> }) => {
    keys.push(String(init.headers["Idempotency-Key"]));
    return answer();
  });
  await expect(api.run({})).rejects.toThrow(ApiError);
  await api.run({});
  await api.run({});
  expect(keys[0]).toBe(keys[1]);
  expect(keys[2]).not.toBe(keys[1]);
});

test("an answer that does not come in time is no answer", async () => {
  vi.stubGlobal(
    "fetch",
    (_: string, init: RequestInit) =>
      new Promise((_resolve, reject) =>
        init.signal?.addEventListener("abort", () => reject(init.signal?.reason)),
      ),
  );
  const late = client.send("flows/", { timeoutMs: 20 });
  await expect(late).rejects.toMatchObject({ status: 0, code: "timeout" });
});
