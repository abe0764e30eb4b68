import type { Logs, Run, Steps } from "@/shared/types";
import type { Client } from "./client";

/** What the run view asks the API. */
export class RunApi {
  constructor(
    readonly client: Client,
    readonly id: string,
  ) {}

  run = () => this.client.get<Run>(`runs/${this.id}/`);
  /** The steps with inputs and outputs, and the drawing that the run executes. */
  steps = () => this.client.get<Steps>(`runs/${this.id}/steps/`);
  logs = async (after: number) =>
    (await this.client.get<Logs>(`runs/${this.id}/logs/?after=${after}`)).results;
  /** Let the step that waits go on before its time. */
  goOn = (node: string, port: string) => this.client.post<Run>(`runs/${this.id}/continue/`, { node, port });
  logFile = () => `${this.client.base}runs/${this.id}/logs/download/`;
}
