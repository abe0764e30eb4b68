import { Handle, Position } from "@xyflow/react";
import { nodeName, outgoing } from "@/graph/model";
import { useDocument, useSession } from "@/session/session";

interface Props {
  node: string;
  port: string;
  label: string;
  isReadOnly?: boolean;
}

/** An output: drag from it, tap it and then a node, or press Enter to choose from a list. */
export function PortHandle({ node, port, label, isReadOnly = false }: Props) {
  const session = useSession();
  const name = useDocument((document) => {
    const targets = outgoing(document, node, port).map((edge) => nodeName(document, edge.to));
    const leads = targets.length > 0 ? `leads to ${targets.join(", ")}` : "leads nowhere yet";
    return `Port ${label} of ${nodeName(document, node)}, ${leads}`;
  });
  if (isReadOnly || !session.may.edit)
    return (
      <Handle
        type="source"
        position={Position.Right}
        id={port}
        isConnectable={false}
        className={port === "error" ? "is-error" : ""}
      />
    );
  return (
    <Handle
      type="source"
      position={Position.Right}
      id={port}
      className={port === "error" ? "is-error" : ""}
      tabIndex={0}
      role="button"
      aria-label={`${name}. Press Enter to wire it.`}
      data-port={port}
      onKeyDown={(event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        event.stopPropagation();
        session.ui.getState().show({ kind: "connect", from: node, port });
      }}
    />
  );
}
