import { useStore } from "zustand";
import { goTo } from "@/session/actions";
import { useSession } from "@/session/session";

/** Every step of this session by name. Choosing one goes to the state after it. */
export function HistoryPanel() {
  const session = useSession();
  const past = useStore(session.documents, (state) => state.past);
  const future = useStore(session.documents, (state) => state.future);
  const entries = [...past, ...future];
  return (
    <ol className="list-unstyled hf-history p-2" aria-label="History">
      <li>
        <button
          type="button"
          className="hf-entry"
          aria-current={past.length === 0 ? "step" : undefined}
          onClick={() => goTo(session, 0)}
        >
          As it was opened
        </button>
      </li>
      {entries.map((change, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: an entry is its place in the history
        <li key={index}>
          <button
            type="button"
            className={`hf-entry ${index >= past.length ? "is-undone" : ""}`}
            aria-current={index === past.length - 1 ? "step" : undefined}
            onClick={() => goTo(session, index + 1)}
          >
            {change.name}
          </button>
        </li>
      ))}
    </ol>
  );
}
