import type { Unit } from '../../src-preload/contract/metrics.ts';
import type { TimeRange } from '../../src-preload/contract/shared.ts';

/** One line of a chart. Arrays run in parallel; `null` is a gap. */
export interface ChartSeries {
  id: string;
  /** Legend and tooltip, translated. */
  name: string;
  times: readonly number[];
  values: readonly (number | null)[];
  /** Fill below: only for traffic. */
  area?: boolean;
  /** Colours of the severity bars instead of the series order, for lines by severity. */
  severity?: 'critical' | 'error' | 'warning';
}

/** A limit, dashed in its severity. */
export interface ChartThreshold {
  value: number;
  severity: 'critical' | 'error' | 'warning';
  label: string;
}

/** What is usual; outside it the line turns colour. */
export interface ChartBand {
  low: number;
  high: number;
}

/** A labelled vertical line: "fired 10:33". */
export interface ChartMark {
  time: number;
  label: string;
}

/** Shorter holes are collection jitter. In steps of the series. */
const GAP_STEPS = 2.5;

function typicalStep(times: readonly number[]): number {
  const steps = times.slice(1).map((time, index) => time - (times[index] ?? time));
  steps.sort((a, b) => a - b);
  return steps[Math.floor(steps.length / 2)] ?? 0;
}

/**
 * Spans without data: runs of nulls, and jumps in time. The hole before the first point is no gap (nothing was
 * watched yet), the one behind the last is, up to `until` (say, the moment the engine was last heard).
 */
export function gapsOf(series: readonly ChartSeries[], until?: number): TimeRange[] {
  const longest = series.reduce<ChartSeries | undefined>(
    (best, each) => (best === undefined || each.times.length > best.times.length ? each : best),
    undefined,
  );
  if (longest === undefined) return [];
  const step = typicalStep(longest.times);
  const seen = longest.times.filter((_, index) => longest.values[index] !== null);
  const ends = until === undefined ? seen : [...seen, until];
  const gaps: TimeRange[] = [];
  for (const [index, to] of ends.entries()) {
    const from = ends[index - 1];
    if (from !== undefined && to - from > step * GAP_STEPS && to - from > 3000) gaps.push({ from, to });
  }
  return gaps;
}

/** Points with a hole at every gap, so that a line never bridges it. */
export function pointsOf(series: ChartSeries): [number, number | null][] {
  const step = typicalStep(series.times);
  const points: [number, number | null][] = [];
  let previous: number | undefined;
  for (const [index, time] of series.times.entries()) {
    const value = series.values[index] ?? null;
    if (previous !== undefined && step > 0 && time - previous > step * GAP_STEPS) {
      points.push([previous + step, null]);
    }
    points.push([time, value]);
    previous = time;
  }
  return points;
}

/** Round steps: 1, 2, 2.5 and 5 times a power of ten; bytes too count in thousands. */
function roundStep(raw: number): number {
  const power = 10 ** Math.floor(Math.log10(raw));
  const factor = [1, 2, 2.5, 5, 10].find((each) => each * power >= raw * 0.999) ?? 10;
  return factor * power;
}

/**
 * The y axis: from 0 to just above what is shown, three or four lines. A limit is in sight when the data comes near
 * it (60 % of it), else it would press the line flat.
 */
export function axisOf(
  highest: number,
  thresholds: readonly ChartThreshold[],
  unit: Unit,
): { max: number; interval: number } {
  let top = Number.isFinite(highest) && highest > 0 ? highest * 1.08 : 1;
  for (const { value } of thresholds) {
    if (highest >= value * 0.6) top = Math.max(top, value * 1.08);
  }
  if (unit === 'percent') top = Math.min(Math.max(top, 10), Math.max(100, highest));
  const interval = roundStep(top / 3);
  return { max: Math.ceil(top / interval - 1e-9) * interval, interval };
}

/** Highest value shown, over all series. */
export function highestOf(series: readonly ChartSeries[]): number {
  let highest = 0;
  for (const { values } of series) {
    for (const value of values) if (value !== null && value > highest) highest = value;
  }
  return highest;
}
