import type { SeriesKey, Unit } from '../../../src-preload/contract/metrics.ts';

/** One collected value. A value that could not be had is not sent at all: a gap, never zero. */
export interface MetricSample extends SeriesKey {
  /** UTC milliseconds; all samples of one collection share it. */
  time: number;
  value: number;
  unit: Unit;
}

/** Stable text of a series' identity: name and sorted labels. */
export function seriesId(key: SeriesKey): string {
  const labels = Object.entries(key.labels).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return labels.length === 0
    ? key.name
    : `${key.name}{${labels.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(',')}}`;
}
