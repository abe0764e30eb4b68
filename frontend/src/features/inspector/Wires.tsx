import { remove } from "@/graph/changes";
import { edgeId, nodeName, outgoing } from "@/graph/model";
import { apply } from "@/session/actions";
import { useDocument, useSession } from "@/session/session";
import type { FlowNode, NodeType } from "@/shared/types";
import { Icon } from "@/shared/ui/Icon";
import { WireOrderList } from "./WireOrderList";

/** Where each output of the node leads: wires to make and to take away without a pointer. */
export function Wires({ node, type }: { node: FlowNode; type: NodeType }) {
  const session = useSession();
  const document = useDocument((doc) => doc);
  if (type.ports.length === 0) return null;
  return (
    <section className="hf-wires" aria-label="Outputs">
      <h3 className="hf-heading">Outputs</h3>
      {type.ports.map((port) => {
        const edges = outgoing(document, node.id, port.name);
        return (
          <div key={port.name} className="hf-wire-row">
            <span className={`hf-port-name ${port.name === "error" ? "text-danger" : ""}`}>{port.label}</span>
            {edges.length > 1 ? (
              <p className="hf-wire-note">They run from top to bottom, each to its end before the next.</p>
            ) : null}
            {edges.length > 1 ? <WireOrderList node={node} port={port.label} edges={edges} /> : null}
            <span className="hf-wire-targets" hidden={edges.length > 1}>
              {edges.map((edge) => (
                <span key={edgeId(edge)} className="badge hf-badge bg-secondary-lt">
                  {nodeName(document, edge.to)}
                  <button
                    type="button"
                    className="hf-badge-x"
                    aria-label={`Delete the wire from ${node.name}, ${port.label}, to ${nodeName(document, edge.to)}`}
                    onClick={() => apply(session, remove(document, [], [edge]))}
                  >
                    <Icon name="x" size={12} />
                  </button>
                </span>
              ))}
            </span>
            <button
              type="button"
              className="btn btn-sm btn-ghost-primary"
              aria-label={`Connect ${port.label} of ${node.name} to…`}
              onClick={() => session.ui.getState().show({ kind: "connect", from: node.id, port: port.name })}
            >
              Connect to…
            </button>
          </div>
        );
      })}
    </section>
  );
}
