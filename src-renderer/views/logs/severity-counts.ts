import type { HistogramBucket } from '../../../src-preload/contract/logs.ts';
import { SEVERITIES, type Severity } from './severity.ts';

/** Two slices of one histogram, added up. */
export function addHistograms<Histogram extends { buckets: HistogramBucket[] }>(
  sum: Histogram,
  slice: Histogram,
): Histogram {
  const buckets = sum.buckets.map((bucket, index) => {
    const other = slice.buckets[index];
    if (other === undefined) return bucket;
    const added = { ...bucket, matches: bucket.matches + other.matches };
    for (const severity of SEVERITIES) added[severity] += other[severity];
    return added;
  });
  return { ...sum, buckets };
}

/** Lines by severity over all buckets: what stands beside the severities, whatever of them is shown. */
export function countBySeverity(buckets: readonly HistogramBucket[]): Record<Severity, number> {
  const counts: Record<Severity, number> = { critical: 0, error: 0, warning: 0, info: 0 };
  for (const bucket of buckets) for (const severity of SEVERITIES) counts[severity] += bucket[severity];
  return counts;
}
