import {
  autocompletion,
  type CompletionContext,
  type CompletionResult,
  completionKeymap,
  startCompletion,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { type Diagnostic, forceLinting, linter, nextDiagnostic } from "@codemirror/lint";
import { EditorState, type Extension, Prec, Transaction } from "@codemirror/state";
import {
  Decoration,
  type DecorationSet,
  EditorView,
  keymap,
  MatchDecorator,
  ViewPlugin,
  type ViewUpdate,
} from "@codemirror/view";
import { typeName } from "@/graph/shapes";
import { completions, goesOn, unknownFields } from "@/graph/templates";
import type { ShapeSchema } from "@/shared/types";
import { INSERT_EVENT } from "./insertEvent";

export interface TemplateEditorOptions {
  parent: HTMLElement;
  text: string;
  cursor: number;
  isMultiline: boolean;
  nonce: string;
  labelledBy: string;
  describedBy: string;
  field: string;
  shape: () => ShapeSchema | null;
  onChange: (text: string) => void;
  onBlur: () => void;
}

export interface TemplateEditor {
  setText: (text: string) => void;
  /** The fields that there are have changed. */
  recheck: () => void;
  focus: () => void;
  destroy: () => void;
}

/** The editor of a `{{ }}` field: completion, unknown fields underlined with a one-key repair. A chunk of its own. */
export function mountTemplateEditor(options: TemplateEditorOptions): TemplateEditor {
  const view = new EditorView({
    parent: options.parent,
    state: EditorState.create({
      doc: options.text,
      selection: { anchor: Math.min(options.cursor, options.text.length) },
      extensions: extensions(options),
    }),
  });
  return {
    setText: (text) => {
      if (text === view.state.doc.toString()) return;
      view.dispatch({
        changes: { from: 0, to: view.state.doc.length, insert: text },
        annotations: [Transaction.addToHistory.of(false), Transaction.userEvent.of("sync")],
      });
    },
    recheck: () => forceLinting(view),
    focus: () => view.focus(),
    destroy: () => view.destroy(),
  };
}

function extensions(options: TemplateEditorOptions): Extension[] {
  const oneLine = EditorState.transactionFilter.of((transaction) =>
    transaction.newDoc.lines > 1
      ? [transaction, { changes: joinLines(transaction), sequential: true }]
      : transaction,
  );
  return [
    options.nonce ? EditorView.cspNonce.of(options.nonce) : [],
    history(),
    Prec.high(
      keymap.of([
        ...completionKeymap,
        { key: "F8", run: nextDiagnostic },
        { key: "Alt-Enter", run: repairHere(options) },
      ]),
    ),
    keymap.of([...historyKeymap, ...defaultKeymap]),
    EditorView.lineWrapping,
    EditorView.theme({ "&.cm-focused": { outline: "none" } }),
    options.isMultiline ? [] : oneLine,
    EditorView.contentAttributes.of({
      "aria-labelledby": options.labelledBy,
      "aria-describedby": options.describedBy,
      "data-template-field": options.field,
      spellcheck: "false",
    }),
    highlight,
    autocompletion({ override: [(context) => complete(context, options.shape())], icons: false }),
    linter((view) => diagnose(view.state.doc.toString(), options.shape()), { delay: 150 }),
    EditorView.updateListener.of((update) => listen(update, options)),
    EditorView.domEventHandlers({ blur: () => options.onBlur() }),
    EditorView.domEventObservers({
      [INSERT_EVENT]: (event, view) => {
        if (event instanceof CustomEvent) insertAtCursor(view, String(event.detail));
      },
    }),
  ];
}

function listen(update: ViewUpdate, options: TemplateEditorOptions): void {
  if (!update.docChanged) return;
  if (update.transactions.some((transaction) => transaction.isUserEvent("sync"))) return;
  options.onChange(update.state.doc.toString());
  if (justOpened(update)) startCompletion(update.view);
}

/** `{{` or a dot inside of braces was typed: show what can follow. */
function justOpened(update: ViewUpdate): boolean {
  if (!update.transactions.some((transaction) => transaction.isUserEvent("input"))) return false;
  const { head } = update.state.selection.main;
  const before = update.state.sliceDoc(Math.max(0, head - 2), head);
  return before === "{{" || before.endsWith(".") || before.endsWith("[");
}

function joinLines(transaction: Transaction): { from: number; to: number; insert: string }[] {
  const text = transaction.newDoc.toString();
  return [...text.matchAll(/\n/g)].map((found) => ({ from: found.index, to: found.index + 1, insert: " " }));
}

function complete(context: CompletionContext, shape: ShapeSchema | null): CompletionResult | null {
  if (!shape) return null;
  const found = completions(context.state.doc.toString(), context.pos, shape);
  if (!found) return null;
  const after = context.state.sliceDoc(context.pos, context.pos + 40);
  const isClosed = /^[^{]*?\}\}/.test(after);
  return {
    from: found.from,
    options: found.options.map(({ text, label, shape: inner }) => ({
      label,
      detail: typeName(inner),
      info: inner.description || undefined,
      apply: (view: EditorView, _: unknown, from: number, to: number) =>
        insert(view, goesOn(inner) ? `${text}.` : text, from, to, isClosed),
    })),
  };
}

/** Write the field and, where the braces are still open, close them; the cursor stays where one of an object is chosen. */
function insert(view: EditorView, text: string, from: number, to: number, isClosed: boolean): void {
  const lead = view.state.sliceDoc(from - 2, from) === "{{" ? " " : "";
  const end = isClosed ? "" : " }}";
  const isWhole = !text.endsWith(".");
  view.dispatch({
    changes: { from, to, insert: `${lead}${text}${end}` },
    selection: { anchor: from + lead.length + text.length + (isWhole ? end.length : 0) },
    userEvent: "input.complete",
  });
}

/** Put a text where the cursor is, as if it were typed. */
function insertAtCursor(view: EditorView, text: string): void {
  view.dispatch(view.state.replaceSelection(text), { userEvent: "input.paste" });
  view.focus();
}

function diagnose(text: string, shape: ShapeSchema | null): Diagnostic[] {
  return unknownFields(text, shape).map(({ start, end, message, severity, replacement }) => ({
    from: start,
    to: end,
    severity,
    message,
    actions: replacement
      ? [
          {
            name: `Use “${replacement}” (Alt+Enter)`,
            apply: (view: EditorView, from: number, to: number) =>
              view.dispatch({ changes: { from, to, insert: replacement }, userEvent: "input.fix" }),
          },
        ]
      : [],
  }));
}

/** The one-key repair: the unknown field at the cursor, else the first one. */
function repairHere(options: TemplateEditorOptions) {
  return (view: EditorView): boolean => {
    const unknown = unknownFields(view.state.doc.toString(), options.shape()).filter(
      (field) => field.replacement,
    );
    const { head } = view.state.selection.main;
    const chosen = unknown.find((field) => field.start <= head && head <= field.end) ?? unknown[0];
    if (!chosen?.replacement) return false;
    view.dispatch({
      changes: { from: chosen.start, to: chosen.end, insert: chosen.replacement },
      userEvent: "input.fix",
    });
    return true;
  };
}

const braces = new MatchDecorator({
  regexp: /\{\{.*?\}\}/g,
  decoration: Decoration.mark({ class: "hf-expression" }),
});

const highlight = ViewPlugin.fromClass(
  class {
    decorations: DecorationSet;
    constructor(view: EditorView) {
      this.decorations = braces.createDeco(view);
    }
    update(update: ViewUpdate) {
      this.decorations = braces.updateDeco(update, this.decorations);
    }
  },
  { decorations: (plugin) => plugin.decorations },
);
