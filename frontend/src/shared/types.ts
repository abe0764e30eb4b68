/** The answers of the API by the names that the editor uses. `schema.d.ts` is generated: it says what each one holds. */
import type { components } from "./schema";

type Schemas = components["schemas"];

export type FlowDocument = Schemas["FlowDocument"];
export type FlowNode = Schemas["FlowNode"];
export type FlowEdge = Schemas["Edge"];
export type Config = FlowNode["config"];
export type Position = Schemas["Position"];
/** What a record looks like, as JSON Schema. */
export type ShapeSchema = Schemas["RecordShape"];

export type Schema = Schemas["FormSchema"];
export type UiHints = Schemas["FormHints"];
export type NodeType = Schemas["NodeType"];
/** A module of an installed package that the server could not load. */
export type BrokenModule = Schemas["BrokenModule"];
export type EventType = Schemas["EventTypeAnswer"];
export type Flow = Schemas["Flow"];
export type FlowChange = Schemas["PatchedFlowChangeRequest"];
export type Draft = Schemas["SavedDraft"];
export type FlowVersion = Schemas["Version"];
export type FlowVersionDocument = Schemas["VersionDocument"];
export type DocumentDiff = Schemas["Diff"];
export type ImportPreview = Schemas["ImportPreview"];
export type Hook = Schemas["Hook"];
export type StoredEvent = Schemas["Event"];

export type Problem = Schemas["FlowProblem"];
export type Validation = Schemas["Validation"];
export type Summaries = Validation["summaries"];
export type Refusal = Schemas["Refusal"];
export type Wiring = Schemas["WiringAnswer"];
export type Preview = Schemas["PreviewAnswer"];
export type DryRun = Schemas["DryRun"];
export type DryStep = Schemas["DryStep"];
/** What a preview or dry run is tried with; empty lets the server take the event type's sample. */
export type SampleChoice = Pick<Schemas["SampleRequest"], "payload" | "event_id">;

/** A question that a worker answers. */
export type Errand = Schemas["Errand"];
export type UsableCredential = Schemas["UsableCredential"];
export interface Choice {
  value: unknown;
  label: string;
  help: string;
}
export interface Choices {
  choices: Choice[];
  is_cut: boolean;
}

export type Started = Schemas["Started"];
/** A run; what it waits for comes with the answer for one run and over the websocket. */
export type Run = Schemas["Run"] & { wait?: Wait | null };
export type Wait = Schemas["Wait"];
export type RunStatus = Schemas["RunStatus"];
export type StepStatus = Schemas["StepStatus"];
export type Steps = Schemas["Steps"];
export type Logs = Schemas["Logs"];
export type LogLine = Schemas["LogLine"];
type Told = "seq" | "node" | "attempt" | "status" | "port" | "started_at" | "finished_at" | "error";
/** A step as the websocket tells it; names and payloads come with the API's answer. */
export type Step = Pick<Schemas["Step"], Told> & Partial<Omit<Schemas["Step"], Told>>;

export interface Page<T> {
  next: string | null;
  previous: string | null;
  results: T[];
}
