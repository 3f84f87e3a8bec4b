import { expect, test } from 'vitest';
import { backOff } from '../src-main/back-off.ts';

test('waits double from a tenth of a second up to ten seconds, however many attempts', () => {
  expect([1, 2, 3, 4, 5, 6, 7, 8, 9].map(backOff)).toEqual([
    100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000,
  ]);
  for (const attempt of [30, 1000, 1e9]) expect(backOff(attempt)).toBe(10_000);
});
