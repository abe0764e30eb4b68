import { useState } from "react";
import { useStore } from "zustand";
import { messageOf } from "@/api/client";
import { useSession } from "@/session/session";
import { triggerEvent, triggerNode } from "@/session/trigger";
import { payloadFault, readJson, typedText } from "@/shared/json";
import { Dialog } from "@/shared/ui/Dialog";
import { PayloadField } from "./PayloadField";

/** Start a real run of the published version with a payload that can be looked at first. */
export function RunDialog() {
  const session = useSession();
  const version = useStore(session.flow, (flow) => flow.published_version);
  const [text, setText] = useState(
    () => session.test.getState().runText ?? typedText(samplePayload(session), 2),
  );
  const [error, setError] = useState("");
  const close = () => session.ui.getState().show(null);
  const fault = payloadFault(text);
  const change = (next: string) => {
    setText(next);
    session.test.setState({ runText: next });
  };
  const go = async () => {
    try {
      const answer = await session.api.run(text.trim() ? JSON.parse(text) : {});
      session.test.setState({ runText: null });
      close();
      session.live.show(answer.run);
      session.ui.getState().open("test");
    } catch (reason) {
      setError(messageOf(reason));
    }
  };
  return (
    <Dialog
      title={`Run version ${version} for real`}
      onClose={close}
      footer={
        <button type="button" className="btn btn-primary" disabled={fault !== null} onClick={() => void go()}>
          Run
        </button>
      }
    >
      <p>Mails are sent and other systems are called. The draft's unpublished changes are not part of it.</p>
      <PayloadField text={text} rows={12} onChange={change} />
      {error ? <div className="alert alert-danger mt-2">{error}</div> : null}
    </Dialog>
  );
}

function samplePayload(session: ReturnType<typeof useSession>): unknown {
  const { choice } = session.test.getState().sample;
  if (choice.payload !== undefined) return choice.payload;
  const { document } = session.documents.getState();
  const name = triggerEvent(session, document);
  const type = session.eventTypes.find((other) => other.name === name);
  return type?.sample ?? exampleOf(triggerNode(session, document)?.config.example) ?? {};
}

/** Triggers keep their example as the JSON text that was written. */
function exampleOf(example: unknown): unknown {
  return typeof example === "string" && example.trim() ? readJson(example).value : undefined;
}
