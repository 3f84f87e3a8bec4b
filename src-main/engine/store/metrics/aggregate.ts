import type { Series } from '../../../../src-preload/contract/metrics.ts';
import type { Points } from './chunk.ts';

/** Points that stand for a span each: its mean, least and greatest value. For raw points all three are the same. */
export interface Aggregates {
  times: number[];
  means: number[];
  minimums: number[];
  maximums: number[];
}

export function emptyAggregates(): Aggregates {
  return { times: [], means: [], minimums: [], maximums: [] };
}

export function fromRaw({ times, values }: Points): Aggregates {
  return { times, means: values, minimums: values, maximums: values };
}

/** Joins two runs of points; the second follows the first. */
export function joined(first: Aggregates, second: Aggregates): Aggregates {
  if (first.times.length === 0) return second;
  if (second.times.length === 0) return first;
  return {
    times: first.times.concat(second.times),
    means: first.means.concat(second.means),
    minimums: first.minimums.concat(second.minimums),
    maximums: first.maximums.concat(second.maximums),
  };
}

/**
 * One point per span of `stepMs` that has any, stamped with the span's start. The mean is that of the points' means,
 * unweighted: points of one tier stand for equal spans, save where collection was interrupted.
 */
export function rolledUp(points: Aggregates, stepMs: number): Aggregates {
  const result = emptyAggregates();
  let sum = 0;
  let count = 0;
  for (const [index, time] of points.times.entries()) {
    const start = Math.floor(time / stepMs) * stepMs;
    const mean = points.means[index] ?? 0;
    const minimum = points.minimums[index] ?? mean;
    const maximum = points.maximums[index] ?? mean;
    const last = result.times.length - 1;
    if (result.times[last] === start) {
      sum += mean;
      count += 1;
      result.means[last] = sum / count;
      result.minimums[last] = Math.min(result.minimums[last] ?? minimum, minimum);
      result.maximums[last] = Math.max(result.maximums[last] ?? maximum, maximum);
    } else {
      sum = mean;
      count = 1;
      result.times.push(start);
      result.means.push(mean);
      result.minimums.push(minimum);
      result.maximums.push(maximum);
    }
  }
  return result;
}

/** More than this many usual distances between two points is a gap: one missed collection may be late, two are missing. */
const GAP_FACTOR = 2.5;

/**
 * Points as a view draws them: a `null` wherever collection was interrupted, so that no line bridges the gap.
 * @param wanted about how many points; more are merged into steps
 */
export function drawn(
  points: Aggregates,
  wanted: number,
  from: number,
  to: number,
): Omit<Series, 'name' | 'labels' | 'unit'> {
  const usual = usualDistance(points.times);
  const merge = points.times.length > wanted;
  // Steps of two distances or more, so that a jittering clock leaves no step empty that was not.
  const stepMs = merge ? Math.max(Math.ceil((to - from) / wanted), 2 * usual) : usual;
  const shown = merge ? rolledUp(points, stepMs) : points;
  const result = {
    stepMs,
    times: [] as number[],
    values: [] as Value[],
    minimums: [] as Value[],
    maximums: [] as Value[],
  };
  for (const [index, time] of shown.times.entries()) {
    const before = shown.times[index - 1];
    if (before !== undefined && time - before > GAP_FACTOR * stepMs)
      push(result, before + stepMs, null, null, null);
    push(
      result,
      time,
      shown.means[index] ?? null,
      shown.minimums[index] ?? null,
      shown.maximums[index] ?? null,
    );
  }
  return result;
}

type Value = number | null;

function push(
  to: { times: number[]; values: Value[]; minimums: Value[]; maximums: Value[] },
  time: number,
  mean: Value,
  minimum: Value,
  maximum: Value,
): void {
  to.times.push(time);
  to.values.push(mean);
  to.minimums.push(minimum);
  to.maximums.push(maximum);
}

/** Median distance of the newest points: what the interval is now, whatever it was before. */
function usualDistance(times: number[]): number {
  const distances: number[] = [];
  for (let index = Math.max(1, times.length - 100); index < times.length; index += 1) {
    distances.push((times[index] ?? 0) - (times[index - 1] ?? 0));
  }
  distances.sort((a, b) => a - b);
  return distances[Math.floor(distances.length / 2)] ?? 5000;
}
