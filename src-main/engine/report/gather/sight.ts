import type { TimeRange } from '../../../../src-preload/contract/shared.ts';
import type { ReportQueries } from '../queries.ts';
import type { LiveFacts, SightData } from '../report-data.ts';

const MAX_GAPS = 100;

/** What was watched of the range and what was not. */
export function sightData(
  queries: ReportQueries,
  range: TimeRange,
  live: LiveFacts | undefined,
  unknownChecks: number,
): SightData {
  const gaps = queries.gaps(range);
  const unwatchedMs = gaps.reduce((sum, gap) => sum + gap.to - gap.from, 0);
  return {
    gaps: gaps.slice(0, MAX_GAPS),
    gapCount: gaps.length,
    unwatchedMs,
    watchedMs: range.to - range.from - unwatchedMs,
    lines: queries
      .logHistogram(range, 1)
      .buckets.reduce(
        (sum, { critical, error, warning, info }) => sum + critical + error + warning + info,
        0,
      ),
    sources: live?.sources,
    problems: live?.problems ?? [],
    dropped: live?.dropped ?? [],
    unknownChecks,
  };
}
