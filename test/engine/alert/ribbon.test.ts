import { expect, test } from 'vitest';
import { MAX_CELLS, ribbonOf } from '../../../src-main/engine/alert/ribbon.ts';

const STEP = 300_000;
const range = { from: 0, to: 6 * STEP };

test('ribbon, the worst of each step, unknown where nobody watched, never green there', () => {
  const cells = ribbonOf(
    [
      { severity: 'warning', from: STEP, to: 3 * STEP },
      { severity: 'critical', from: 2 * STEP + 1, to: 2 * STEP + 2 },
      { severity: 'error', from: 5 * STEP + 10, to: undefined },
    ],
    [{ from: 3 * STEP, to: 4 * STEP - 10 }],
    range,
    STEP,
  );
  expect(cells.map((cell) => cell.state)).toEqual(['ok', 'warning', 'critical', 'unknown', 'ok', 'error']);
  expect(cells.map((cell) => cell.time)).toEqual([0, 1, 2, 3, 4, 5].map((step) => step * STEP));
});

test('ribbon, a short gap such as a restart is not called unknown', () => {
  const cells = ribbonOf([], [{ from: STEP, to: STEP + 60_000 }], range, STEP);
  expect(cells.every((cell) => cell.state === 'ok')).toBe(true);
});

test('ribbon, bounded', () => {
  expect(ribbonOf([], [], { from: 0, to: 1e12 }, 60_000)).toHaveLength(MAX_CELLS);
});
