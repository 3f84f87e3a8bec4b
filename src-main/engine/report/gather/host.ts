import type { TimeRange } from '../../../../src-preload/contract/shared.ts';
import type { ReportQueries } from '../queries.ts';
import type { HostChart, Thresholds } from '../report-data.ts';

/** Points of a chart as wide as a page. */
const POINTS = 288;
/** Lines one chart can hold and still be read: the busiest. */
const MAX_SERIES = 6;

const CHARTS: { name: HostChart['name']; metrics: string[]; limits?: keyof Thresholds }[] = [
  { name: 'cpu', metrics: ['host_cpu_percent', 'host_cpu_iowait_percent'], limits: 'cpuPercent' },
  {
    name: 'memory',
    metrics: ['host_memory_used_percent', 'host_swap_used_percent'],
    limits: 'memoryPercent',
  },
  { name: 'disk', metrics: ['host_disk_used_percent'], limits: 'diskPercent' },
  { name: 'diskTime', metrics: ['host_disk_latency_seconds'] },
  {
    name: 'network',
    metrics: ['host_network_receive_bytes_per_second', 'host_network_transmit_bytes_per_second'],
  },
];

/** The machine over the range; a chart without a value is left out, a gap stays a gap. */
export function hostCharts(queries: ReportQueries, range: TimeRange, thresholds: Thresholds): HostChart[] {
  return CHARTS.map(({ name, metrics, limits }) => ({
    name,
    series: queries
      .series(metrics, range, POINTS)
      .filter(({ values }) => values.some((value) => value !== null))
      .sort((a, b) => greatest(b.maximums) - greatest(a.maximums))
      .slice(0, MAX_SERIES),
    limits: limits === undefined ? [] : limitsOf(thresholds[limits]),
  })).filter(({ series }) => series.length > 0);
}

function limitsOf({ warn, critical }: Thresholds[keyof Thresholds]): HostChart['limits'] {
  return [
    { value: warn, severity: 'warning' },
    { value: critical, severity: 'critical' },
  ];
}

function greatest(values: (number | null)[]): number {
  return values.reduce<number>((most, value) => Math.max(most, value ?? 0), 0);
}
