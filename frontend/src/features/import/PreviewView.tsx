import { count } from "@/shared/format";
import type { ImportPreview, Problem } from "@/shared/types";
import { Icon } from "@/shared/ui/Icon";

/** What an import would add, what it needs that is not here, and what is wrong with it. */
export function PreviewView({
  preview,
  problems,
}: {
  preview: ImportPreview | null;
  problems: Partial<Problem>[];
}) {
  return (
    <div className="mt-3" aria-live="polite">
      {preview ? (
        <>
          <h3 className="hf-heading">
            “{preview.name}”: {count(preview.nodes.length, "node")}
          </h3>
          <ul className="list-unstyled">
            {preview.nodes.map((node) => (
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
          <Needs needs={preview.needs} />
        </>
      ) : null}
      {problems.length > 0 ? (
        <ul className="list-unstyled">
          {problems.map((problem, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: two problems may be alike in everything
            <li key={index} className={problem.severity === "warning" ? "text-warning" : "text-danger"}>
              <Icon name="alert-triangle" size={16} />{" "}
              {[problem.field, problem.message, problem.hint].filter(Boolean).join(": ")}
            </li>
          ))}
        </ul>
      ) : null}
    </div>
  );
}

function Needs({ needs }: { needs: Record<string, unknown> }) {
  const rows = Object.entries(needs ?? {}).flatMap(([what, names]) =>
    Array.isArray(names) && names.length > 0
      ? [[what.replaceAll("_", " "), names.map(nameOf).join(", ")] as const]
      : [],
  );
  if (rows.length === 0) return null;
  return (
    <dl className="row">
      {rows.map(([what, names]) => (
        <div key={what} className="col-12">
          <dt className="d-inline">Uses {what}: </dt>
          <dd className="d-inline">{names}</dd>
        </div>
      ))}
    </dl>
  );
}

function nameOf(entry: unknown): string {
  if (!entry || typeof entry !== "object") return String(entry);
  const { name, type, known } = entry as { name?: string; type?: string; known?: boolean };
  return `${name ?? type ?? JSON.stringify(entry)}${known === false ? " (not here)" : ""}`;
}
