import { useEffect, useId, useState } from "react";
import { useStore } from "zustand";
import { messageOf } from "@/api/client";
import { useSession } from "@/session/session";
import type { Config, Hook } from "@/shared/types";
import { ask } from "@/shared/ui/confirm";
import { callLine, exampleBody } from "./callLine";

/** The address and the secret of the flow's webhook, and a line that calls it. */
export function HookPanel({ config }: { config: Config }) {
  const session = useSession();
  const flow = useStore(session.flow);
  const [hook, setHook] = useState<Hook | null>(null);
  const [secret, setSecret] = useState("");
  const [keepOldFor, setKeepOldFor] = useState("0s");
  const [error, setError] = useState("");
  // biome-ignore lint/correctness/useExhaustiveDependencies: publishing makes an address
  useEffect(() => {
    session.api.hook().then(setHook, (reason) => setError(messageOf(reason)));
  }, [session, flow.published_version]);
  const attempt = (work: () => Promise<void>) =>
    work().then(
      () => setError(""),
      (reason) => setError(messageOf(reason)),
    );
  const make = () => void attempt(async () => setHook(await session.api.makeHook()));
  const rotate = () =>
    void attempt(async () => {
      if (!(await isSure("Make a new secret"))) return;
      setSecret((await session.api.rotateHook({ keep_old_for: keepOldFor })).secret);
      setHook(await session.api.hook());
    });
  const take = (given: string, taken: () => void) =>
    void attempt(async () => {
      if (!(await isSure("Use this secret"))) return;
      setHook(await session.api.takeHookSecret(given, { keep_old_for: keepOldFor }));
      setSecret("");
      taken();
    });
  const endOld = () =>
    void attempt(async () => {
      const question = "End the secret before? Callers that still use it are refused from now on.";
      if (await ask(question, "End it")) setHook(await session.api.endOldHookSecret());
    });
  const isSure = async (action: string) =>
    !hook?.has_secret || (await ask(`${action}? The one in use ${ENDS[keepOldFor]}.`, action));
  if (!hook)
    return error ? (
      <div className="alert alert-danger py-2" role="alert">
        {error}
      </div>
    ) : null;
  return (
    <section className="hf-hook" aria-label="Calling this webhook">
      <h3 className="hf-heading">Calling it</h3>
      {error ? (
        <div className="alert alert-danger py-2" role="alert">
          {error}
        </div>
      ) : null}
      {hook.url ? (
        <Copied label="Address" text={hook.url} />
      ) : (
        <p>
          The address is made when the flow is published.{" "}
          {session.may.publish ? (
            <button type="button" className="btn btn-sm" onClick={make}>
              Make it now
            </button>
          ) : null}
        </p>
      )}
      {secret ? <Copied label="The new secret, shown this once" text={secret} /> : null}
      {secret ? null : (
        <p className="text-secondary small mb-2">
          {hook.has_secret
            ? "The secret is not shown again. Who lost it makes a new one."
            : "There is no secret yet: every call is refused."}
        </p>
      )}
      {hook.old_until ? <OldSecret until={hook.old_until} end={session.may.publish ? endOld : null} /> : null}
      {session.may.publish && hook.has_secret ? (
        <KeepOldSecret value={keepOldFor} change={setKeepOldFor} />
      ) : null}
      {session.may.publish ? (
        <button type="button" className="btn btn-sm mb-3" onClick={rotate}>
          {hook.has_secret ? "Make a new secret" : "Make the secret"}
        </button>
      ) : null}
      {session.may.publish ? <TakeSecret take={take} /> : null}
      {hook.url ? (
        <Copied
          label="Try it in a terminal"
          text={callLine({ url: hook.url, config, secret, body: exampleBody(config) })}
          isLong
        />
      ) : null}
      <Refused isPublished={flow.published_version != null} isOn={flow.is_enabled} />
    </section>
  );
}

/** What becomes of the secret in use once there is a new one, by how long it is kept. */
const ENDS: Record<string, string> = {
  "0s": "ends at once",
  "1h": "is taken for another hour",
  "24h": "is taken for another day",
  "7d": "is taken for another week",
};

function KeepOldSecret({ value, change }: { value: string; change: (value: string) => void }) {
  const id = useId();
  return (
    <div className="hf-field">
      <label className="form-label" htmlFor={id}>
        With a new one, the secret in use
      </label>
      <select id={id} className="form-select" value={value} onChange={(event) => change(event.target.value)}>
        {Object.entries(ENDS).map(([time, text]) => (
          <option key={time} value={time}>
            {text}
          </option>
        ))}
      </select>
    </div>
  );
}

function OldSecret({ until, end }: { until: string; end: (() => void) | null }) {
  return (
    <p className="small mb-2">
      The secret before is taken, too, until {new Date(until).toLocaleString("en-GB")}.{" "}
      {end ? (
        <button type="button" className="btn btn-sm" onClick={end}>
          End it now
        </button>
      ) : null}
    </p>
  );
}

/** Where the calling system issues its own secret, as Slack and Stripe do. */
function TakeSecret({ take }: { take: (given: string, taken: () => void) => void }) {
  const id = useId();
  const [given, setGiven] = useState("");
  return (
    <form
      className="hf-field"
      onSubmit={(event) => {
        event.preventDefault();
        take(given, () => setGiven(""));
      }}
    >
      <label className="form-label" htmlFor={id}>
        Secret from the other system
      </label>
      <div className="input-group">
        <input
          id={id}
          className="form-control"
          type="password"
          autoComplete="off"
          placeholder="Paste it here"
          value={given}
          onChange={(event) => setGiven(event.target.value)}
        />
        <button type="submit" className="btn btn-sm" disabled={!given.trim()}>
          Use it
        </button>
      </div>
    </form>
  );
}

function Refused({ isPublished, isOn }: { isPublished: boolean; isOn: boolean }) {
  if (isPublished && isOn) return null;
  return (
    <p className="text-warning small">
      Calls are refused until the flow is {isPublished ? "switched on" : "published and switched on"}.
    </p>
  );
}

/** A text to be copied; the site's own script does it, and says so. */
function Copied({ label, text, isLong = false }: { label: string; text: string; isLong?: boolean }) {
  const id = useId();
  return (
    <div className="hf-field">
      <div className="d-flex align-items-center">
        <span className="form-label flex-fill" id={`${id}-label`}>
          {label}
        </span>
        {isLong ? <CopyButton label={label} text={text} /> : null}
      </div>
      {isLong ? (
        <textarea
          className="form-control font-monospace hf-call"
          aria-labelledby={`${id}-label`}
          readOnly
          rows={Math.min(8, text.split("\n").length + 2)}
          value={text}
        />
      ) : (
        <div className="input-group">
          <input
            className="form-control font-monospace"
            aria-labelledby={`${id}-label`}
            readOnly
            value={text}
            onFocus={(event) => event.target.select()}
          />
          <CopyButton label={label} text={text} />
        </div>
      )}
    </div>
  );
}

function CopyButton({ label, text }: { label: string; text: string }) {
  return (
    <button type="button" className="btn btn-sm" data-copy={text} aria-label={`Copy: ${label}`}>
      Copy
    </button>
  );
}
