import type { HistogramBucket } from '../../../src-preload/contract/logs.ts';
import { SEVERITIES, type Severity } from './severity.ts';

/** Lines by severity over all buckets: what stands beside the severities, whatever of them is shown. */
export function countBySeverity(buckets: readonly HistogramBucket[]): Record<Severity, number> {
  const counts: Record<Severity, number> = { critical: 0, error: 0, warning: 0, info: 0 };
  for (const bucket of buckets) for (const severity of SEVERITIES) counts[severity] += bucket[severity];
  return counts;
}
