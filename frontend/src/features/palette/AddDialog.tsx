import { useState } from "react";
import { nodeName } from "@/graph/model";
import { addOfType, fitsInWire, insertOfType } from "@/session/adding";
import { useSession } from "@/session/session";
import type { FlowEdge, Position } from "@/shared/types";
import { Dialog } from "@/shared/ui/Dialog";
import { search } from "./search";
import { TypeEntry } from "./TypeEntry";

interface Props {
  at: Position | null;
  /** The output that the new node hangs on. */
  from?: { from: string; port: string } | undefined;
  /** The wire that the new node goes into. */
  into?: FlowEdge | undefined;
}

/** Add a node by name: from the keyboard, where a wire was dropped, or into a wire. Only what fits there is offered. */
export function AddDialog({ at, from, into }: Props) {
  const session = useSession();
  const [query, setQuery] = useState("");
  const [chosen, setChosen] = useState(0);
  const close = () => session.ui.getState().show(null);
  const found = search([...session.types.values()], query).filter((type) =>
    into ? fitsInWire(type) : !from || type.has_input,
  );
  const { document } = session.documents.getState();
  const title = into
    ? `Insert a node between ${nodeName(document, into.from)} and ${nodeName(document, into.to)}`
    : from
      ? "Add a node behind this wire"
      : "Add a node";
  const add = (index: number) => {
    const type = found[index];
    if (!type) return;
    close();
    if (into) insertOfType(session, type, into);
    else addOfType(session, type, at, from);
  };
  return (
    <Dialog title={title} onClose={close}>
      <input
        type="search"
        className="form-control mb-2"
        placeholder="Search nodes"
        aria-label="Search nodes"
        value={query}
        onChange={(event) => {
          setQuery(event.target.value);
          setChosen(0);
        }}
        onKeyDown={(event) => {
          if (event.key === "Enter") add(chosen);
          else if (event.key === "ArrowDown") setChosen(Math.min(chosen + 1, found.length - 1));
          else if (event.key === "ArrowUp") setChosen(Math.max(chosen - 1, 0));
          else return;
          event.preventDefault();
        }}
      />
      <ul className="list-unstyled hf-choices">
        {found.map((type, index) => (
          <li key={type.type}>
            <button
              type="button"
              className={`hf-entry kind-${type.kind} ${index === chosen ? "is-chosen" : ""}`}
              onClick={() => add(index)}
            >
              <TypeEntry type={type} />
            </button>
          </li>
        ))}
      </ul>
      {found.length === 0 ? (
        <p className="text-secondary mb-0" role="status">
          No node that fits here is called that.
        </p>
      ) : null}
    </Dialog>
  );
}
