import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bucketBar, bucketIn, MAX_BUCKET_CELLS } from '../../../../src-renderer/views/threats/bucket.ts';

describe('bucket bar', () => {
  it('has a cell per event and overflows at its capacity', () => {
    expect(bucketBar(3, 5)).toEqual({ cells: [true, true, true, false, false], overflowed: false });
    expect(bucketBar(5, 5)).toEqual({ cells: [true, true, true, true, true], overflowed: true });
    expect(bucketBar(412, 5).overflowed).toBe(true);
  });

  it('is full only when it is, and empty only when it is, for any capacity', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 0, max: 6000 }), (capacity, count) => {
        const { cells } = bucketBar(count, capacity);
        expect(cells.length).toBeLessThanOrEqual(MAX_BUCKET_CELLS);
        expect(cells.every((filled) => filled)).toBe(count >= capacity);
        if (cells.length > 1) expect(cells.some((filled) => filled)).toBe(count > 0);
      }),
    );
  });

  it('is read from the details of its rule, else from the first, and never from other words', () => {
    const details = [
      { name: 'fast', value: '0 / 10' },
      { name: 'slow', value: '2.5 / 5' },
    ];
    expect(bucketIn(details, 'slow')).toEqual({ level: 2.5, capacity: 5 });
    expect(bucketIn(details, undefined)).toEqual({ level: 0, capacity: 10 });
    expect(bucketIn([{ name: 'ip', value: '203.0.113.42' }], 'slow')).toBeUndefined();
    expect(bucketIn([], 'slow')).toBeUndefined();
  });
});
