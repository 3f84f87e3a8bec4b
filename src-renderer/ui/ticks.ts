import type { TimeRange } from '../../src-preload/contract/shared.ts';
import type { TimeStyle } from '../../src-preload/contract/format.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Steps a reader can count in. */
const STEPS = [
  SECOND,
  5 * SECOND,
  15 * SECOND,
  30 * SECOND,
  MINUTE,
  2 * MINUTE,
  5 * MINUTE,
  10 * MINUTE,
  15 * MINUTE,
  30 * MINUTE,
  HOUR,
  2 * HOUR,
  3 * HOUR,
  6 * HOUR,
  12 * HOUR,
  DAY,
  7 * DAY,
] as const;

export interface TimeTicks {
  times: number[];
  stepMs: number;
  style: TimeStyle;
}

/** At most `wanted` ticks on round times of the local zone (offsets are whole quarter hours). */
export function timeTicks(range: TimeRange, wanted: number): TimeTicks {
  const length = Math.max(1, range.to - range.from);
  const stepMs = STEPS.find((step) => length / step <= wanted) ?? Math.ceil(length / wanted / DAY) * DAY;
  // A tick at midnight must be local midnight.
  const offset = new Date(range.from).getTimezoneOffset() * MINUTE;
  const first = Math.ceil((range.from - offset) / stepMs) * stepMs + offset;
  const times: number[] = [];
  for (let time = first; time < range.to; time += stepMs) times.push(time);
  return { times, stepMs, style: stepMs < MINUTE ? 'time' : stepMs >= DAY ? 'date' : 'minute' };
}
