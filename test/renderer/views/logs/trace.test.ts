import { describe, expect, it } from 'vitest';
import type { TraceLine } from '../../../../src-preload/contract/logs.ts';
import { waterfallOf } from '../../../../src-renderer/views/logs/trace.ts';

function line(time: number, more: Partial<TraceLine>): TraceLine {
  return { id: `application/20260101/${time}`, time, level: 6, sourceId: 'api', text: 'text', ...more };
}

describe('The waterfall of a trace', () => {
  it('has a bar for each span and source, from the start of its first line to its last', () => {
    const { from, to, lanes } = waterfallOf([
      line(100, { spanId: 'a' }),
      line(150, { sourceId: 'db' }),
      line(160, { spanId: 'b', parentSpanId: 'a', durationMs: 30, level: 4 }),
      line(190, { spanId: 'a', durationMs: 110, level: 3 }),
    ]);
    expect([from, to]).toEqual([80, 190]);
    expect(
      lanes.map(({ key, ...lane }) => [key, lane.from, lane.to, lane.lines, lane.worst, lane.depth]),
    ).toEqual([
      ['api|a', 80, 190, 2, 'error', 0],
      ['api|b', 130, 160, 1, 'warning', 1],
      ['db|', 150, 150, 1, 'info', 0],
    ]);
  });

  it('follows parents no further than they lead, and not in circles', () => {
    const { lanes } = waterfallOf([
      line(1, { spanId: 'a', parentSpanId: 'b' }),
      line(2, { spanId: 'b', parentSpanId: 'a' }),
      line(3, { spanId: 'c', parentSpanId: 'unknown' }),
    ]);
    expect(lanes.map(({ depth }) => depth)).toEqual([0, 0, 1]);
    expect(waterfallOf([])).toEqual({ from: 0, to: 0, lanes: [] });
  });
});
