import { useEffect, useState } from "react";
import { messageOf } from "@/api/client";
import { nodeName } from "@/graph/model";
import { useDocument, useSession } from "@/session/session";
import type { DocumentDiff, FlowEdge } from "@/shared/types";
import { Dialog } from "@/shared/ui/Dialog";

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
  const edge = (e: FlowEdge) => `${nodeName(document, e.from)} (${e.port}) → ${nodeName(document, e.to)}`;
  const isEmpty = diff && Object.values(diff).every((list) => list.length === 0);
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
            names={[...diff.added.map(({ name }) => name), ...diff.edges_added.map(edge)]}
          />
          <Names
            title="Removed"
            tone="red"
            names={[...diff.removed.map(({ name }) => name), ...diff.edges_removed.map(edge)]}
          />
          {diff.changed.length > 0 ? <h3 className="hf-heading">Changed</h3> : null}
          {diff.changed.map((node) => (
            <div key={node.node} className="mb-3">
              <strong>{node.name}</strong>
              <Fields fields={node.fields} />
            </div>
          ))}
          {diff.settings.length > 0 ? (
            <>
              <h3 className="hf-heading">Flow settings</h3>
              <Fields fields={diff.settings} />
            </>
          ) : null}
          <Names title="Only moved" tone="secondary" names={diff.moved.map(({ name }) => name)} />
        </>
      ) : null}
    </Dialog>
  );
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
