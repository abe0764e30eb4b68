import type { FlowDocument, FlowNode } from "@/shared/types";
import type { Session } from "./session";

/** The node that starts the drawing's runs. */
export function triggerNode(session: Session, document: FlowDocument): FlowNode | undefined {
  return document.nodes.find((node) => session.types.get(node.type)?.trigger);
}

/** The event type that the drawing's trigger listens to; empty when it listens to none. */
export function triggerEvent(session: Session, document: FlowDocument): string {
  const node = triggerNode(session, document);
  const field = node && session.types.get(node.type)?.trigger?.event_field;
  const value = field ? node.config[field] : undefined;
  return typeof value === "string" ? value : "";
}
