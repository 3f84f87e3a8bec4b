import { onScopeDispose, ref, shallowRef, watch, type Ref, type ShallowRef, type WatchSource } from 'vue';
import type { Ask } from './bridge.ts';
import { toEngineError, type EngineError } from './engine-error.ts';
import { useBridge } from './use-bridge.ts';

/** What loads faster than this needs no sign of it: a flicker is worse than a short wait. */
const LOADING_DELAY_MS = 300;

export interface CallState<Answer> {
  /** The newest answer; stays while a newer one is loaded and when that fails. */
  data: Readonly<ShallowRef<Answer | undefined>>;
  /** Why the newest call failed. */
  error: Readonly<ShallowRef<EngineError | undefined>>;
  /** A call has been under way for more than {@link LOADING_DELAY_MS}. */
  loading: Readonly<Ref<boolean>>;
  /** Asks anew; what is under way is cancelled. Never rejects. */
  refresh: () => Promise<void>;
  cancel: () => void;
}

export interface CallOptions {
  /** Asks anew whenever one of these changes. */
  on?: WatchSource[];
  /** False: asks only when `refresh` is called. */
  immediate?: boolean;
  timeoutMs?: number;
}

/** A read that belongs to a view: it is asked at set-up, again after the engine came back, and cancelled with the view. */
export function useCall<Answer>(ask: Ask<Answer>, options: CallOptions = {}): CallState<Answer> {
  const bridge = useBridge();
  const data = shallowRef<Answer>();
  const error = shallowRef<EngineError>();
  const loading = ref(false);
  let current: AbortController | undefined;
  let loadingTimer: ReturnType<typeof setTimeout> | undefined;

  const settle = (): void => {
    clearTimeout(loadingTimer);
    loading.value = false;
    current = undefined;
  };

  const cancel = (): void => {
    current?.abort();
    settle();
  };

  const refresh = async (): Promise<void> => {
    const again = loading.value;
    current?.abort();
    clearTimeout(loadingTimer);
    const mine = new AbortController();
    current = mine;
    if (!again) loadingTimer = setTimeout(() => (loading.value = true), LOADING_DELAY_MS);
    try {
      const answer = await bridge.read(ask, { signal: mine.signal, timeoutMs: options.timeoutMs });
      if (current !== mine) return;
      data.value = answer;
      error.value = undefined;
    } catch (thrown) {
      // Cancelled by a newer call or by the view: nobody's error.
      if (current !== mine) return;
      error.value = toEngineError(thrown);
    }
    settle();
  };

  const generation = (): number | undefined => {
    const state = bridge.state.value;
    return state.phase === 'up' ? state.generation : undefined;
  };
  let asked = options.immediate !== false;
  if (asked) void refresh();
  if (options.on !== undefined)
    watch(options.on, () => {
      asked = true;
      void refresh();
    });
  let answeredBy = generation();
  watch(generation, (now) => {
    if (now === undefined) return;
    // The first engine: the call made at set-up is waiting for it.
    const another = answeredBy !== undefined && answeredBy !== now;
    answeredBy = now;
    if (asked && (another || error.value !== undefined)) void refresh();
  });
  onScopeDispose(cancel);
  return {
    data,
    error,
    loading,
    refresh: () => {
      asked = true;
      return refresh();
    },
    cancel,
  };
}
