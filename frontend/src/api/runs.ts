import type { FlowDocument } from "@/graph/model";
import type { Client } from "./client";
import type { LogLine, Page, Run, Step, Summaries } from "./types";

function listOf<T>(body: T[] | { results: T[] }): T[] {
  return Array.isArray(body) ? body : body.results;
}

interface StepsAnswer {
  steps: Step[];
  document: FlowDocument | null;
  summaries: Summaries;
}

/** What the run view asks the API. */
export class RunApi {
  constructor(
    readonly client: Client,
    readonly id: string,
  ) {}

  run = () => this.client.get<Run>(`runs/${this.id}/`);
  /** The steps with inputs and outputs, and the drawing that the run executes. */
  async stepsAndDocument(): Promise<StepsAnswer> {
    const body = await this.client.get<Partial<StepsAnswer> & { results: Step[] }>(`runs/${this.id}/steps/`);
    return { steps: body.results, document: body.document ?? null, summaries: body.summaries ?? {} };
  }
  steps = async () => (await this.stepsAndDocument()).steps;
  logs = async (after: number) =>
    listOf(await this.client.get<LogLine[] | Page<LogLine>>(`runs/${this.id}/logs/?after=${after}`));
  logFile = () => `${this.client.base}runs/${this.id}/logs/download/`;
}
