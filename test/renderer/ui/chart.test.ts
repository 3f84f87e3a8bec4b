import { describe, expect, it } from 'vitest';
import { axisOf, gapsOf, pointsOf, type ChartSeries } from '../../../src-renderer/ui/chart.ts';
import { chartOption, GRID_LEFT, type ChartInput } from '../../../src-renderer/ui/chart-option.ts';
import { timeTicks } from '../../../src-renderer/ui/ticks.ts';

const series = (times: number[], values: (number | null)[]): ChartSeries => ({
  id: 'a',
  name: 'A',
  times,
  values,
});
const every = (count: number, step = 5000): number[] =>
  Array.from({ length: count }, (_, index) => index * step);

describe('gaps', () => {
  it('are runs of missing values and jumps in time, not single late samples', () => {
    const nulls = series(every(10), [1, 1, 1, null, null, null, 1, 1, 1, 1]);
    expect(gapsOf([nulls])).toEqual([{ from: 10_000, to: 30_000 }]);
    const jump = series([0, 5000, 10_000, 60_000, 65_000], [1, 1, 1, 1, 1]);
    expect(gapsOf([jump])).toEqual([{ from: 10_000, to: 60_000 }]);
    const late = series([0, 5000, 12_000, 17_000], [1, 1, 1, 1]);
    expect(gapsOf([late])).toEqual([]);
  });

  it('reach from the last value to the moment of blindness', () => {
    expect(gapsOf([series(every(3), [1, 1, 1])], 60_000)).toEqual([{ from: 10_000, to: 60_000 }]);
  });

  it('are none before watching began', () => {
    expect(gapsOf([series(every(4), [null, null, 1, 1])])).toEqual([]);
  });

  it('are holes in the line, so that it never bridges them', () => {
    const points = pointsOf(series([0, 5000, 60_000, 65_000], [1, 2, 3, 4]));
    expect(points).toEqual([
      [0, 1],
      [5000, 2],
      [10_000, null],
      [60_000, 3],
      [65_000, 4],
    ]);
  });
});

describe('value axis', () => {
  it('does not waste height on values far below their limit', () => {
    const limit = { value: 90, severity: 'critical', label: '' } as const;
    expect(axisOf(12, [limit], 'percent').max).toBeLessThanOrEqual(20);
    expect(axisOf(70, [limit], 'percent').max).toBe(100);
  });

  it('stands for nothing, too', () => {
    expect(axisOf(0, [], 'bytes').max).toBeGreaterThan(0);
    expect(axisOf(Number.NaN, [], 'bytes').max).toBeGreaterThan(0);
  });
});

describe('time ticks', () => {
  it.each([60_000, 900_000, 3_600_000, 86_400_000, 31 * 86_400_000])(
    'over %d ms are few and inside',
    (length) => {
      const range = { from: 1_763_603_000_000, to: 1_763_603_000_000 + length };
      const { times } = timeTicks(range, 8);
      expect(times.length).toBeGreaterThan(1);
      expect(times.length).toBeLessThanOrEqual(9);
      expect(times.every((time) => time >= range.from && time < range.to)).toBe(true);
    },
  );
});

describe('chart option', () => {
  const input: ChartInput = {
    series: [series(every(5), [1, 2, null, null, 3])],
    range: { from: 0, to: 25_000 },
    unit: 'percent',
    thresholds: [{ value: 80, severity: 'warning', label: '80' }],
    marks: [],
    band: { low: 1, high: 2 },
    gaps: [{ from: 5000, to: 20_000 }],
    faded: false,
    width: 400,
    colours: {
      series: ['c1'],
      other: 'other',
      band: 'band',
      grid: 'grid',
      axis: 'axis',
      crosshair: 'crosshair',
      text: 'text',
      overlay: 'overlay',
      line: 'line',
      gap: 'gap',
      hatch: 'hatch',
      breach: 'c2',
      critical: 'critical',
      error: 'error',
      warning: 'warning',
      font: 'font',
    },
    words: { gap: 'gap', value: String, axisValue: String, time: String },
  };

  it('draws the tooltip on the canvas, since the page forbids inline styles', () => {
    expect(chartOption(input)).toMatchObject({ tooltip: { renderMode: 'richText' } });
  });

  it('keeps the left edge fixed, so that stacked charts align', () => {
    expect(chartOption(input)).toMatchObject({ grid: { left: GRID_LEFT, outerBoundsMode: 'none' } });
  });

  it('keeps the words of a mark within the plot', () => {
    const marks = [100, 12_000, 24_900].map((time) => ({ time, label: `at ${time}` }));
    const text = JSON.stringify(chartOption({ ...input, marks }));
    expect(text).toMatch(/"align":"left"[^}]*"formatter":"at 100"/);
    expect(text).not.toMatch(/"align"[^}]*"formatter":"at 12000"/);
    expect(text).toMatch(/"align":"right"[^}]*"formatter":"at 24900"/);
  });

  it('draws a point that has no neighbour as a dot, since no line reaches it', () => {
    const alone = series([0, 5000, 10_000, 15_000, 20_000], [null, 3, null, 4, 5]);
    expect(chartOption({ ...input, series: [alone] })).toMatchObject({
      series: [
        {
          symbol: 'none',
          data: [[0, null], { value: [5000, 3], symbol: 'circle' }, [10_000, null], [15_000, 4], [20_000, 5]],
        },
        {},
      ],
    });
  });

  it('hatches and labels gaps, and starts at zero', () => {
    const text = JSON.stringify(chartOption(input));
    expect(text).toContain('"color":"hatch"');
    expect(text).toContain('"formatter":"gap"');
    expect(chartOption(input)).toMatchObject({ yAxis: { min: 0 } });
  });
});
