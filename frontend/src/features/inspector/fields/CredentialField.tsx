import { useCallback, useEffect, useRef, useState } from "react";
import { messageOf } from "@/api/client";
import { useSession } from "@/session/session";
import { typedText } from "@/shared/json";
import type { UsableCredential } from "@/shared/types";
import { Combobox } from "@/shared/ui/Combobox";
import { Icon } from "@/shared/ui/Icon";
import { describedBy, FieldFrame, useFieldIds } from "./FieldFrame";
import type { FieldProps } from "./props";

/** On which the page of a new credential says what was made; see `site/credentials.ts`. */
const CHANNEL = "hookflow-credentials";

/** The credentials of the flow's owner, asked for when the field is shown and when the person comes back to it. */
function useCredentials() {
  const session = useSession();
  const [state, setState] = useState({ all: [] as UsableCredential[], isLoading: true, error: "" });
  const load = useCallback(() => {
    session.api.credentials().then(
      (all) => setState({ all, isLoading: false, error: "" }),
      (error) => setState((before) => ({ ...before, isLoading: false, error: messageOf(error) })),
    );
  }, [session]);
  useEffect(load, [load]);
  return { ...state, load };
}

/** Which credential the node uses, by name, and a way to make a new one. */
export function CredentialField({ spec, path, value, problems, onChange }: FieldProps) {
  const session = useSession();
  const ids = useFieldIds(path);
  const { all, isLoading, error, load } = useCredentials();
  const [search, setSearch] = useState("");
  const types = spec.ui.credentialTypes ?? [];
  const expectOne = useMade(types, (made) => {
    load();
    onChange(made);
  });
  const fitting = all.filter(({ type }) => types.length === 0 || types.includes(type));
  const name = typedText(value);
  const chosen = fitting.find((credential) => credential.name === name);
  const found = fitting.filter((one) =>
    `${one.name} ${one.type_label}`.toLowerCase().includes(search.toLowerCase().trim()),
  );
  const isMissing = name !== "" && !isLoading && !error && !chosen;
  return (
    <FieldFrame spec={spec} path={path} problems={problems}>
      <div className="hf-credential">
        {chosen ? <StateDot credential={chosen} /> : null}
        <div className="flex-fill">
          <Combobox
            id={ids.id}
            shown={name}
            placeholder="Choose a credential…"
            chosen={name || null}
            options={found.map((credential) => ({
              key: credential.name,
              label: credential.name,
              help: credential.is_platform
                ? `${credential.type_label}, of the platform`
                : credential.type_label,
              mark: <StateDot credential={credential} />,
            }))}
            isLoading={isLoading}
            isInvalid={problems.length > 0 || isMissing}
            described={describedBy(ids, spec, problems)}
            note={error ? <span className="text-danger">{error}</span> : null}
            footer={<MakeOne types={types} onOpen={expectOne} />}
            onOpen={load}
            onSearch={setSearch}
            onPick={onChange}
            onClear={name && !spec.isRequired && session.may.edit ? () => onChange(undefined) : undefined}
          />
        </div>
      </div>
      {chosen && TELLING.has(chosen.state) ? (
        <div className="hf-problems text-warning">
          <Icon name="alert-triangle" size={14} /> {chosen.state_text}{" "}
          <a href={`/credentials/${chosen.id}/`} target="_blank" rel="noopener noreferrer">
            Look at it
          </a>
        </div>
      ) : null}
      {isMissing ? (
        <div className="hf-problems text-danger" role="alert">
          There is no credential “{name}” of {types.length > 0 ? "a fitting type" : "this owner"}. Choose
          another one, or make it.
        </div>
      ) : null}
    </FieldFrame>
  );
}

const TELLING = new Set(["degraded", "unavailable", "misconfigured"]);

function StateDot({ credential }: { credential: UsableCredential }) {
  return (
    <span
      className={`hf-state-dot is-${credential.state}`}
      role="img"
      aria-label={credential.state}
      title={credential.state_text}
    />
  );
}

/** `expect()` says that a new one is being made in another tab; it is chosen once it is there. */
function useMade(types: readonly string[], onMade: (name: string) => void) {
  const latest = useRef(onMade);
  latest.current = onMade;
  const isExpected = useRef(false);
  const wanted = types.join(" ");
  useEffect(() => {
    const channel = new BroadcastChannel(CHANNEL);
    channel.onmessage = ({ data }) => {
      const fits = wanted === "" || wanted.split(" ").includes(data?.type);
      if (!isExpected.current || typeof data?.name !== "string" || !fits) return;
      isExpected.current = false;
      latest.current(data.name);
    };
    return () => channel.close();
  }, [wanted]);
  return useCallback(() => {
    isExpected.current = true;
  }, []);
}

/** Opens the form in a tab of its own. */
function MakeOne({ types, onOpen }: { types: readonly string[]; onOpen: () => void }) {
  const session = useSession();
  if (!session.may.makeCredentials) return null;
  const query = types.length === 1 ? `&type=${encodeURIComponent(types[0] ?? "")}` : "";
  return (
    <a
      className="hf-combobox-footer"
      href={`/credentials/new/?chosen=1${query}`}
      target="_blank"
      rel="noopener"
      onMouseDown={(event) => event.preventDefault()}
      onClick={onOpen}
    >
      <Icon name="plus" size={16} /> Make a new one
    </a>
  );
}
