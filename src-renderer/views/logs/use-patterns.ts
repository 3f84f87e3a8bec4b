import { computed, ref, type ComputedRef, type Ref } from 'vue';
import type { LogFilter } from '../../../src-preload/contract/log-filter.ts';
import type { LogPattern, PatternList } from '../../../src-preload/contract/logs.ts';
import type { TimeRange } from '../../../src-preload/contract/shared.ts';
import { useAnswer } from '../../bridge/use-answer.ts';
import type { CallState } from '../../bridge/use-call.ts';
import { orderedPatterns, type PatternOrder } from './patterns.ts';

export interface Patterns {
  answer: CallState<PatternList | undefined>;
  listed: ComputedRef<LogPattern[]>;
  order: Ref<PatternOrder>;
}

/** Time after which the answer is made of what was counted by then. */
const BUDGET_MS = 2000;
/** While lines come, the range moves every second: the list follows in steps of this. */
const STEP_MS = 15_000;

/**
 * The patterns of the range. Asked without the chosen pattern: the others stay in the list, to be chosen instead.
 * @param filter everything but the choice of patterns
 */
export function usePatterns(filter: () => LogFilter, range: () => TimeRange): Patterns {
  const order = ref<PatternOrder>('change');
  const steady = computed<TimeRange>(() => {
    const { from, to } = range();
    const step = Math.min(STEP_MS, Math.max(1000, (to - from) / 60));
    return { from: Math.floor(from / step) * step, to: Math.ceil(to / step) * step };
  });
  const answer = useAnswer(
    () => ({ filter: filter(), range: steady.value, limit: 100, budgetMs: BUDGET_MS }),
    (engine, input, options) => engine.logs.patterns(input, options),
  );
  return {
    answer,
    listed: computed(() => orderedPatterns(answer.data.value?.patterns ?? [], order.value)),
    order,
  };
}
