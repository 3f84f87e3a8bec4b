import { LOG_CLASSES } from '../../../../src-preload/contract/log-classes.ts';
import type { Severity, TimeRange } from '../../../../src-preload/contract/shared.ts';
import type { SourceLines } from '../../store/types.ts';
import type { ReportQueries } from '../queries.ts';
import type { LogData } from '../report-data.ts';

/** Bars that a page's width can tell apart. */
const BUCKETS = 48;
const MAX_SOURCES = 200;
/** Error lines shown as they stand. */
const WORST_LINES = 100;

export function logData(
  queries: ReportQueries,
  range: TimeRange,
  previousRange: TimeRange,
  withLines: boolean,
): LogData {
  const counted = queries.logStatistics(range);
  const before = queries.logStatistics(previousRange);
  return {
    lines: total(counted),
    previousLines: total(before),
    bySeverity: named([0, 1, 2, 3].map((index) => sum(counted, ({ severities }) => severities[index] ?? 0))),
    byClass: LOG_CLASSES.map((logClass) => ({
      logClass,
      lines: total(counted.filter((each) => each.logClass === logClass)),
    })),
    bySource: counted.slice(0, MAX_SOURCES).map(({ sourceId, logClass, severities, lastTime }) => ({
      sourceId,
      logClass,
      lines: severities.reduce((all, lines) => all + lines, 0),
      bySeverity: named(severities),
      lastTime,
    })),
    histogram: queries.logHistogram(range, BUCKETS),
    quiet: quietSources(counted, before),
    worst: withLines ? queries.worstLines(range, WORST_LINES) : [],
  };
}

function sum(counted: SourceLines[], value: (each: SourceLines) => number): number {
  return counted.reduce((all, each) => all + value(each), 0);
}

function total(counted: SourceLines[]): number {
  return sum(counted, ({ severities }) => severities.reduce((all, lines) => all + lines, 0));
}

function named(counts: readonly number[]): Record<Severity, number> {
  const [critical = 0, error = 0, warning = 0, info = 0] = counts;
  return { critical, error, warning, info };
}

/** A log that fell silent looks like a quiet day, and may be a broken one. */
function quietSources(counted: SourceLines[], before: SourceLines[]): LogData['quiet'] {
  const heard = new Set(counted.map(({ sourceId }) => sourceId));
  const silent = new Map<string, number>();
  for (const { sourceId, lastTime } of before) {
    if (!heard.has(sourceId)) silent.set(sourceId, Math.max(silent.get(sourceId) ?? 0, lastTime));
  }
  return [...silent].map(([sourceId, lastTime]) => ({ sourceId, lastTime }));
}
