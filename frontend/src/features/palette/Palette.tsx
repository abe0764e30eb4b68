import { useMemo, useState } from "react";
import { PALETTE_TYPE } from "@/features/canvas/useInserting";
import { addOfType } from "@/session/adding";
import { useSession } from "@/session/session";
import type { NodeType } from "@/shared/types";
import { Icon } from "@/shared/ui/Icon";
import { BrokenModules } from "./BrokenModules";
import { grouped, search } from "./search";
import { TypeEntry } from "./TypeEntry";

/** All node types that the server has: drag one onto the drawing, or click it. */
export function Palette({ onAdded }: { onAdded?: () => void }) {
  const session = useSession();
  const [query, setQuery] = useState("");
  const found = useMemo(() => search([...session.types.values()], query), [session, query]);
  const add = (type: NodeType) => {
    addOfType(session, type, null);
    onAdded?.();
  };
  return (
    <section className="hf-palette" aria-label="Node types">
      <div className="hf-search">
        <Icon name="search" size={16} />
        <input
          type="search"
          className="form-control"
          placeholder="Search nodes"
          aria-label="Search nodes"
          value={query}
          onChange={(event) => setQuery(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter" && found[0]) add(found[0]);
          }}
        />
      </div>
      <div className="hf-palette-list">
        {grouped(found).map((group) => (
          <div key={group.kind}>
            <h3 className="hf-heading">{group.label}</h3>
            {group.types.map((type) => (
              <PaletteEntry key={type.type} type={type} onAdd={() => add(type)} />
            ))}
          </div>
        ))}
        {found.length === 0 ? <p className="text-secondary px-2">No node is called that.</p> : null}
        <BrokenModules />
      </div>
    </section>
  );
}

function PaletteEntry({ type, onAdd }: { type: NodeType; onAdd: () => void }) {
  const session = useSession();
  return (
    <button
      type="button"
      className={`hf-entry kind-${type.kind}`}
      title={type.summary}
      aria-label={`Add ${type.label}: ${type.summary}`}
      data-node-type={type.type}
      draggable
      onDragStart={(event) => {
        event.dataTransfer.setData(PALETTE_TYPE, type.type);
        event.dataTransfer.effectAllowed = "copy";
        session.ui.setState({ draggedType: type.type });
      }}
      onDragEnd={() => session.ui.setState({ draggedType: null, dropWire: null })}
      onClick={onAdd}
    >
      <TypeEntry type={type} />
    </button>
  );
}
