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
  /** The steps with inputs and outputs, and the drawing that the run executes. */
  async stepsAndDocument(): Promise<{ steps: Step[]; document: FlowDocument | null }> {
    const body = await this.client.get<{ results: Step[]; document?: FlowDocument } | Step[]>(
      `runs/${this.id}/steps/`,
    );
    return { steps: listOf(body), document: Array.isArray(body) ? null : (body.document ?? null) };
  }
  steps = async () => (await this.stepsAndDocument()).steps;
  logs = async (after: number) =>
    listOf(await this.client.get<LogLine[] | Page<LogLine>>(`runs/${this.id}/logs/?after=${after}`));
  logFile = () => `${this.client.base}runs/${this.id}/logs/download/`;
}
