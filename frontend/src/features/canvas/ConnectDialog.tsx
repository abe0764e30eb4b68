import { useEffect, useState } from "react";
import { messageOf } from "@/api/client";
import { nodeById, nodeName } from "@/graph/model";
import { askWiring, wire } from "@/session/actions";
import { useDocument, useSession } from "@/session/session";
import type { Refusal } from "@/shared/types";
import { Dialog } from "@/shared/ui/Dialog";
import { EntryText } from "@/shared/ui/EntryText";
import { Icon } from "@/shared/ui/Icon";

/** Wiring without a pointer: every node, with the server's word on whether a wire may lead there. */
export function ConnectDialog({ from, port }: { from: string; port: string }) {
  const session = useSession();
  const document = useDocument((doc) => doc);
  const [verdicts, setVerdicts] = useState<Record<string, Refusal | null> | null>(null);
  const [error, setError] = useState("");
  const ui = session.ui.getState();
  const close = () => ui.show(null);
  useEffect(() => {
    askWiring(session, from, port).then(setVerdicts, (reason) => setError(messageOf(reason)));
  }, [session, from, port]);
  const others = document.nodes.filter((node) => node.id !== from);
  const allowed = others.filter((node) => verdicts?.[node.id] === null);
  const refused = others.filter((node) => verdicts && verdicts[node.id] !== null);
  const label =
    session.types.get(nodeById(document, from)?.type ?? "")?.ports.find((p) => p.name === port)?.label ??
    port;
  return (
    <Dialog title={`Connect ${label} of ${nodeName(document, from)} to`} onClose={close}>
      {error ? <div className="alert alert-danger">{error}</div> : null}
      {!verdicts && !error ? <p className="text-secondary">Asking what is possible…</p> : null}
      <ul className="list-unstyled hf-choices">
        {allowed.map((node) => (
          <li key={node.id}>
            <button
              type="button"
              className="hf-entry"
              onClick={() => {
                close();
                void wire(session, { from, port, to: node.id }, verdicts);
              }}
            >
              <Icon name="plug-connected" />
              <EntryText name={node.name} summary={session.types.get(node.type)?.label ?? node.type} />
            </button>
          </li>
        ))}
        <li>
          <button
            type="button"
            className="hf-entry"
            onClick={() => {
              ui.show({ kind: "add", at: null, from: { from, port } });
            }}
          >
            <Icon name="circle-plus" />
            <EntryText name="A new node…" />
          </button>
        </li>
        {refused.map((node) => (
          <li key={node.id} className="hf-entry is-disabled">
            <Icon name="ban" />
            <EntryText
              name={node.name}
              summary={verdicts?.[node.id]?.message ?? "This node takes no wire."}
            />
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
