import type { NodeType } from "@/shared/types";
import { EntryText } from "@/shared/ui/EntryText";
import { Icon } from "@/shared/ui/Icon";

/** A node type as an entry of a list. */
export function TypeEntry({ type }: { type: NodeType }) {
  return (
    <>
      <span className="hf-node-icon">
        <Icon name={type.icon} size={18} />
      </span>
      <EntryText name={type.label} summary={type.summary} />
    </>
  );
}
