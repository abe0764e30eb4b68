import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import { loadTemplateEditor } from "@/features/templates/loadEditor";
import { PreviewLine } from "@/features/templates/PreviewLine";
import type { TemplateEditor } from "@/features/templates/templateEditor";
import { useChecks, useSession } from "@/session/session";
import { typedText } from "@/shared/json";
import { useForm } from "../formContext";
import { describedBy, FieldFrame, useFieldIds } from "./FieldFrame";
import type { FieldProps } from "./props";

/** Text with `{{ }}`. A plain textarea until it is used; then the editor with completion takes its place. */
export function TemplateField({ spec, path, value, problems, onChange }: FieldProps) {
  const session = useSession();
  const { shape, nodeId } = useForm();
  // Not those of the form: in a new node these keep quiet until the field was left.
  const found = useChecks((state) => state.problems);
  const ids = useFieldIds(path);
  const area = useRef<HTMLTextAreaElement>(null);
  const host = useRef<HTMLDivElement>(null);
  const editor = useRef<TemplateEditor | null>(null);
  const wantsFocus = useRef(false);
  const [isRich, setIsRich] = useState(false);
  const text = typedText(value);
  const change = (next: string) => onChange(stored(next));
  const latest = useRef({ change, shape, text });
  latest.current = { change, shape, text };

  function stored(next: string): unknown {
    if (spec.slot === "integer" && /^(0|-?[1-9]\d{0,14})$/.test(next)) return Number(next);
    return next === "" && !spec.isRequired ? undefined : next;
  }

  const upgrade = useCallback(async () => {
    const { mountTemplateEditor } = await loadTemplateEditor();
    const parent = host.current;
    const plain = area.current;
    if (!parent || editor.current) return;
    wantsFocus.current = plain !== null && document.activeElement === plain;
    editor.current = mountTemplateEditor({
      parent,
      text: latest.current.text,
      cursor: plain?.selectionEnd ?? latest.current.text.length,
      isMultiline: spec.isMultiline,
      nonce: session.nonce,
      labelledBy: ids.labelId,
      describedBy: `${ids.problemId} ${ids.helpId}`,
      field: path,
      shape: () => latest.current.shape,
      onChange: (next) => latest.current.change(next),
      onBlur: () => session.documents.getState().endBurst(),
    });
    setIsRich(true);
  }, [session, ids.labelId, ids.problemId, ids.helpId, path, spec.isMultiline]);

  // Only when the host is on the page can it take the focus over from the textarea, whose end leaves it nowhere. Who has
  // gone on to another field meanwhile stays there.
  useLayoutEffect(() => {
    const isNowhere = document.activeElement === null || document.activeElement === document.body;
    if (isRich && wantsFocus.current && isNowhere) editor.current?.focus();
  }, [isRich]);
  useEffect(() => () => editor.current?.destroy(), []);
  useEffect(() => editor.current?.setText(text), [text]);
  useEffect(() => {
    // With each answer of the server and no oftener: only then is the text what it was asked about.
    if (isRich)
      editor.current?.mark(found.filter((problem) => problem.node === nodeId && problem.field === path));
  }, [found, isRich, nodeId, path]);

  return (
    <FieldFrame spec={spec} path={path} problems={problems} text={text} onRepair={change}>
      {isRich ? null : (
        <textarea
          ref={area}
          id={ids.id}
          className={`form-control hf-template ${problems.length > 0 ? "is-invalid" : ""}`}
          rows={spec.isMultiline ? 5 : 1}
          spellCheck={false}
          placeholder={spec.ui.placeholder ?? typedText(spec.schema.default)}
          value={text}
          {...describedBy(ids, spec, problems)}
          onFocus={() => void upgrade()}
          onChange={(event) => latest.current.change(event.target.value)}
        />
      )}
      <div
        ref={host}
        hidden={!isRich}
        className={`form-control hf-template-host ${spec.isMultiline ? "is-multiline" : ""} ${problems.length > 0 ? "is-invalid" : ""}`}
      />
      {nodeId && text.includes("{{") ? <PreviewLine node={nodeId} field={path} text={text} /> : null}
    </FieldFrame>
  );
}
