import { useState } from "react";
import { useStore } from "zustand";
import { messageOf } from "@/api/client";
import type { RunApi } from "@/api/runs";
import { nodeName } from "@/graph/model";
import { useDocument, useSession } from "@/session/session";
import { timeLeft } from "@/shared/format";
import { useNow } from "@/shared/hooks/useNow";
import type { Wait } from "@/shared/types";
import { Icon } from "@/shared/ui/Icon";

/** How much of a wait is over, from 0 to 100; null where that cannot be told. */
export function share(wait: Pick<Wait, "since" | "until">, now: number): number | null {
  if (!wait.since || !wait.until) return null;
  const [since, until] = [Date.parse(wait.since), Date.parse(wait.until)];
  if (until <= since) return 100;
  return Math.min(100, Math.max(0, (100 * (now - since)) / (until - since)));
}

/** What the run waits for: how long still, and a button where a person may let it go on now. */
export function WaitBar({ api, mayRun }: { api: RunApi; mayRun: boolean }) {
  const session = useSession();
  const wait = useStore(session.live.run.store, (state) => state.run?.wait);
  if (wait?.reason === "review") return <Review node={wait.node} run={api.id} />;
  if (!wait || (!wait.countdown && wait.answers.length === 0)) return null;
  return <Waiting key={wait.node + wait.since} wait={wait} api={api} mayRun={mayRun} />;
}

/** People decide on the page of the task. */
function Review({ node, run }: { node: string; run: string }) {
  const name = useDocument((document) => nodeName(document, node));
  return (
    <section className="card hf-wait" aria-label="Waiting">
      <div className="card-body">
        <div className="hf-wait-text">
          <strong>{name}</strong> waits for review.
        </div>
        <a className="btn" href={`/reviews/?run=${run}`}>
          <Icon name="checks" size={16} /> Open the task
        </a>
      </div>
    </section>
  );
}

function Waiting({ wait, api, mayRun }: { wait: Wait; api: RunApi; mayRun: boolean }) {
  const name = useDocument((document) => nodeName(document, wait.node));
  const [isAsked, setIsAsked] = useState(false);
  const [error, setError] = useState("");
  const goOn = async (port: string) => {
    setIsAsked(true);
    setError("");
    try {
      await api.goOn(wait.node, port);
    } catch (problem) {
      setError(messageOf(problem));
      setIsAsked(false);
    }
  };
  return (
    <section className="card hf-wait" aria-label="Waiting">
      <div className="card-body">
        <div className="hf-wait-text">
          <strong>{name}</strong>
          {wait.countdown && wait.until ? <Countdown wait={wait} until={wait.until} /> : " waits."}
        </div>
        {mayRun
          ? wait.answers.map((port) => (
              <button
                key={port}
                type="button"
                className="btn"
                disabled={isAsked}
                onClick={() => void goOn(port)}
              >
                <Icon name="player-play" size={16} /> {port === "out" ? "Continue now" : port}
              </button>
            ))
          : null}
        {error ? (
          <p className="text-danger w-100 mb-0" role="alert">
            {error}
          </p>
        ) : null}
      </div>
    </section>
  );
}

function Countdown({ wait, until }: { wait: Wait; until: string }) {
  const now = useNow(true);
  const end = new Date(until);
  const passed = share(wait, now);
  return (
    <>
      {" goes on in "}
      <span className="hf-time-left" role="timer">
        {timeLeft(end.getTime() - now)}
      </span>
      <span className="text-secondary text-nowrap">, at {end.toLocaleString("en-GB")}</span>
      {passed === null ? null : (
        <progress
          className="progress progress-sm"
          max={100}
          value={passed}
          aria-label="Time that has passed"
        />
      )}
    </>
  );
}
