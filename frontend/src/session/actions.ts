import { messageOf } from "@/api/client";
import { type Change, connect, moveNodes, newPlaces, remove, removeAndHeal } from "@/graph/changes";
import { copyText } from "@/graph/clipboard";
import { tidy } from "@/graph/layout";
import { edgeId, nodeById, nodeName } from "@/graph/model";
import type { FlowDocument, FlowEdge, Problem, Refusal } from "@/shared/types";
import { markLeft, tellAll } from "./calm";
import { noSample, type Sample, type Session } from "./session";
import { portsOfNode, sizeOfNode } from "./sizes";

/** What a person can do in the editor, whatever they did it with: mouse, key, menu or dialog. */

export function apply(session: Session, change: Change, said = change.name): boolean {
  if (!session.may.edit) {
    const { followed_file } = session.flow.getState();
    const why = followed_file
      ? `This flow follows ${followed_file}, which alone changes it. Duplicate it to change the copy.`
      : "You may look at this flow, not change it.";
    session.ui.getState().toast(why, "warning");
    return false;
  }
  session.documents.getState().apply(change);
  session.ui.getState().announce(said);
  return true;
}

export function undo(session: Session): void {
  const last = session.documents.getState().past.at(-1);
  session.documents.getState().undo();
  forgetGone(session);
  session.ui.getState().announce(last ? `Undone: ${last.name}` : "There is nothing to undo.");
}

export function redo(session: Session): void {
  const next = session.documents.getState().future[0];
  session.documents.getState().redo();
  forgetGone(session);
  session.ui.getState().announce(next ? `Done again: ${next.name}` : "There is nothing to do again.");
}

export function goTo(session: Session, count: number): void {
  session.documents.getState().goTo(count);
  forgetGone(session);
}

function forgetGone(session: Session): void {
  const { document } = session.documents.getState();
  const { selected, selectedEdges, select } = session.ui.getState();
  const edges = new Set(document.edges.map(edgeId));
  select(
    selected.filter((id) => nodeById(document, id)),
    selectedEdges.filter((id) => edges.has(id)),
  );
}

function selection(session: Session): { nodes: string[]; edges: FlowEdge[] } {
  const { document } = session.documents.getState();
  const { selected, selectedEdges } = session.ui.getState();
  return {
    nodes: selected.filter((id) => nodeById(document, id)),
    edges: document.edges.filter((edge) => selectedEdges.includes(edgeId(edge))),
  };
}

export function deleteSelection(session: Session): void {
  const { nodes, edges } = selection(session);
  if (nodes.length + edges.length === 0 || !session.may.edit) return;
  const change = remove(session.documents.getState().document, nodes, edges);
  apply(session, change, `${change.name}: done. Undo with Ctrl+Z.`);
  session.ui.getState().select([]);
}

/** Delete the chosen node and join what was before it with what was behind it. */
export function healSelection(session: Session): void {
  const { nodes } = selection(session);
  const [only] = nodes;
  if (nodes.length !== 1 || !only) {
    deleteSelection(session);
    return;
  }
  apply(session, removeAndHeal(session.documents.getState().document, only));
  session.ui.getState().select([]);
}

export function selectAll(session: Session): void {
  session.ui.getState().select(session.documents.getState().document.nodes.map((node) => node.id));
}

export function copySelection(session: Session): string | null {
  const { nodes } = selection(session);
  return nodes.length > 0 ? copyText(session.documents.getState().document, nodes) : null;
}

export function tidyUp(session: Session): void {
  const { document } = session.documents.getState();
  const { selected } = session.ui.getState();
  const moved = newPlaces(document, tidy(document, sizeOfNode(session), portsOfNode(session), selected));
  if (Object.keys(moved).length === 0) session.ui.getState().announce("Everything is tidy already.");
  else apply(session, moveNodes(document, moved, `tidy-${Date.now()}`, "Tidy up"));
}

/** Ask the server which nodes a wire from this port may reach. `without` is a wire that is being moved. */
export async function askWiring(session: Session, from: string, port: string, without?: FlowEdge) {
  const { document } = session.documents.getState();
  const asked: FlowDocument = without
    ? { ...document, edges: document.edges.filter((edge) => edgeId(edge) !== edgeId(without)) }
    : document;
  return (await session.api.wiring(asked, from, port)).targets;
}

/** Join two nodes if the server allows it; says why when it does not. */
export async function wire(
  session: Session,
  edge: FlowEdge,
  known?: Record<string, Refusal | null> | null,
): Promise<boolean> {
  const ui = session.ui.getState();
  try {
    const verdicts = known ?? (await askWiring(session, edge.from, edge.port));
    const verdict = verdicts[edge.to];
    if (verdict === null) {
      apply(session, connect(session.documents.getState().document, edge));
      return true;
    }
    refuse(session, edge.to, verdict);
  } catch (error) {
    ui.toast(messageOf(error), "danger");
  }
  return false;
}

export function refuse(session: Session, to: string, verdict: Refusal | undefined): void {
  const name = nodeName(session.documents.getState().document, to);
  const reason = verdict ? `${verdict.message} ${verdict.hint ?? ""}`.trim() : "This node takes no wire.";
  session.ui.getState().toast(`No wire to ${name}: ${reason}`, "warning");
}

/** Show the field (or the node, or the flow) that a problem is about. */
export function jumpTo(session: Session, problem: Pick<Problem, "node" | "field" | "edge">): void {
  const ui = session.ui.getState();
  const node = problem.node ?? problem.edge?.to ?? null;
  if (!node) {
    ui.open("flow");
    return;
  }
  ui.select([node]);
  ui.open("node");
  markLeft(session, node, problem.field ?? "");
  session.ui.setState({
    focusField: { node, field: problem.field ?? "", nonce: Date.now() },
    reveal: { node },
  });
}

export async function dryRun(session: Session): Promise<void> {
  const { document } = session.documents.getState();
  session.test.setState({ isRunning: true, error: "" });
  tellAll(session);
  session.ui.getState().open("test");
  try {
    const result = await session.api.dryRun(document, session.test.getState().sample.choice);
    session.test.setState({ result, of: document });
    session.live.hide();
    session.ui.getState().announce(`Dry run: ${result.status}.`);
  } catch (error) {
    session.test.setState({ result: null, error: messageOf(error) });
  } finally {
    session.test.setState({ isRunning: false });
  }
}

export function chooseSample(session: Session, sample: Sample = noSample): void {
  session.test.setState({ sample });
}
