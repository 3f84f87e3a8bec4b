import { describe, expect, it } from 'vitest';
import type { Series } from '../../../src-preload/contract/metrics.ts';
import { extended, newestOf } from '../../../src-renderer/state/live-series.ts';

const cpu: Series = {
  name: 'cpu',
  labels: {},
  unit: 'percent',
  stepMs: 5000,
  times: [0, 5000, 10_000],
  values: [1, 2, 3],
  minimums: [],
  maximums: [],
};
const sample = (
  time: number,
  value: number,
): { name: string; labels: object; time: number; value: number } => ({
  name: 'cpu',
  labels: {},
  time,
  value,
});

describe('live series', () => {
  it('take in new samples and let go what left the range', () => {
    const [line] = extended([cpu], [{ ...sample(15_000, 4), labels: {} }], { from: 5000, to: 20_000 });
    expect(line?.times).toEqual([5000, 10_000, 15_000]);
    expect(line?.values).toEqual([2, 3, 4]);
  });

  it('keep one resolution, and take no sample twice', () => {
    const [line] = extended(
      [cpu],
      [
        { ...sample(10_000, 9), labels: {} },
        { ...sample(12_000, 9), labels: {} },
      ],
      { from: 0, to: 20_000 },
    );
    expect(line?.times).toEqual([0, 5000, 10_000]);
  });

  it('begin a line for what was not there before', () => {
    const lines = extended([cpu], [{ name: 'disk', labels: { mount: '/new' }, time: 15_000, value: 1 }], {
      from: 0,
      to: 20_000,
    });
    expect(lines.map(({ name }) => name)).toEqual(['cpu', 'disk']);
  });

  it('keep the newest value even when samples overtake each other', () => {
    const newest = newestOf(new Map(), [
      { ...sample(10_000, 7), labels: {} },
      { ...sample(5000, 1), labels: {} },
    ]);
    expect([...newest.values()].map(({ value }) => value)).toEqual([7]);
  });
});
