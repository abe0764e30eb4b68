import { useState } from "react";
import { useStore } from "zustand";
import { switchFlow, switchRefusal } from "@/session/publishing";
import { useSession } from "@/session/session";

/** Whether events start runs. Who may not switch it sees why. */
export function FlowSwitch({ isLong = false }: { isLong?: boolean }) {
  const session = useSession();
  const flow = useStore(session.flow);
  const [isBusy, setIsBusy] = useState(false);
  const refusal = switchRefusal(session, flow.published_version);
  const set = async (isOn: boolean) => {
    setIsBusy(true);
    await switchFlow(session, isOn);
    setIsBusy(false);
  };
  const long = flow.is_enabled ? "On: events start runs" : "Off: nothing starts a run";
  return (
    <label
      className={`form-check form-switch ${isLong ? "mb-3" : "hf-switch"}`}
      title={refusal || (isLong ? "" : long)}
    >
      <input
        className="form-check-input"
        type="checkbox"
        role="switch"
        aria-label={isLong ? undefined : "The flow is on"}
        checked={flow.is_enabled}
        disabled={refusal !== "" || isBusy}
        onChange={(event) => void set(event.target.checked)}
      />
      <span className="form-check-label">{isLong ? long : flow.is_enabled ? "On" : "Off"}</span>
      {isLong && refusal ? <small className="form-hint d-block">{refusal}</small> : null}
    </label>
  );
}
