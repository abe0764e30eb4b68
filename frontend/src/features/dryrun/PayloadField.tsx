import { useId } from "react";
import { payloadFault } from "@/shared/json";

interface Props {
  text: string;
  rows: number;
  onChange: (text: string) => void;
}

/** The payload of a run as JSON text, and what is wrong with it. */
export function PayloadField({ text, rows, onChange }: Props) {
  const id = useId();
  const fault = payloadFault(text);
  return (
    <>
      <label className="form-label mt-2" htmlFor={id}>
        Payload
      </label>
      <textarea
        id={id}
        className={`form-control font-monospace hf-code ${fault ? "is-invalid" : ""}`}
        rows={rows}
        value={text}
        onChange={(event) => onChange(event.target.value)}
      />
      {fault ? <div className="text-danger small">{fault}</div> : null}
    </>
  );
}
