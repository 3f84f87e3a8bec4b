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
import type { LogFilter, LogLine } from '../../../src-preload/contract/logs.ts';
import { visibleText, type HitFinder } from '../../ui/log-segments.ts';
import { matchesWords, parseTextQuery, wordFinder } from './query.ts';
import { compileExpression } from './regular-expression.ts';
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
  /** What is wrong with the expression; the last good query stays in force meanwhile. */
  problem: Ref<string | undefined>;
  /** A text is in force. */
  searching: ComputedRef<boolean>;
  /** What the stream shows: in highlight mode without the text. */
  shown: ComputedRef<LogFilter>;
  /** With the text, whatever the mode. */
  sought: ComputedRef<LogFilter>;
  /** Everything but severities, for the counts beside them. */
  counted: ComputedRef<LogFilter>;
  find: ShallowRef<HitFinder>;
  isHit: (line: LogLine) => boolean;
  /** Something hides lines. */
  narrowed: ComputedRef<boolean>;
  /** Takes the text as it stands, without waiting. */
  apply: () => void;
  clear: () => void;
}

interface InForce {
  text: string;
  regex: boolean;
  test: (text: string) => boolean;
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
  const problem = ref<string>();
  const inForce = shallowRef<InForce>(NOTHING);
  const find = shallowRef<HitFinder>(() => []);
  let timer: ReturnType<typeof setTimeout> | undefined;

  function put(next: InForce, finder: HitFinder): void {
    problem.value = undefined;
    find.value = finder;
    inForce.value = next;
  }

  async function takeExpression(source: string): Promise<void> {
    const compiled = await compileExpression(source);
    if (source !== text.value.trim() || !regex.value) return;
    if (compiled.ok) put({ text: source, regex: true, test: compiled.test }, compiled.find);
    else problem.value = compiled.problem;
  }

  function apply(): void {
    clearTimeout(timer);
    const source = text.value.trim();
    if (source === inForce.value.text && regex.value === inForce.value.regex && problem.value === undefined)
      return;
    if (source === '') put(NOTHING, () => []);
    else if (regex.value) void takeExpression(source);
    else {
      const words = parseTextQuery(source);
      put({ text: source, regex: false, test: (line) => matchesWords(words, line) }, wordFinder(words));
    }
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
    apply();
  }

  const counted = computed<LogFilter>(() => ({
    ...(sourceIds.value.length > 0 && { sourceIds: [...sourceIds.value] }),
    ...(address.value !== undefined && { address: address.value }),
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
  return {
    text,
    mode,
    regex,
    severities,
    sourceIds,
    address,
    problem,
    searching,
    shown: computed(() => (mode.value === 'filter' && searching.value ? sought.value : base.value)),
    sought,
    counted: computed(() =>
      searching.value
        ? { ...counted.value, text: inForce.value.text, regex: inForce.value.regex }
        : counted.value,
    ),
    find,
    isHit: (line) => searching.value && inForce.value.test(visibleText(line.text)),
    narrowed: computed(
      () =>
        (searching.value && mode.value === 'filter') ||
        severities.value.length > 0 ||
        sourceIds.value.length > 0 ||
        address.value !== undefined,
    ),
    apply,
    clear,
  };
}
