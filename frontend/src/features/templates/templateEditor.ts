import {
  autocompletion,
  type CompletionContext,
  type CompletionResult,
  completionKeymap,
  startCompletion,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import {
  type Action,
  type Diagnostic,
  forEachDiagnostic,
  nextDiagnostic,
  setDiagnostics,
} from "@codemirror/lint";
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
import { completions, goesOn, offsetOf } from "@/graph/templates";
import type { Problem, ShapeSchema } from "@/shared/types";
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
  /** Underline what the server finds wrong with the text; the marks go along with edits until it is asked again. */
  mark: (problems: readonly Problem[]) => void;
  focus: () => void;
  destroy: () => void;
}

/** The editor of a `{{ }}` field: completion, problems underlined with a one-key repair. A chunk of its own. */
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
    mark: (problems) => view.dispatch(setDiagnostics(view.state, marks(view.state.doc.toString(), problems))),
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
        { key: "Alt-Enter", run: repairHere },
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
    options: found.options.map(({ text, shape: inner }) => ({
      label: text,
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

function marks(text: string, problems: readonly Problem[]): Diagnostic[] {
  return problems.flatMap(({ span, suggestion, severity, message, hint }) =>
    span
      ? [
          {
            from: offsetOf(text, span.start),
            to: offsetOf(text, span.end),
            severity,
            message: `${message} ${hint}`.trim(),
            actions: suggestion === null ? [] : [repair(suggestion)],
          },
        ]
      : [],
  );
}

function repair(suggestion: string): Action {
  return {
    name: `Use “${suggestion}” (Alt+Enter)`,
    apply: (view, from, to) =>
      view.dispatch({ changes: { from, to, insert: suggestion }, userEvent: "input.fix" }),
  };
}

/** The one-key repair: what is underlined at the cursor, else the first that can be repaired. */
function repairHere(view: EditorView): boolean {
  const found: { repair: Action; from: number; to: number }[] = [];
  forEachDiagnostic(view.state, ({ actions }, from, to) => {
    if (actions?.[0]) found.push({ repair: actions[0], from, to });
  });
  const { head } = view.state.selection.main;
  const chosen = found.find(({ from, to }) => from <= head && head <= to) ?? found[0];
  chosen?.repair.apply(view, chosen.from, chosen.to);
  return chosen !== undefined;
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
