import { computed, onScopeDispose, ref, shallowRef, watch, type Ref, type ShallowRef } from 'vue';
import type { ScanProgress } from '../../../src-preload/contract/logs.ts';
import type { EngineClient } from '../../bridge/bridge.ts';
import { toEngineError, type EngineError } from '../../bridge/engine-error.ts';
import { useBridge } from '../../bridge/use-bridge.ts';

/** After so long the engine answers with what it has and is asked on. */
export const SLICE_MS = 400;

export interface ScanPosition {
  scanned: number;
  total: number;
}

export interface ScanState<Answer> {
  /** What is known so far: of the question in hand once its first slice is there, of the one before until then. */
  data: Readonly<ShallowRef<Answer | undefined>>;
  error: Readonly<ShallowRef<EngineError | undefined>>;
  loading: Readonly<Ref<boolean>>;
  /** Where a reading that takes more than one slice stands. */
  position: Readonly<ShallowRef<ScanPosition | undefined>>;
  cancel: () => void;
}

export interface ScanInput {
  cursor?: string;
  budgetMs: number;
}

/**
 * The answer to a question that may take the engine long, slice after slice, added up. Asked again whenever `question`
 * reads something else, and not at all while that is undefined. To cancel is to ask no more: what was found stays.
 */
export function useScan<Question, Answer extends ScanProgress>(
  question: () => Question | undefined,
  ask: (
    engine: EngineClient,
    input: Question & ScanInput,
    options: { signal: AbortSignal },
  ) => Promise<Answer>,
  add: (sum: Answer, slice: Answer) => Answer,
): ScanState<Answer> {
  const bridge = useBridge();
  const data = shallowRef<Answer>();
  const error = shallowRef<EngineError>();
  const loading = ref(false);
  const position = shallowRef<ScanPosition>();
  let current = new AbortController();

  function cancel(): void {
    current.abort();
    current = new AbortController();
    loading.value = false;
    position.value = undefined;
  }

  async function run(asked: Question): Promise<void> {
    cancel();
    const { signal } = current;
    loading.value = true;
    try {
      await slices(asked, signal);
      if (!signal.aborted) error.value = undefined;
    } catch (thrown) {
      if (!signal.aborted) error.value = toEngineError(thrown);
    }
    if (!signal.aborted) cancel();
  }

  async function slices(asked: Question, signal: AbortSignal): Promise<void> {
    let sum: Answer | undefined;
    let scanned = 0;
    for (let cursor: string | undefined; ;) {
      const input = { ...asked, budgetMs: SLICE_MS, ...(cursor !== undefined && { cursor }) };
      const slice = await bridge.read((engine, options) => ask(engine, input, options), { signal });
      if (signal.aborted) return;
      sum = sum === undefined ? slice : add(sum, slice);
      scanned += slice.scannedLines;
      data.value = sum;
      cursor = slice.cursor;
      if (cursor === undefined) return;
      position.value = { scanned, total: Math.max(scanned, sum.totalLines) };
    }
  }

  const asked = computed(question);
  const content = computed(() => JSON.stringify(asked.value));
  const generation = computed(() =>
    bridge.state.value.phase === 'up' ? bridge.state.value.generation : undefined,
  );
  const start = (): void => {
    if (asked.value !== undefined) void run(asked.value);
    else {
      cancel();
      data.value = undefined;
    }
  };
  watch(content, start, { immediate: true });
  // Another engine, or the same after it was away: what it answered before may be outdated.
  let answeredBy = generation.value;
  watch(generation, (now) => {
    if (now === undefined) return;
    const another = answeredBy !== undefined && answeredBy !== now;
    answeredBy = now;
    if (another || error.value !== undefined) start();
  });
  onScopeDispose(cancel);
  return { data, error, loading, position, cancel };
}
