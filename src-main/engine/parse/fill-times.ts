import type { ParsedBatch } from '../flow/parsed-batch.ts';

/**
 * Gives lines without a time stamp that of the line before in their stream, or the time they were read.
 * @param previous time of the stream's last line before this batch, NaN when there is none
 * @param readAt UTC milliseconds
 * @returns time of the batch's last line: `previous` of the next one
 */
export function fillTimes(batch: ParsedBatch, previous: number, readAt: number): number {
  let last = Number.isNaN(previous) ? readAt : previous;
  for (let line = 0; line < batch.count; line += 1) {
    const time = batch.times[line] ?? Number.NaN;
    if (Number.isNaN(time)) batch.times[line] = last;
    else last = time;
  }
  return last;
}
