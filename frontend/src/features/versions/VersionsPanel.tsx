import { useEffect, useState } from "react";
import { useStore } from "zustand";
import { messageOf } from "@/api/client";
import { discard, restore } from "@/session/publishing";
import { useSession } from "@/session/session";
import { relativeTime } from "@/shared/format";
import type { FlowVersion } from "@/shared/types";
import { Icon } from "@/shared/ui/Icon";

/** What was published, when and by whom; compare with the draft, bring back, export. */
export function VersionsPanel() {
  const session = useSession();
  const flow = useStore(session.flow);
  const [versions, setVersions] = useState<FlowVersion[] | null>(null);
  const [error, setError] = useState("");
  // biome-ignore lint/correctness/useExhaustiveDependencies: publishing adds a version
  useEffect(() => {
    session.api.versions().then(setVersions, (reason) => setError(messageOf(reason)));
  }, [session, flow.published_version]);
  const ui = session.ui.getState();
  const compare = async (from: string, to: string) => {
    await session.saver.flush();
    ui.show({ kind: "diff", from, to });
  };
  return (
    <div className="hf-panel-body">
      <div className="hf-version">
        <div className="flex-fill">
          <strong>Draft</strong>
          <div className="text-secondary small">What you see on the canvas.</div>
        </div>
        <a className="btn btn-sm" href={session.api.exportUrl("draft")} download>
          <Icon name="file-export" size={16} /> Export
        </a>
        {flow.published_version != null ? (
          <>
            <button
              type="button"
              className="btn btn-sm"
              onClick={() => void compare(String(flow.published_version), "draft")}
            >
              <Icon name="git-compare" size={16} /> Changes
            </button>
            {session.may.edit ? (
              <button
                type="button"
                className="btn btn-sm btn-outline-danger"
                onClick={() => void discard(session)}
              >
                Discard
              </button>
            ) : null}
          </>
        ) : null}
      </div>
      {error ? <div className="alert alert-danger">{error}</div> : null}
      {versions?.length === 0 ? <p className="text-secondary">Nothing is published yet.</p> : null}
      {versions?.map((version) => (
        <div key={version.number} className="hf-version">
          <div className="flex-fill">
            <strong>Version {version.number}</strong>{" "}
            {version.number === flow.published_version ? (
              <span className="badge bg-green-lt">published</span>
            ) : null}
            <div className="text-secondary small">
              {version.published_by || "Someone"}, {relativeTime(version.published_at)}
              {version.comment ? <> · {version.comment}</> : null}
            </div>
          </div>
          <button
            type="button"
            className="btn btn-sm"
            onClick={() => void compare(String(version.number), "draft")}
          >
            Compare
          </button>
          {session.may.edit ? (
            <button
              type="button"
              className="btn btn-sm"
              onClick={() => void restore(session, version.number)}
            >
              Restore
            </button>
          ) : null}
        </div>
      ))}
    </div>
  );
}
