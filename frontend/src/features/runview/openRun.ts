import { Client } from "@/api/client";
import { FlowApi } from "@/api/flows";
import { RunApi } from "@/api/runs";
import { newSession, type Session } from "@/session/session";
import type { Flow } from "@/shared/types";

export interface RunSession {
  session: Session;
  api: RunApi;
  /** Whether the person may start, cancel and continue runs. */
  mayRun: boolean;
}

/** Load a run and the drawing that it executes; the parts of the editor show it, and nothing of it can be edited. */
export async function openRun(runId: string, base: string, mayRun: boolean): Promise<RunSession> {
  const client = new Client(base);
  const api = new RunApi(client, runId);
  const flows = new FlowApi(client, "");
  const [run, { results: steps, document, summaries }, types] = await Promise.all([
    api.run(),
    api.steps(),
    flows.nodeTypes(),
  ]);
  const session = newSession({
    api: new FlowApi(client, run.flow),
    may: { edit: false, publish: false, run: false, makeCredentials: false },
    flow: { id: run.flow, name: run.flow_name } as Flow,
    draft: { document, summaries, revision: 0, etag: "", saved_at: "", saved_by: "" },
    types,
  });
  session.live.show(runId);
  session.live.run.take({ run, steps });
  return { session, api, mayRun };
}
