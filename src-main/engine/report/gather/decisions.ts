import type { TimeRange } from '../../../../src-preload/contract/shared.ts';
import type { ReportQueries } from '../queries.ts';
import type { DecisionData } from '../report-data.ts';

/** Told one by one; all are counted. */
const MAX_ENTRIES = 500;

/** What people changed within the range, from the audit chain. */
export function decisionData(queries: ReportQueries, range: TimeRange): DecisionData {
  const entries = queries.auditEntries(range);
  const counts = new Map<string, number>();
  for (const { action } of entries) counts.set(action, (counts.get(action) ?? 0) + 1);
  return {
    total: entries.length,
    byAction: [...counts].map(([action, count]) => ({ action, count })).sort((a, b) => b.count - a.count),
    entries: entries.toReversed().slice(0, MAX_ENTRIES),
    blocking: 'adviseOnly',
  };
}
