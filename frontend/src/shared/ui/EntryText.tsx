import type { ReactNode } from "react";

/** The words of an entry in a list: what it is called, and a line about it. */
export function EntryText({ name, summary }: { name: ReactNode; summary?: ReactNode }) {
  return (
    <span className="hf-entry-text">
      <span className="hf-entry-name">{name}</span>
      {summary ? <span className="hf-entry-summary">{summary}</span> : null}
    </span>
  );
}
