import { edgeId, incoming, nodeById, nodeName, outgoing } from "@/graph/model";
import { jumpTo } from "@/session/actions";
import { askInsert } from "@/session/adding";
import { problemsOf } from "@/session/checker";
import { useChecks, useDocument, useSession } from "@/session/session";
import { count } from "@/shared/format";
import type { FlowDocument, FlowNode } from "@/shared/types";
import { EntryText } from "@/shared/ui/EntryText";
import { Icon } from "@/shared/ui/Icon";

/** Nodes in the order in which they run, each below what feeds it; those that nothing feeds come at their place. */
export function inOrder(document: FlowDocument): { node: FlowNode; depth: number }[] {
  const seen = new Set<string>();
  const rows: { node: FlowNode; depth: number }[] = [];
  const walk = (node: FlowNode, depth: number) => {
    if (seen.has(node.id)) return;
    seen.add(node.id);
    rows.push({ node, depth });
    for (const edge of outgoing(document, node.id)) {
      const next = nodeById(document, edge.to);
      if (next) walk(next, depth + 1);
    }
  };
  for (const node of document.nodes) if (incoming(document, node.id).length === 0) walk(node, 0);
  for (const node of document.nodes) walk(node, 0);
  return rows;
}

/** The same drawing as a list: nodes, ports and wires by name, for keyboards, screen readers and small screens. */
export function Outline() {
  const session = useSession();
  const document = useDocument((doc) => doc);
  const problems = useChecks((state) => state.problems);
  const ui = session.ui.getState();
  const selectWire = (id: string) => {
    ui.select([], [id]);
    ui.announce("Wire chosen. Delete removes it.");
  };
  return (
    <div className="p-2">
      <button
        type="button"
        className="btn btn-sm mb-2"
        hidden={!session.may.edit}
        onClick={() => ui.show({ kind: "add", at: null })}
      >
        <Icon name="plus" size={16} /> Add a node
      </button>
      <ul className="list-unstyled hf-outline" aria-label="Outline of the flow">
        {inOrder(document).map(({ node, depth }) => {
          const type = session.types.get(node.type);
          const mine = problemsOf(problems, node.id).length;
          return (
            <li
              key={node.id}
              style={{ marginInlineStart: `${Math.min(depth, 6) * 12}px` }}
              className={`kind-${type?.kind ?? "unknown"}`}
            >
              <button
                type="button"
                className="hf-entry"
                onClick={() => jumpTo(session, { node: node.id, field: "$name", edge: null })}
              >
                <span className="hf-node-icon">
                  <Icon name={type?.icon ?? "help"} size={16} />
                </span>
                <EntryText
                  name={node.name}
                  summary={[type?.label ?? `${node.type}, not available`, mine ? count(mine, "problem") : ""]
                    .filter(Boolean)
                    .join(" · ")}
                />
              </button>
              <div className="hf-outline-ports">
                {(type?.ports ?? []).map((port) => (
                  <span key={port.name}>
                    <button
                      type="button"
                      className="btn btn-sm btn-ghost-secondary"
                      disabled={!session.may.edit}
                      aria-label={`Port ${port.label} of ${node.name}: connect to…`}
                      onClick={() => ui.show({ kind: "connect", from: node.id, port: port.name })}
                    >
                      {port.label} <Icon name="plus" size={14} />
                    </button>
                    {outgoing(document, node.id, port.name).map((edge) => (
                      <span key={edgeId(edge)}>
                        <button
                          type="button"
                          className="btn btn-sm btn-ghost-primary"
                          aria-label={`Wire from ${node.name}, ${port.label}, to ${nodeName(document, edge.to)}`}
                          onClick={() => selectWire(edgeId(edge))}
                        >
                          → {nodeName(document, edge.to)}
                        </button>
                        {session.may.edit ? (
                          <button
                            type="button"
                            className="btn btn-sm btn-icon btn-ghost-secondary"
                            title="Insert a node here"
                            aria-label={`Insert a node between ${node.name} and ${nodeName(document, edge.to)}`}
                            onClick={() => askInsert(session, edgeId(edge))}
                          >
                            <Icon name="plus" size={14} />
                          </button>
                        ) : null}
                      </span>
                    ))}
                  </span>
                ))}
              </div>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
