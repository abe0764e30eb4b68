import { count } from "@/shared/format";
import type { ImportPreview, Problem } from "@/shared/types";
import { Icon } from "@/shared/ui/Icon";

/** What is wrong with a document, or what keeps its flow from being published. */
export type Fault = Pick<Problem, "message" | "hint" | "field"> & Partial<Pick<Problem, "node" | "severity">>;

/** What an import would add, what of it is not here, and what is wrong with it. */
export function PreviewView({ preview, faults }: { preview: ImportPreview | null; faults: Fault[] }) {
  const nodes = preview?.nodes ?? [];
  const placeOf = ({ node, field }: Fault) => nodes.find((other) => other.id === node)?.name ?? node ?? field;
  return (
    <div className="mt-3" aria-live="polite">
      {preview ? (
        <>
          <h3 className="hf-heading">
            “{preview.name}”: {count(nodes.length, "node")}
          </h3>
          <ul className="list-unstyled">
            {nodes.map((node) => (
              <li key={node.id}>
                <Icon
                  name={node.known ? "check" : "help"}
                  size={16}
                  className={node.known ? "text-green" : "text-warning"}
                />{" "}
                {node.name}{" "}
                <span className="text-secondary">
                  ({node.known ? node.type : `${node.type}, not available here`})
                </span>
              </li>
            ))}
          </ul>
          {preview.ok ? (
            <p>Nothing is missing: every node type, event type and credential is here.</p>
          ) : (
            <p className="mb-1">It can be imported as a draft. Before it is published, mend:</p>
          )}
        </>
      ) : null}
      <ul className="list-unstyled">
        {faults.map((fault, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two faults may be alike in everything
          <li key={index}>
            <Icon
              name="alert-triangle"
              size={16}
              className={fault.severity === "warning" ? "text-warning" : "text-danger"}
            />{" "}
            {placeOf(fault) ? <strong>{placeOf(fault)}: </strong> : null}
            {fault.message} <span className="text-secondary">{fault.hint}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
