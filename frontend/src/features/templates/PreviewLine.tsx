import { useEffect, useState } from "react";
import { useStore } from "zustand";
import { isAbort, messageOf } from "@/api/client";
import { useSession } from "@/session/session";
import { useDebounced } from "@/shared/hooks/useDebounced";
import type { Preview } from "@/shared/types";
import { Icon } from "@/shared/ui/Icon";

const QUIET_MS = 300;

/** What the server renders for this field with the chosen sample. */
export function PreviewLine({ node, field, text }: { node: string; field: string; text: string }) {
  const session = useSession();
  const sample = useStore(session.test, (state) => state.sample);
  const settled = useDebounced(text, QUIET_MS);
  const [answer, setAnswer] = useState<{ preview: Preview | null; error: string; of: string } | null>(null);
  useEffect(() => {
    if (!session.may.edit) return;
    const request = new AbortController();
    const { document } = session.documents.getState();
    session.api.preview(document, node, field, sample.choice, request.signal).then(
      (preview) =>
        setAnswer({
          preview,
          error: preview.error ? `${preview.error.message} ${preview.error.hint ?? ""}` : "",
          of: settled,
        }),
      (error) => {
        if (!isAbort(error)) setAnswer({ preview: null, error: messageOf(error), of: settled });
      },
    );
    return () => request.abort();
  }, [session, node, field, settled, sample]);
  if (!answer) return null;
  const name = answer.preview?.sample_name || sample.label;
  return (
    <output className={`hf-preview ${answer.of === text ? "" : "is-stale"}`} data-preview={field}>
      {answer.error ? (
        <span className="text-danger">
          <Icon name="alert-circle" size={14} /> {answer.error}
        </span>
      ) : (
        <>
          <Icon name="arrow-right" size={14} />
          <code>{shown(answer.preview)}</code>
        </>
      )}
      <span className="text-secondary"> ({name})</span>
    </output>
  );
}

function shown(preview: Preview | null): string {
  if (!preview) return "";
  if (preview.text !== null && preview.text !== undefined)
    return preview.text === "" ? "(empty)" : preview.text;
  return typeof preview.value === "string" ? preview.value || "(empty)" : JSON.stringify(preview.value);
}
