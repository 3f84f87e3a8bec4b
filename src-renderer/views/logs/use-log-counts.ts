import { computed, type ComputedRef, type Ref } from 'vue';
import type { HistogramBucket, ScanProgress } from '../../../src-preload/contract/logs.ts';
import type { TimeRange } from '../../../src-preload/contract/shared.ts';
import { useAnswer } from '../../bridge/use-answer.ts';
import type { CallState } from '../../bridge/use-call.ts';
import { addHistograms, countBySeverity } from './severity-counts.ts';
import { SEVERITIES, type Severity } from './severity.ts';
import type { LogQuery } from './use-log-query.ts';
import { useScan, type ScanState } from './use-scan.ts';

const HISTOGRAM_BUCKETS = 60;

type Histogram = { stepMs: number; buckets: HistogramBucket[] } & ScanProgress;
type Count = { count: number } & ScanProgress;

export interface LogCounts {
  histogram: ScanState<Histogram>;
  /** Of the query, whatever is shown; nothing while there is none. */
  matches: ScanState<Count>;
  /** All lines of the range, asked only when nothing is left: how many the filter hides. */
  hidden: CallState<Count | undefined>;
  /** By severity, for what stands beside them. */
  counts: ComputedRef<Record<Severity, number> | undefined>;
  /** Lines of the range that the stream has to show. */
  shown: ComputedRef<number | undefined>;
}

/** What is counted of a range: over time, of the query, by severity. */
export function useLogCounts(query: LogQuery, range: () => TimeRange, empty: Ref<boolean>): LogCounts {
  const histogram = useScan(
    () => ({ filter: query.counted.value, range: range(), buckets: HISTOGRAM_BUCKETS }),
    (engine, input, options) => engine.logs.histogram(input, options),
    addHistograms<Histogram>,
  );
  const matches = useScan(
    () => (query.searching.value ? { filter: { ...query.sought.value, range: range() } } : undefined),
    (engine, input, options) => engine.logs.count(input, options),
    (sum: Count, slice) => ({
      ...sum,
      count: sum.count + slice.count,
      elapsedMs: sum.elapsedMs + slice.elapsedMs,
    }),
  );
  const hidden = useAnswer(
    () => (empty.value && query.narrowed.value ? { filter: { range: range() } } : undefined),
    (engine, input, options) => engine.logs.count(input, options),
  );
  const counts = computed(() => histogram.data.value && countBySeverity(histogram.data.value.buckets));
  const shown = computed(() => {
    if (query.searching.value && query.mode.value === 'filter') return matches.data.value?.count;
    const wanted = query.severities.value.length > 0 ? query.severities.value : SEVERITIES;
    return counts.value && wanted.reduce((sum, severity) => sum + (counts.value?.[severity] ?? 0), 0);
  });
  return { histogram, matches, hidden, counts, shown };
}
