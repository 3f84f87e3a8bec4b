import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeChunk, encodeChunk, storedValue } from '../../../../src-main/engine/store/metrics/chunk.ts';

const value = fc
  .oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.integer(),
    fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
    fc.integer({ min: 0, max: 10_000 }).map((hundredths) => hundredths / 100),
  )
  .map(storedValue);

describe('A metric chunk', () => {
  it('gives back exactly what was put in, whatever the values', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 1e9 }), value), { minLength: 1, maxLength: 200 }),
        (steps) => {
          let time = 1_700_000_000_000;
          const times = steps.map(([step]) => (time += step));
          const values = steps.map(([, each]) => each);
          expect(decodeChunk(encodeChunk({ times, values }))).toEqual({ times, values });
        },
      ),
    );
  });

  it('takes at most four bytes a point, with percentages collected every five seconds by a jittering clock', () => {
    const times: number[] = [];
    const values: number[] = [];
    let load = 30;
    for (let index = 0; index < 720; index += 1) {
      times.push(1_700_000_000_000 + index * 5000 + ((index * 7919) % 9));
      load = Math.min(100, Math.max(0, load + Math.sin(index * 1.7) * 9));
      values.push(storedValue(load));
    }
    expect(encodeChunk({ times, values }).length / 720).toBeLessThanOrEqual(4);
  });

  it('is refused with a RangeError, cut off in the middle', () => {
    const bytes = encodeChunk({ times: [1000, 2000, 3000], values: [1, 2, 3] });
    for (let length = 0; length < bytes.length; length += 1) {
      expect(() => decodeChunk(bytes.subarray(0, length))).toThrow(RangeError);
    }
  });
});

describe('storedValue', () => {
  it('keeps whole numbers exactly and six digits of others', () => {
    expect(storedValue(9_007_199_254_740_991)).toBe(9_007_199_254_740_991);
    expect(storedValue(12.3456789)).toBe(12.3457);
    expect(Object.is(storedValue(-0), 0)).toBe(true);
  });
});
