import { computed } from 'vue';
import type { EngineClient } from './bridge.ts';
import { useCall, type CallState } from './use-call.ts';

/**
 * The newest answer to a question that changes with what is on screen. It is asked again whenever `question` reads
 * something else (compared by its content), and not at all while that is undefined; `data` is undefined then.
 */
export function useAnswer<Question, Answer>(
  question: () => Question | undefined,
  ask: (engine: EngineClient, question: Question, options: { signal: AbortSignal }) => Promise<Answer>,
  { timeoutMs }: { timeoutMs?: number } = {},
): CallState<Answer | undefined> {
  const asked = computed(question);
  const content = computed(() => JSON.stringify(asked.value));
  return useCall<Answer | undefined>(
    (engine, options) =>
      asked.value === undefined ? Promise.resolve(undefined) : ask(engine, asked.value, options),
    { on: [content], ...(timeoutMs === undefined ? {} : { timeoutMs }) },
  );
}
