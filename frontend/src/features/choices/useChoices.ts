import { useCallback, useEffect, useRef, useState } from "react";
import { isAbort, messageOf } from "@/api/client";
import { answerOf } from "@/api/errands";
import { nodeById } from "@/graph/model";
import { useDocument, useSession } from "@/session/session";
import type { Choice, Choices } from "@/shared/types";
import { inputsOf, withoutPlaces } from "./inputs";

export interface ListState {
  choices: Choice[];
  /** Whether there are more than these: searching asks the other system again. */
  isCut: boolean;
  isLoading: boolean;
  error: string;
}

const NOTHING: ListState = { choices: [], isCut: false, isLoading: false, error: "" };
const KEPT_MS = 60_000;
/** Lists that came in a moment ago, by the question: fields of the same kind need not ask again. */
const kept = new Map<string, { at: number; list: Choices }>();

/** The list of a field from an outside system. Nothing is asked before `load`. */
export function useChoices(nodeId: string, path: string, names: readonly string[]) {
  const session = useSession();
  const node = useDocument((document) => nodeById(document, nodeId));
  const config = node?.config ?? {};
  const question = JSON.stringify([node?.type, withoutPlaces(path), inputsOf(config, path, names)]);
  const [state, setState] = useState<ListState & { of: string }>({ ...NOTHING, of: "" });
  const asked = useRef<AbortController | null>(null);
  const latest = useRef({ config, type: node?.type ?? "" });
  latest.current = { config, type: node?.type ?? "" };

  useEffect(() => () => asked.current?.abort(), []);

  const load = useCallback(
    async (search = "") => {
      const key = question + JSON.stringify(search);
      asked.current?.abort();
      const known = kept.get(key);
      if (known && Date.now() - known.at < KEPT_MS) return setState(listed(known.list, question));
      const mine = new AbortController();
      asked.current = mine;
      setState((before) => ({
        ...(before.of === question ? before : NOTHING),
        isLoading: true,
        error: "",
        of: question,
      }));
      try {
        const { type, config: filled } = latest.current;
        const begun = session.api.choices({ type, config: filled, field: path, search }, mine.signal);
        const list = await answerOf<Choices>(session.api.client, begun, mine.signal);
        kept.set(key, { at: Date.now(), list });
        setState(listed(list, question));
      } catch (error) {
        if (mine.signal.aborted || isAbort(error)) return;
        setState({ ...NOTHING, error: messageOf(error), of: question });
      }
    },
    [session, path, question],
  );
  const isCurrent = state.of === question;
  return { ...(isCurrent ? state : NOTHING), isAsked: isCurrent, question, load };
}

function listed({ choices, is_cut }: Choices, of: string) {
  return { choices, isCut: is_cut, isLoading: false, error: "", of };
}
