import type { Sample, Series, SeriesKey } from '../../src-preload/contract/metrics.ts';
import type { TimeRange } from '../../src-preload/contract/shared.ts';

/** Stable text of a series' identity. */
export function keyOf(key: SeriesKey): string {
  const labels = Object.entries(key.labels).sort(([a], [b]) => (a < b ? -1 : 1));
  return `${key.name} ${labels.map(([name, value]) => `${name}=${value}`).join(' ')}`;
}

/** Newest value of each series, by key; a step's mean would hide what is now. */
export type Newest = ReadonlyMap<string, Sample>;

export function newestOf(newest: Newest, samples: readonly Sample[]): Newest {
  const next = new Map(newest);
  for (const sample of samples) {
    const key = keyOf(sample);
    if (sample.time >= (next.get(key)?.time ?? 0)) next.set(key, sample);
  }
  return next;
}

/**
 * Adds samples to the lines and lets go what has left the range. A sample closer than a step to the last point is
 * left out: the line keeps one resolution, and the next reload brings the means.
 */
export function extended(
  series: readonly Series[],
  samples: readonly Sample[],
  range: TimeRange,
): readonly Series[] {
  const byKey = new Map<string, Sample[]>();
  for (const sample of samples) {
    const key = keyOf(sample);
    byKey.set(key, [...(byKey.get(key) ?? []), sample]);
  }
  const known = new Set(series.map(keyOf));
  const extendedSeries = series.map((each) => withSamples(each, byKey.get(keyOf(each)) ?? [], range));
  const born = [...byKey].flatMap(([key, list]) => (known.has(key) ? [] : newSeries(list)));
  return [...extendedSeries, ...born];
}

function withSamples(series: Series, samples: readonly Sample[], range: TimeRange): Series {
  const cut = series.times.findIndex((time) => time >= range.from);
  const start = cut === -1 ? series.times.length : cut;
  const times = series.times.slice(start);
  const values = series.values.slice(start);
  for (const { time, value } of samples) {
    if (time < (times.at(-1) ?? 0) + series.stepMs * 0.9) continue;
    times.push(time);
    values.push(value);
  }
  return { ...series, times, values, minimums: values, maximums: values };
}

/** A disk or interface that came after the range was loaded; its unit comes with the next reload. */
function newSeries(samples: readonly Sample[]): Series[] {
  const [first] = samples;
  if (first === undefined) return [];
  const values = samples.map(({ value }) => value);
  return [
    {
      name: first.name,
      labels: first.labels,
      unit: 'count',
      stepMs: 5000,
      times: samples.map(({ time }) => time),
      values,
      minimums: values,
      maximums: values,
    },
  ];
}
