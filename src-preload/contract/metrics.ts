import { z } from 'zod';
import { MAX_SERIES, MAX_SERIES_POINTS } from './limits.ts';
import { call, pushes, rangeSchema, type, type Time } from './shared.ts';

export type Unit = 'percent' | 'bytes' | 'bytesPerSecond' | 'seconds' | 'count' | 'perSecond' | 'hours';

/** Name and labels identify a series, as in Prometheus. */
export interface SeriesKey {
  name: string;
  labels: Record<string, string>;
}

export interface SeriesInfo extends SeriesKey {
  unit: Unit;
  lastTime: Time;
  lastValue: number;
}

/** One series over a range. Arrays run in parallel; `null` is a gap, never zero. */
export interface Series extends SeriesKey {
  unit: Unit;
  /** Milliseconds between two points. */
  stepMs: number;
  times: Time[];
  /** Mean per step. */
  values: (number | null)[];
  minimums: (number | null)[];
  maximums: (number | null)[];
}

export interface Sample extends SeriesKey {
  time: Time;
  value: number;
}

const seriesSelectorSchema = z.object({
  name: z.string().min(1).max(200),
  /** Only series that have these labels; none = all series of the name. */
  labels: z.record(z.string().max(100), z.string().max(500)).optional(),
});

export const metricsContract = {
  catalogue: call.output(type<SeriesInfo[]>()),
  range: call
    .input(
      z.object({
        series: z.array(seriesSelectorSchema).min(1).max(MAX_SERIES),
        range: rangeSchema,
        /** Wanted number of points per series. */
        points: z.number().int().min(1).max(MAX_SERIES_POINTS),
      }),
    )
    .output(type<{ series: Series[]; truncated: boolean }>()),
  /** New samples of the named metrics as they are collected. */
  watch: call
    .input(z.object({ names: z.array(z.string().min(1).max(200)).min(1).max(MAX_SERIES) }))
    .output(pushes<Sample>()),
};
