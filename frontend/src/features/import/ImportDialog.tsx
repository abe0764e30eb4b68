import { useState } from "react";
import { ApiError, type Client, messageOf } from "@/api/client";
import { importFlow, importPreview } from "@/api/flows";
import type { FlowDocument, ImportPreview, Problem } from "@/shared/types";
import { Dialog } from "@/shared/ui/Dialog";
import { PreviewView } from "./PreviewView";

interface Props {
  client: Client;
  onClose: () => void;
  /** The label of the way into the open draft; without it a flow is made. */
  into?: string;
  onInto?: (document: FlowDocument) => void;
}

/** A file or pasted text, what it would add and need, and only then the import. */
export function ImportDialog({ client, onClose, into, onInto }: Props) {
  const [text, setText] = useState("");
  const [preview, setPreview] = useState<ImportPreview | null>(null);
  const [problems, setProblems] = useState<Partial<Problem>[]>([]);
  const [name, setName] = useState("");
  const [error, setError] = useState("");
  const look = async (source: string) => {
    setText(source);
    setPreview(null);
    setProblems([]);
    setError("");
    if (source.trim() === "") return;
    try {
      // Sent as it is: the server's reader tells duplicate keys and other faults by their place.
      const answer = await importPreview(client, source);
      setPreview(answer);
      setProblems(answer.problems ?? []);
      setName(answer.name);
    } catch (reason) {
      setProblems(reason instanceof ApiError ? located(reason) : []);
      setError(messageOf(reason));
    }
  };
  const make = async () => {
    try {
      const flow = await importFlow(client, { document: JSON.parse(text), name: name.trim() });
      window.location.assign(`/flows/${flow.id}/`);
    } catch (reason) {
      setError(messageOf(reason));
    }
  };
  const canImport = preview !== null && preview.ok !== false;
  return (
    <Dialog
      title="Import a flow"
      wide
      onClose={onClose}
      footer={
        <>
          {into && onInto ? (
            <button
              type="button"
              className="btn"
              disabled={!canImport}
              onClick={() => onInto(JSON.parse(text))}
            >
              {into}
            </button>
          ) : null}
          <button
            type="button"
            className="btn btn-primary"
            disabled={!canImport || name.trim() === ""}
            onClick={() => void make()}
          >
            Import as a new flow
          </button>
        </>
      }
    >
      <label className="form-label" htmlFor="import-file">
        A file that was exported
      </label>
      <input
        id="import-file"
        type="file"
        accept=".json,application/json"
        className="form-control mb-2"
        onChange={(event) => void event.target.files?.[0]?.text().then(look)}
      />
      <label className="form-label" htmlFor="import-text">
        or its text
      </label>
      <textarea
        id="import-text"
        className="form-control font-monospace hf-code"
        rows={5}
        value={text}
        onChange={(event) => void look(event.target.value)}
      />
      {error ? (
        <div className="alert alert-danger mt-3" role="alert">
          {error}
        </div>
      ) : null}
      <PreviewView preview={preview} problems={problems} />
      {preview ? (
        <>
          <label className="form-label" htmlFor="import-name">
            Name of the new flow
          </label>
          <input
            id="import-name"
            className="form-control"
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
          <small className="form-hint">
            It arrives switched off, as a draft. Nothing runs before you publish it.
          </small>
        </>
      ) : null}
    </Dialog>
  );
}

function located(error: ApiError): Partial<Problem>[] {
  const found =
    error.extra<Partial<Problem>[]>("problems") ?? error.extra<Partial<Problem>[]>("errors") ?? [];
  return Array.isArray(found) ? found : [];
}
