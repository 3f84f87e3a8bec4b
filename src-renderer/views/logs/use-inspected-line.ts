import { computed, type ComputedRef, type Ref } from 'vue';
import type { LineDetail, LogLine } from '../../../src-preload/contract/logs.ts';
import { useAnswer } from '../../bridge/use-answer.ts';
import type { CallState } from '../../bridge/use-call.ts';

/** Neighbours shown on either side. */
const CONTEXT_LINES = 20;

/** What is known of the selected line; nothing while the answers are still those of the line before. */
export function useInspectedLine(selected: Ref<string | undefined>): {
  detail: ComputedRef<LineDetail | undefined>;
  context: ComputedRef<LogLine[]>;
  error: CallState<unknown>['error'];
} {
  const detail = useAnswer(
    () => (selected.value === undefined ? undefined : { id: selected.value }),
    (engine, input, options) => engine.logs.line(input, options),
  );
  const context = useAnswer(
    () =>
      selected.value === undefined
        ? undefined
        : { id: selected.value, before: CONTEXT_LINES, after: CONTEXT_LINES },
    (engine, input, options) => engine.logs.context(input, options),
  );
  return {
    detail: computed(() => (detail.data.value?.line.id === selected.value ? detail.data.value : undefined)),
    context: computed(() => {
      const lines = context.data.value?.lines ?? [];
      return lines.some((line) => line.id === selected.value) ? lines : [];
    }),
    error: detail.error,
  };
}
