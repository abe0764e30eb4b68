import { useRef, useState } from "react";
import { ApiError, type Client, isAbort, messageOf } from "@/api/client";
import { importFlow, importPreview } from "@/api/flows";
import type { FlowDocument, ImportPreview } from "@/shared/types";
import { Dialog } from "@/shared/ui/Dialog";
import { CredentialMap, chosenOnly } from "./CredentialMap";
import { type Fault, PreviewView } from "./PreviewView";

interface Props {
  client: Client;
  onClose: () => void;
  /** Puts the document into the open draft; without it a flow is made. */
  onInto?: (document: FlowDocument) => void;
}

/** A file or pasted text, what it would add and need, and only then the import. */
export function ImportDialog({ client, onClose, onInto }: Props) {
  const [text, setText] = useState("");
  const [preview, setPreview] = useState<ImportPreview | null>(null);
  const [faults, setFaults] = useState<Fault[]>([]);
  const [name, setName] = useState("");
  const [chosen, setChosen] = useState<Record<string, string>>({});
  const [error, setError] = useState("");
  const asked = useRef<AbortController | null>(null);
  const look = async (source: string) => {
    asked.current?.abort();
    asked.current = new AbortController();
    setText(source);
    setPreview(null);
    setFaults([]);
    setChosen({});
    setError("");
    if (source.trim() === "") return;
    try {
      // Sent as it is: the server's reader tells duplicate keys and other faults by their place.
      const answer = await importPreview(client, source, asked.current.signal);
      setPreview(answer);
      setFaults(answer.problems);
      setName(answer.name);
    } catch (reason) {
      if (isAbort(reason)) return;
      setFaults((reason instanceof ApiError && reason.extra<Fault[]>("errors")) || []);
      setError(messageOf(reason));
    }
  };
  const take = (file: File | undefined) => void file?.text().then(look);
  const make = async () => {
    try {
      const flow = await importFlow(client, {
        document: JSON.parse(text),
        name: name.trim(),
        credentials: chosenOnly(chosen),
      });
      window.location.assign(`/flows/${flow.id}/`);
    } catch (reason) {
      setError(messageOf(reason));
    }
  };
  const putInto = async () => {
    try {
      const body = { document: JSON.parse(text), credentials: chosenOnly(chosen) };
      onInto?.((await importPreview(client, body)).document);
    } catch (reason) {
      setError(messageOf(reason));
    }
  };
  return (
    <Dialog
      title="Import a flow"
      wide
      onClose={onClose}
      footer={
        <>
          {onInto ? (
            <button type="button" className="btn" disabled={preview === null} onClick={() => void putInto()}>
              Put into this draft
            </button>
          ) : null}
          <button
            type="button"
            className="btn btn-primary"
            disabled={preview === null || name.trim() === ""}
            onClick={() => void make()}
          >
            Import as a new flow
          </button>
        </>
      }
    >
      {/* biome-ignore lint/a11y/noStaticElementInteractions: what can be dropped here can be chosen below */}
      <div
        onDragOver={(event) => event.preventDefault()}
        onDrop={(event) => {
          if (event.dataTransfer.files.length === 0) return;
          event.preventDefault();
          take(event.dataTransfer.files[0]);
        }}
      >
        <label className="form-label" htmlFor="import-file">
          A file that was exported, chosen or dropped here
        </label>
        <input
          id="import-file"
          type="file"
          accept=".json,application/json"
          className="form-control mb-2"
          onChange={(event) => take(event.target.files?.[0])}
        />
        <label className="form-label" htmlFor="import-text">
          or its text
        </label>
        <textarea
          id="import-text"
          className="form-control font-monospace hf-code"
          rows={5}
          spellCheck={false}
          value={text}
          onChange={(event) => void look(event.target.value)}
        />
        {error ? (
          <div className="alert alert-danger mt-3" role="alert">
            {error}
          </div>
        ) : null}
        <PreviewView preview={preview} faults={faults} />
        {preview ? (
          <>
            <CredentialMap needed={preview.credentials} chosen={chosen} onChoose={setChosen} />
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
      </div>
    </Dialog>
  );
}
