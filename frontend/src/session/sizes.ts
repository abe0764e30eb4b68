import type { PortsOf } from "@/graph/layout";
import { type SizeOf, sizeWithPorts } from "@/graph/placement";
import type { Session } from "./session";

/** How large a node is drawn, told from its type, so that it is known before the node is on the page. */
export function sizeOfNode(session: Session): SizeOf {
  return ({ type }) => sizeWithPorts(session.types.get(type)?.ports?.length ?? 1);
}

/** The outputs of a node from top to bottom. */
export function portsOfNode(session: Session): PortsOf {
  return ({ type }) => session.types.get(type)?.ports?.map((port) => port.name) ?? [];
}
