import { useEffect, useState } from "react";
import { messageOf } from "@/api/client";
import type { DocumentDiff } from "@/api/types";
import { type FlowEdge, nodeName } from "@/graph/model";
import { useDocument, useSession } from "@/session/session";
import { Dialog } from "@/shared/ui/Dialog";

type Entry = DocumentDiff["added"][number];

const text = (value: unknown) =>
  value === undefined || value === null
    ? "nothing"
    : typeof value === "string"
      ? value
      : JSON.stringify(value);

/** What differs between two versions: added, removed, changed field by field, and merely moved. */
export function DiffDialog({ from, to }: { from: string; to: string }) {
  const session = useSession();
  const document = useDocument((doc) => doc);
  const [diff, setDiff] = useState<DocumentDiff | null>(null);
  const [error, setError] = useState("");
  useEffect(() => {
    session.api.diff(from, to).then(setDiff, (reason) => setError(messageOf(reason)));
  }, [session, from, to]);
  const title = (name: string) => (name === "draft" ? "the draft" : `version ${name}`);
  const nameOf = (entry: Entry) =>
    typeof entry === "string"
      ? nodeName(document, entry)
      : (entry.name ?? nodeName(document, entry.id ?? entry.node ?? ""));
  const edge = (e: FlowEdge) => `${nodeName(document, e.from)} (${e.port}) → ${nodeName(document, e.to)}`;
  const isEmpty =
    diff &&
    [diff.added, diff.removed, diff.changed, diff.moved, diff.edges_added, diff.edges_removed].every(
      (list) => !list?.length,
    ) &&
    !hasSettings(diff.settings);
  return (
    <Dialog
      title={`From ${title(from)} to ${title(to)}`}
      wide
      onClose={() => session.ui.getState().show(null)}
    >
      {error ? <div className="alert alert-danger">{error}</div> : null}
      {isEmpty ? <p>They are the same.</p> : null}
      {diff ? (
        <>
          <Names
            title="Added"
            tone="green"
            names={[...diff.added.map(nameOf), ...(diff.edges_added ?? []).map(edge)]}
          />
          <Names
            title="Removed"
            tone="red"
            names={[...diff.removed.map(nameOf), ...(diff.edges_removed ?? []).map(edge)]}
          />
          {diff.changed.length > 0 ? <h3 className="hf-heading">Changed</h3> : null}
          {diff.changed.map((node) => (
            <div key={node.node} className="mb-3">
              <strong>{node.name ?? nodeName(document, node.node)}</strong>
              <Fields fields={node.fields} />
            </div>
          ))}
          {hasSettings(diff.settings) ? (
            <>
              <h3 className="hf-heading">Flow settings</h3>
              {Array.isArray(diff.settings) ? (
                <Fields fields={diff.settings} />
              ) : (
                <pre>{JSON.stringify(diff.settings, null, 2)}</pre>
              )}
            </>
          ) : null}
          <Names title="Only moved" tone="secondary" names={diff.moved.map(nameOf)} />
        </>
      ) : null}
    </Dialog>
  );
}

function hasSettings(settings: unknown): boolean {
  return Array.isArray(settings)
    ? settings.length > 0
    : Boolean(settings && Object.keys(settings).length > 0);
}

function Names({ title, tone, names }: { title: string; tone: string; names: string[] }) {
  if (names.length === 0) return null;
  return (
    <>
      <h3 className="hf-heading">{title}</h3>
      <ul className="list-unstyled">
        {names.map((name) => (
          <li key={name} className={`text-${tone}`}>
            {name}
          </li>
        ))}
      </ul>
    </>
  );
}

function Fields({ fields }: { fields: { field: string; before: unknown; after: unknown }[] }) {
  return (
    <table className="table table-sm hf-diff">
      <thead>
        <tr>
          <th scope="col">Field</th>
          <th scope="col">Before</th>
          <th scope="col">After</th>
        </tr>
      </thead>
      <tbody>
        {fields.map((field) => (
          <tr key={field.field}>
            <th scope="row">{field.field}</th>
            <td className="hf-before">{text(field.before)}</td>
            <td className="hf-after">{text(field.after)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
