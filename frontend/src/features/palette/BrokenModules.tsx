import { useEffect, useState } from "react";
import { useSession } from "@/session/session";
import type { BrokenModule } from "@/shared/types";
import { EntryText } from "@/shared/ui/EntryText";
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
        <div key={module} className="hf-entry is-unavailable text-break" title={error}>
          <span className="hf-node-icon">
            <Icon name="plug-off" size={18} />
          </span>
          <EntryText name={module} summary={`${name}: ${error}`} />
        </div>
      ))}
    </div>
  );
}
