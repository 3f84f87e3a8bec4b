import { LINES_PER_RUN } from '../flow/line-runs.ts';
import type { ParsedBatch } from '../flow/parsed-batch.ts';

/**
 * Gives lines without a time stamp that of the line before in their stream, or the time they were read.
 * @param previous time of the stream's last line before this batch, NaN when there is none
 * @param readAt UTC milliseconds
 * @returns time of the batch's last line: `previous` of the next one
 */
export function fillTimes({ times }: ParsedBatch, previous: number, readAt: number): number {
  const before = Number.isNaN(previous) ? readAt : previous;
  if (times.length === 0) return before;
  if (Number.isNaN(times[0])) times[0] = before;
  for (let from = 1; from < times.length; from += LINES_PER_RUN)
    fillRun(times, from, Math.min(times.length, from + LINES_PER_RUN));
  return times[times.length - 1] ?? before;
}

function fillRun(times: Float64Array, from: number, to: number): void {
  for (let line = from; line < to; line += 1)
    if (Number.isNaN(times[line])) times[line] = times[line - 1] ?? Number.NaN;
}

const DAY_MS = 86_400_000;
const OLDEST_MS = 20 * 365 * DAY_MS;

/**
 * A stamp more than a day ahead of the reader or twenty years behind is no stamp: such a line would be filed where nobody
 * looks, and a hostile writer could make a partition for every day there ever was. It takes its neighbour's time instead.
 */
export function distrustTimes(times: Float64Array, now: number): void {
  for (let from = 0; from < times.length; from += LINES_PER_RUN)
    distrustRun(times, from, Math.min(times.length, from + LINES_PER_RUN), now);
}

function distrustRun(times: Float64Array, from: number, to: number, now: number): void {
  for (let line = from; line < to; line += 1) {
    const time = times[line] ?? Number.NaN;
    if (time > now + DAY_MS || time < now - OLDEST_MS) times[line] = Number.NaN;
    else times[line] = Math.floor(time);
  }
}

/** The latest of them; undefined where there are none. */
export function newestTime(times: Float64Array): number | undefined {
  let newest = -Infinity;
  for (let from = 0; from < times.length; from += LINES_PER_RUN)
    newest = Math.max(newest, newestInRun(times, from, Math.min(times.length, from + LINES_PER_RUN)));
  return newest === -Infinity ? undefined : newest;
}

function newestInRun(times: Float64Array, from: number, to: number): number {
  let newest = -Infinity;
  for (let line = from; line < to; line += 1) {
    const time = times[line] ?? newest;
    if (time > newest) newest = time;
  }
  return newest;
}
