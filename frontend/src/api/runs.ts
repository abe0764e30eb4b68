import type { FlowDocument } from "@/graph/model";
import type { Client } from "./client";
import type { LogLine, Page, Run, Step } from "./types";

function listOf<T>(body: T[] | { results: T[] }): T[] {
  return Array.isArray(body) ? body : body.results;
}

/** What the run view asks the API. */
export class RunApi {
  constructor(
    readonly client: Client,
    readonly id: string,
  ) {}

  run = () => this.client.get<Run>(`runs/${this.id}/`);
  steps = async () => listOf(await this.client.get<Step[] | Page<Step>>(`runs/${this.id}/steps/`));
  logs = async (after: number) =>
    listOf(await this.client.get<LogLine[] | Page<LogLine>>(`runs/${this.id}/logs/?after=${after}`));
  logFile = () => `${this.client.base}runs/${this.id}/logs/download/`;

  /** The drawing that the run executes: in the run itself, behind its link, or with its version. */
  async document(run: Run): Promise<FlowDocument | null> {
    const held: unknown = run.document;
    if (held && typeof held === "object") return held as FlowDocument;
    if (typeof held === "string") return unwrap(await this.fetchLink(held));
    if (!run.flow || run.version == null) return null;
    return unwrap(await this.client.get(`flows/${run.flow}/versions/${run.version}/`));
  }

  private async fetchLink(link: string): Promise<unknown> {
    const response = await fetch(link, {
      credentials: "same-origin",
      headers: { Accept: "application/json" },
    });
    return response.json();
  }
}

function unwrap(body: unknown): FlowDocument | null {
  if (!body || typeof body !== "object") return null;
  return "document" in body ? (body.document as FlowDocument) : (body as FlowDocument);
}
