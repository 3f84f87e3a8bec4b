import { onScopeDispose, ref, watch, type Ref } from 'vue';

const TICK_MS = 250;

/** Milliseconds that something has been under way; 0 when it is not. */
export function useElapsed(busy: () => boolean): Ref<number> {
  const elapsed = ref(0);
  let timer: ReturnType<typeof setInterval> | undefined;
  watch(
    busy,
    (now) => {
      clearInterval(timer);
      elapsed.value = 0;
      if (!now) return;
      const started = performance.now();
      timer = setInterval(() => (elapsed.value = performance.now() - started), TICK_MS);
    },
    { immediate: true },
  );
  onScopeDispose(() => clearInterval(timer));
  return elapsed;
}
