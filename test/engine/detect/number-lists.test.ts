import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NumberLists } from '../../../src-main/engine/detect/intrusion/number-lists.ts';

const ROWS = 4;
const step = fc.oneof(
  { weight: 8, arbitrary: fc.record({ push: fc.integer(), row: fc.nat(ROWS - 1) }) },
  fc.record({ shift: fc.nat(5), row: fc.nat(ROWS - 1) }),
  fc.record({ clear: fc.constant(true), row: fc.nat(ROWS - 1) }),
  fc.record({ load: fc.constant(true), row: fc.constant(0) }),
);

test('lists side by side, each holds what an array would, whatever comes and goes beside it and over a snapshot', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
      let lists = new NumberLists(ROWS);
      const arrays = Array.from({ length: ROWS }, (): number[] => []);
      for (const change of steps) {
        const array = arrays[change.row] ?? [];
        if ('push' in change) {
          lists.push(change.row, change.push);
          array.push(change.push);
        } else if ('shift' in change) {
          const count = Math.min(change.shift, array.length);
          lists.shift(change.row, count);
          array.splice(0, count);
        } else if ('clear' in change) {
          lists.clear(change.row);
          array.length = 0;
        } else {
          const saved = structuredClone(lists.save(ROWS));
          lists = new NumberLists(ROWS);
          lists.load(saved);
        }
        for (const [row, expected] of arrays.entries()) {
          expect(lists.length(row)).toBe(expected.length);
          for (const number of [...expected, 7])
            expect(lists.indexOf(row, number)).toBe(expected.indexOf(number));
          const [least = 0] = [...expected].sort((a, b) => a - b);
          if (expected.length > 0) expect(lists.indexOfLeast(row)).toBe(expected.indexOf(least));
          expect(lists.countBetween(row, -9, 9)).toBe(expected.filter((one) => one >= -9 && one <= 9).length);
        }
      }
    }),
    { numRuns: 60 },
  );
});
