import { computed, onScopeDispose, ref, shallowRef, type ComputedRef, type Ref, type ShallowRef } from 'vue';
import type { Completion } from '../../../src-preload/contract/logs.ts';
import { useBridge } from '../../bridge/use-bridge.ts';
import { recentQueries } from './recent-queries.ts';

/** One thing to choose. */
export interface Suggestion {
  kind: Completion['kind'] | 'recent';
  text: string;
  lines?: number | undefined;
}

export interface CompletionState {
  suggestions: ShallowRef<readonly Suggestion[]>;
  /** Index of the marked one; -1 is none: Enter searches then. */
  active: Ref<number>;
  open: ComputedRef<boolean>;
  /** What is typed and where the caret stands. */
  ask: (text: string, caret: number) => void;
  close: () => void;
  move: (step: 1 | -1) => void;
  /** The text and caret once a suggestion is taken. */
  taken: (index: number) => { text: string; caret: number } | undefined;
}

/** A pause in typing; the engine answers in a few milliseconds. */
const RESTS_MS = 80;
const MAX_RECENT_SHOWN = 6;

/** What could stand at the caret: queries asked before while nothing is typed, names and values from the engine. */
export function useCompletion(): CompletionState {
  const bridge = useBridge();
  const suggestions = shallowRef<readonly Suggestion[]>([]);
  const active = ref(-1);
  let question = { text: '', from: 0, to: 0 };
  let timer: ReturnType<typeof setTimeout> | undefined;
  let running: AbortController | undefined;

  function close(): void {
    clearTimeout(timer);
    running?.abort();
    suggestions.value = [];
    active.value = -1;
  }

  function ask(text: string, caret: number): void {
    clearTimeout(timer);
    running?.abort();
    timer = setTimeout(() => void answer(text, caret), RESTS_MS);
  }

  async function answer(text: string, caret: number): Promise<void> {
    const mine = new AbortController();
    running = mine;
    const recent =
      text.trim() === ''
        ? recentQueries()
            .slice(0, MAX_RECENT_SHOWN)
            .map((each): Suggestion => ({ kind: 'recent', text: each }))
        : [];
    const found = await bridge
      .read((engine, options) => engine.logs.complete({ text, caret }, options), { signal: mine.signal })
      // What can't be completed can still be typed.
      .catch(() => undefined);
    if (mine.signal.aborted) return;
    const { from = 0, to = text.length, items = [] } = found ?? {};
    question = { text, from, to };
    const marked = suggestions.value[active.value]?.text;
    suggestions.value = [...recent, ...items.filter((item) => item.text !== text.slice(from, to))];
    // What was marked stays marked while it is still offered.
    active.value = suggestions.value.findIndex((each) => each.text === marked);
  }

  function move(step: 1 | -1): void {
    const count = suggestions.value.length;
    // One place more than there are suggestions: none.
    active.value = ((active.value + 1 + step + count + 1) % (count + 1)) - 1;
  }

  function taken(index: number): { text: string; caret: number } | undefined {
    const suggestion = suggestions.value[index];
    if (suggestion === undefined) return undefined;
    if (suggestion.kind === 'recent') return { text: suggestion.text, caret: suggestion.text.length };
    const { text, from, to } = question;
    // A value is done; behind a name its value follows.
    const behind = suggestion.kind === 'value' && !/^\s/.test(text.slice(to)) ? ' ' : '';
    const before = text.slice(0, from) + suggestion.text + behind;
    return { text: before + text.slice(to), caret: before.length };
  }

  onScopeDispose(close);
  return { suggestions, active, open: computed(() => suggestions.value.length > 0), ask, close, move, taken };
}
