import { useEffect, useState } from "react";
import { useStore } from "zustand";
import { chooseSample } from "@/session/actions";
import { noSample, type Sample, useDocument, useSession } from "@/session/session";
import { triggerEvent } from "@/session/trigger";
import { relativeTime } from "@/shared/format";
import { payloadFault, typedText } from "@/shared/json";
import type { StoredEvent } from "@/shared/types";
import { PayloadField } from "./PayloadField";

/** The event type that the trigger listens to, if it listens to one. */
function useTriggerEvent(): string {
  const session = useSession();
  return useDocument((document) => triggerEvent(session, document));
}

/** What previews, dry runs and test runs are tried with: the type's sample, a stored event, or a payload of one's own. */
export function SamplePicker() {
  const session = useSession();
  const sample = useStore(session.test, (state) => state.sample);
  const eventType = useTriggerEvent();
  const [events, setEvents] = useState<StoredEvent[]>([]);
  const [isOwn, setIsOwn] = useState(() => session.test.getState().ownText !== null);
  useEffect(() => {
    if (!eventType) return setEvents([]);
    session.api.events(eventType).then(setEvents, () => setEvents([]));
  }, [session, eventType]);
  const builtin = session.eventTypes.find((type) => type.name === eventType);
  const choose = (value: string) => {
    setIsOwn(value === "own");
    if (value !== "own") session.test.setState({ ownText: null });
    if (value === "sample")
      return chooseSample(session, builtin ? { ...noSample, label: `sample of ${builtin.name}` } : noSample);
    if (value === "own") return;
    const event = events.find((other) => other.id === value);
    if (event) chooseSample(session, { label: `event of ${when(event)}`, choice: { event_id: event.id } });
  };
  const current = isOwn ? "own" : (sample.choice.event_id ?? ("payload" in sample.choice ? "own" : "sample"));
  return (
    <div className="hf-field">
      <label className="form-label" htmlFor="sample">
        Try it with
      </label>
      <select
        id="sample"
        className="form-select"
        value={current}
        onChange={(event) => choose(event.target.value)}
      >
        <option value="sample">
          {builtin ? `The sample of ${builtin.label}` : "The sample of the trigger"}
        </option>
        {events.map((event) => (
          <option key={event.id} value={event.id}>
            Event of {when(event)}
          </option>
        ))}
        <option value="own">A payload of your own…</option>
      </select>
      {current === "own" ? <OwnPayload sample={sample} fallback={builtin?.sample ?? {}} /> : null}
    </div>
  );
}

function when(event: StoredEvent): string {
  return relativeTime(event.accepted_at);
}

function OwnPayload({ sample, fallback }: { sample: Sample; fallback: unknown }) {
  const session = useSession();
  const [text, setText] = useState(
    () => session.test.getState().ownText ?? typedText(sample.choice.payload ?? fallback, 2),
  );
  const fault = payloadFault(text);
  useEffect(() => {
    if (fault || text.trim() === "") return;
    chooseSample(session, { label: "your payload", choice: { payload: JSON.parse(text) } });
  }, [session, text, fault]);
  return (
    <PayloadField
      text={text}
      rows={8}
      onChange={(next) => {
        setText(next);
        session.test.setState({ ownText: next });
      }}
    />
  );
}
