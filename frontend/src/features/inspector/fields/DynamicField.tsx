import { useContext, useEffect, useState } from "react";
import { useChoices } from "@/features/choices/useChoices";
import { useSession } from "@/session/session";
import { useDebounced } from "@/shared/hooks/useDebounced";
import { typedText } from "@/shared/json";
import { Combobox } from "@/shared/ui/Combobox";
import { useForm, WidgetContext } from "../formContext";
import { describedBy, FieldFrame, useFieldIds } from "./FieldFrame";
import type { FieldProps } from "./props";

const SEARCH_MS = 300;

/** One of a list that an outside system gives, or whatever the field takes otherwise, such as a template. */
export function DynamicField(props: FieldProps) {
  const { spec, value } = props;
  const { nodeId } = useForm();
  const session = useSession();
  const Free = useContext(WidgetContext)[spec.freeKind ?? "text"];
  const [isFree, setIsFree] = useState(() => typedText(value).includes("{{"));
  if (!nodeId || !session.may.edit) return <Free {...props} />;
  return (
    <>
      {isFree ? <Free {...props} /> : <Listed {...props} nodeId={nodeId} />}
      <button
        type="button"
        className="btn btn-sm btn-ghost-secondary hf-swap"
        onClick={() => setIsFree(!isFree)}
      >
        {isFree ? "Choose from the list" : spec.slot ? "Write a template instead" : "Write it instead"}
      </button>
    </>
  );
}

function Listed({ spec, path, value, problems, onChange, nodeId }: FieldProps & { nodeId: string }) {
  const ids = useFieldIds(path);
  const { question, load, ...list } = useChoices(nodeId, path, spec.ui.choicesFrom ?? []);
  const [search, setSearch] = useState("");
  const wanted = useDebounced(search, SEARCH_MS);
  const isSet = value !== undefined && value !== null && value !== "";
  const chosen = list.choices.find((choice) => choice.value === value);
  const isStrange = isSet && list.isAsked && !list.isLoading && !list.error && !chosen && search === "";

  // The label of what is stored; asked anew when what the list depends on has changed.
  // biome-ignore lint/correctness/useExhaustiveDependencies: `load` changes with the question
  useEffect(() => {
    if (isSet) void load();
  }, [question]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what was typed asks again
  useEffect(() => {
    if (wanted && (list.isCut || list.choices.length === 0)) void load(wanted);
  }, [wanted]);

  const words = search.toLowerCase().trim();
  const found = list.choices.filter((choice) =>
    `${choice.label} ${choice.help}`.toLowerCase().includes(words),
  );
  return (
    <FieldFrame spec={spec} path={path} problems={problems}>
      <Combobox
        id={ids.id}
        shown={isSet ? (chosen?.label ?? typedText(value)) : ""}
        placeholder={spec.ui.placeholder ?? "Choose…"}
        chosen={isSet ? JSON.stringify(value) : null}
        options={found.map((choice) => ({
          key: JSON.stringify(choice.value),
          label: choice.label,
          help: choice.help,
        }))}
        isLoading={list.isLoading}
        isInvalid={problems.length > 0 || isStrange}
        described={describedBy(ids, spec, problems)}
        note={
          list.error ? <Fault text={list.error} /> : list.isCut ? "There are more: type to search." : null
        }
        onOpen={() => void load()}
        onSearch={setSearch}
        onPick={(key) => onChange(JSON.parse(key))}
        onClear={isSet && !spec.isRequired ? () => onChange(undefined) : undefined}
      />
      {list.error && isSet ? (
        <div className="hf-problems text-warning">The name of this value is not known: {list.error}</div>
      ) : null}
      {isStrange && !list.isCut ? (
        <div className="hf-problems text-danger" role="alert">
          “{typedText(value)}” is not in the list any more.{" "}
          <button
            type="button"
            className="btn btn-sm"
            onClick={() => onChange(spec.isRequired ? "" : undefined)}
          >
            Empty the field
          </button>
        </div>
      ) : null}
    </FieldFrame>
  );
}

const Fault = ({ text }: { text: string }) => <span className="text-danger">{text}</span>;
