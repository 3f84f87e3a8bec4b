import { onScopeDispose, ref, shallowRef, type Ref, type ShallowRef } from 'vue';
import type { Ask } from './bridge.ts';
import { toEngineError, type EngineError } from './engine-error.ts';
import { useBridge } from './use-bridge.ts';

export interface ActState {
  running: Readonly<Ref<boolean>>;
  /** Why the last act failed; gone when the next begins. */
  error: Readonly<ShallowRef<EngineError | undefined>>;
  /**
   * Does it, once: refused at once while the engine is down.
   * @returns the answer, or undefined when it failed and `error` says why
   */
  run: <Answer>(ask: Ask<Answer>, timeoutMs?: number) => Promise<Answer | undefined>;
}

/** Writes of a view. They are not cancelled with the view: what was begun is done. */
export function useAct(): ActState {
  const bridge = useBridge();
  const running = ref(false);
  const error = shallowRef<EngineError>();
  let under = 0;
  let left = false;
  onScopeDispose(() => (left = true));
  return {
    running,
    error,
    run: async (ask, timeoutMs) => {
      under += 1;
      running.value = true;
      error.value = undefined;
      try {
        return await bridge.act(ask, { timeoutMs });
      } catch (thrown) {
        if (!left) error.value = toEngineError(thrown);
        return undefined;
      } finally {
        under -= 1;
        running.value = under > 0;
      }
    },
  };
}
