import { describe, expect, test } from 'vitest';
import { splitLines } from '../../../src-main/engine/flow/line-batch.ts';
import { LINES_PER_RUN } from '../../../src-main/engine/flow/line-runs.ts';
import { ParsedBatch } from '../../../src-main/engine/flow/parsed-batch.ts';
import { distrustTimes, fillTimes, newestTime } from '../../../src-main/engine/parse/fill-times.ts';

const NOW = Date.UTC(2026, 10, 21);
/** Lines of two runs and a half. */
const LINES = Math.floor(LINES_PER_RUN * 2.5);

function batchOf(times: readonly number[]): ParsedBatch {
  const batch = new ParsedBatch(splitLines('source', 1, 0, Buffer.from('x\n'.repeat(times.length))));
  batch.times.set(times);
  return batch;
}

function times(at: (line: number) => number): number[] {
  return Array.from({ length: LINES }, (_, line) => at(line));
}

describe('Times of lines without a stamp', () => {
  test('are that of the line before, over the ends of runs, and at first that of the batch before', () => {
    const stamped = [5, LINES_PER_RUN - 1, LINES_PER_RUN + 3];
    const batch = batchOf(times((line) => (stamped.includes(line) ? line : Number.NaN)));
    expect(fillTimes(batch, 1, NOW)).toBe(LINES_PER_RUN + 3);
    const expected = times((line) => stamped.findLast((each) => each <= line) ?? 1);
    expect([...batch.times]).toEqual(expected);
  });

  test('are when they were read where there was none before', () => {
    const batch = batchOf([Number.NaN, Number.NaN]);
    expect(fillTimes(batch, Number.NaN, NOW)).toBe(NOW);
    expect([...batch.times]).toEqual([NOW, NOW]);
    expect(fillTimes(batchOf([]), 7, NOW)).toBe(7);
  });
});

test('A time more than a day ahead or twenty years behind is none, wherever its line stands', () => {
  const day = 86_400_000;
  const strange = new Map([
    [0, NOW + 2 * day],
    [LINES_PER_RUN, NOW - 21 * 365 * day],
    [LINES - 1, NOW + 2 * day],
  ]);
  const column = Float64Array.from(times((line) => strange.get(line) ?? NOW + 0.5));
  distrustTimes(column, NOW);
  expect([...column]).toEqual(times((line) => (strange.has(line) ? Number.NaN : NOW)));
});

test('The newest time is found in whichever run it stands', () => {
  for (const place of [0, LINES_PER_RUN, LINES - 1]) {
    const column = Float64Array.from(times((line) => (line === place ? NOW + 1 : NOW)));
    expect(newestTime(column)).toBe(NOW + 1);
  }
  expect(newestTime(new Float64Array(0))).toBeUndefined();
});
