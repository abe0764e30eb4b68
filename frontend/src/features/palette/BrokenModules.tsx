import { useEffect, useState } from "react";
import { useSession } from "@/session/session";
import type { BrokenModule } from "@/shared/types";
import { Icon } from "@/shared/ui/Icon";

/** What of the installed packages the server could not load, for those who may edit flows. */
export function BrokenModules() {
  const { api, may } = useSession();
  const [modules, setModules] = useState<BrokenModule[]>([]);
  useEffect(() => {
    // Without the list the palette is as good as before.
    if (may.edit) api.brokenModules().then(setModules, () => undefined);
  }, [api, may.edit]);
  if (modules.length === 0) return null;
  return (
    <div>
      <h3 className="hf-heading">Unavailable</h3>
      {modules.map(({ module, package: name, error }) => (
        <div key={module} className="hf-entry is-unavailable" title={error}>
          <span className="hf-node-icon">
            <Icon name="plug-off" size={18} />
          </span>
          <span className="hf-entry-text">
            <span className="hf-entry-name text-break">{module}</span>
            <span className="hf-entry-summary text-break">
              {name}: {error}
            </span>
          </span>
        </div>
      ))}
    </div>
  );
}
