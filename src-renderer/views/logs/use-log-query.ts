import {
  computed,
  onScopeDispose,
  ref,
  shallowRef,
  watch,
  type ComputedRef,
  type Ref,
  type ShallowRef,
} from 'vue';
import type { LogFilter } from '../../../src-preload/contract/log-filter.ts';
import type { LogLine } from '../../../src-preload/contract/logs.ts';
import { visibleText, type HitFinder } from '../../ui/log-segments.ts';
import { readQuery, type QueryReading } from './query.ts';
import type { Severity } from './severity.ts';

/** filter: only lines that match are shown. highlight: all are, matches are marked. */
export type QueryMode = 'filter' | 'highlight';

export interface LogQuery {
  /** As typed; takes effect once typing rests. */
  text: Ref<string>;
  mode: Ref<QueryMode>;
  regex: Ref<boolean>;
  severities: Ref<Severity[]>;
  sourceIds: Ref<string[]>;
  address: Ref<string | undefined>;
  /** Id of the one pattern shown. */
  pattern: Ref<string | undefined>;
  /** Ids of patterns whose lines are hidden. */
  hiddenPatterns: Ref<string[]>;
  /** What is wrong with what was typed; the last good query stays in force meanwhile. */
  problem: ShallowRef<QueryProblem | undefined>;
  /** A text is in force. */
  searching: ComputedRef<boolean>;
  /** What the stream shows: in highlight mode without the text. */
  shown: ComputedRef<LogFilter>;
  /** With the text, whatever the mode. */
  sought: ComputedRef<LogFilter>;
  /** What the stream shows, of whatever pattern. */
  ofAnyPattern: ComputedRef<LogFilter>;
  /** Everything but severities, for the counts beside them. */
  counted: ComputedRef<LogFilter>;
  find: ShallowRef<HitFinder>;
  /** undefined: only the engine knows. */
  isHit: (line: LogLine) => boolean | undefined;
  /** Something hides lines. */
  narrowed: ComputedRef<boolean>;
  /** Takes the text as it stands, without waiting. */
  apply: () => void;
  clear: () => void;
  /** Asks for this alone. */
  replace: (asked: { text?: string; address?: string }) => void;
  /** Adds a term behind what is typed, unless it stands there already, and takes it at once. */
  addTerm: (term: string) => void;
}

/** Locale key and parameters of what is wrong. */
export interface QueryProblem {
  key: string;
  parameters: Record<string, string | number>;
}

interface InForce {
  text: string;
  regex: boolean;
  test: (text: string) => boolean | undefined;
}

const TYPING_RESTS_MS = 250;
const NOTHING: InForce = { text: '', regex: false, test: () => false };

export function useLogQuery(): LogQuery {
  const text = ref('');
  const mode = ref<QueryMode>('filter');
  const regex = ref(false);
  const severities = ref<Severity[]>([]);
  const sourceIds = ref<string[]>([]);
  const address = ref<string>();
  const pattern = ref<string>();
  const hiddenPatterns = ref<string[]>([]);
  const problem = shallowRef<QueryProblem>();
  const inForce = shallowRef<InForce>(NOTHING);
  const find = shallowRef<HitFinder>(() => []);
  let timer: ReturnType<typeof setTimeout> | undefined;

  function put(next: InForce, finder: HitFinder): void {
    problem.value = undefined;
    find.value = finder;
    inForce.value = next;
  }

  function take(source: string, asExpression: boolean, reading: QueryReading): void {
    if (source !== text.value.trim() || asExpression !== regex.value) return;
    switch (reading.kind) {
      case 'nothing':
        put(NOTHING, () => []);
        break;
      case 'ready':
        put({ text: source, regex: asExpression, test: reading.query.test }, reading.query.find);
        break;
      case 'fault': {
        const { kind, from, found } = reading.fault;
        problem.value = { key: `search.fault.${kind}`, parameters: { place: from + 1, found } };
        break;
      }
      case 'badExpression':
        problem.value = { key: 'logs.query.invalid', parameters: { problem: reading.problem } };
    }
  }

  function apply(): void {
    clearTimeout(timer);
    const [source, asExpression] = [text.value.trim(), regex.value];
    const same = source === inForce.value.text && asExpression === inForce.value.regex;
    if (same && problem.value === undefined) return;
    const reading = readQuery(source, asExpression);
    if (reading instanceof Promise) void reading.then((read) => take(source, asExpression, read));
    else take(source, asExpression, reading);
  }

  function addTerm(term: string): void {
    const terms = text.value.trim();
    if (regex.value) regex.value = false;
    if (!` ${terms} `.includes(` ${term} `)) text.value = terms === '' ? term : `${terms} ${term}`;
    apply();
  }

  watch(text, () => {
    clearTimeout(timer);
    timer = setTimeout(apply, TYPING_RESTS_MS);
  });
  watch(regex, apply);
  onScopeDispose(() => clearTimeout(timer));

  function clear(): void {
    text.value = '';
    severities.value = [];
    sourceIds.value = [];
    address.value = undefined;
    pattern.value = undefined;
    hiddenPatterns.value = [];
    apply();
  }

  function replace(asked: { text?: string; address?: string }): void {
    clear();
    text.value = asked.text ?? '';
    regex.value = false;
    address.value = asked.address;
    apply();
  }

  const counted = computed<LogFilter>(() => ({
    ...(sourceIds.value.length > 0 && { sourceIds: [...sourceIds.value] }),
    ...(address.value !== undefined && { address: address.value }),
    ...(pattern.value !== undefined && { pattern: pattern.value }),
    ...(hiddenPatterns.value.length > 0 && { withoutPatterns: [...hiddenPatterns.value] }),
  }));
  const base = computed<LogFilter>(() => ({
    ...counted.value,
    ...(severities.value.length > 0 && { severities: [...severities.value] }),
  }));
  const sought = computed<LogFilter>(() => ({
    ...base.value,
    text: inForce.value.text,
    regex: inForce.value.regex,
  }));
  const searching = computed(() => inForce.value.text !== '');
  const shown = computed(() => (mode.value === 'filter' && searching.value ? sought.value : base.value));
  return {
    text,
    mode,
    regex,
    severities,
    sourceIds,
    address,
    pattern,
    hiddenPatterns,
    problem,
    searching,
    shown,
    ofAnyPattern: computed(() => {
      const { pattern: _chosen, ...rest } = shown.value;
      return rest;
    }),
    sought,
    counted: computed(() =>
      searching.value
        ? { ...counted.value, text: inForce.value.text, regex: inForce.value.regex }
        : counted.value,
    ),
    find,
    // Where only matches are shown, each line is one.
    isHit: (line) =>
      searching.value && (mode.value === 'filter' || inForce.value.test(visibleText(line.text))),
    narrowed: computed(
      () =>
        (searching.value && mode.value === 'filter') ||
        severities.value.length > 0 ||
        sourceIds.value.length > 0 ||
        address.value !== undefined ||
        pattern.value !== undefined ||
        hiddenPatterns.value.length > 0,
    ),
    apply,
    clear,
    replace,
    addTerm,
  };
}
