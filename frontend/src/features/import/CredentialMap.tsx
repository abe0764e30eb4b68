import type { ImportPreview } from "@/shared/types";

interface Props {
  needed: ImportPreview["credentials"];
  chosen: Record<string, string>;
  onChoose: (chosen: Record<string, string>) => void;
}

/** The credentials that a document names and that are not here, each with those that could take its place. */
export function CredentialMap({ needed, chosen, onChoose }: Props) {
  const missing = needed.filter((credential) => !credential.known);
  if (missing.length === 0) return null;
  return (
    <fieldset className="mb-3">
      <legend className="hf-heading">Credentials</legend>
      {missing.map(({ name, choices }) => (
        <div key={name} className="mb-2">
          <label className="form-label">
            In the place of “{name}”
            <select
              className="form-select mt-1"
              value={chosen[name] ?? ""}
              disabled={choices.length === 0}
              onChange={(event) => onChoose({ ...chosen, [name]: event.target.value })}
            >
              <option value="">
                {choices.length === 0 ? "There is none that fits yet" : "Choose later"}
              </option>
              {choices.map((choice) => (
                <option key={choice}>{choice}</option>
              ))}
            </select>
          </label>
        </div>
      ))}
    </fieldset>
  );
}

/** What was chosen, without what is left for later. */
export function chosenOnly(chosen: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(chosen).filter(([, name]) => name !== ""));
}
