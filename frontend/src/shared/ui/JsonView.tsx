import { useState } from "react";

const LONG = 4000;

/** A JSON value to read and to copy. Long ones are cut until asked for. */
export function JsonView({ value, label }: { value: unknown; label: string }) {
  const [isWhole, setIsWhole] = useState(false);
  if (value === undefined || value === null)
    return <p className="text-secondary small mb-2">{label}: nothing.</p>;
  const text = typeof value === "string" ? value : JSON.stringify(value, null, 2);
  const isCut = text.length > LONG && !isWhole;
  return (
    <figure className="hf-json">
      <figcaption>
        {label}
        <button
          type="button"
          className="btn btn-sm btn-ghost-secondary"
          onClick={() => void navigator.clipboard?.writeText(text)}
        >
          Copy
        </button>
      </figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard */}
      <pre tabIndex={0}>{isCut ? `${text.slice(0, LONG)}\n…` : text}</pre>
      {isCut ? (
        <button type="button" className="btn btn-sm" onClick={() => setIsWhole(true)}>
          Show all ({Math.round(text.length / 1024)} KB)
        </button>
      ) : null}
    </figure>
  );
}
