import type { TrafficAnswer, TrafficSeries } from '../../../../src-preload/contract/traffic.ts';
import type { ChartSeries } from '../../../ui/chart.ts';

/** What is shown until the first answer comes. */
export const NO_TRAFFIC: TrafficAnswer = {
  totals: { requests: 0, errors: 0, refusals: 0, bytes: 0, timed: 0 },
  series: { stepMs: 60_000, times: [], requests: [], errors: [], p50: [], p95: [], p99: [] },
  rows: [],
  rowsRange: { from: 0, to: 0 },
};

/** Lines of the two charts: requests and errors a second, and percentiles in seconds. */
export function chartSeries(
  { times, requests, errors, p50, p95, p99 }: TrafficSeries,
  names: Record<'requests' | 'errors' | 'p50' | 'p95' | 'p99', string>,
): { requests: ChartSeries[]; latency: ChartSeries[] } {
  const inSeconds = (values: (number | null)[]): (number | null)[] =>
    values.map((value) => (value === null ? null : value / 1000));
  return {
    requests: [
      { id: 'requests', name: names.requests, times, values: requests, area: true },
      { id: 'errors', name: names.errors, times, values: errors, severity: 'error' },
    ],
    latency: [
      { id: 'p50', name: names.p50, times, values: inSeconds(p50) },
      { id: 'p95', name: names.p95, times, values: inSeconds(p95) },
      { id: 'p99', name: names.p99, times, values: inSeconds(p99) },
    ],
  };
}
