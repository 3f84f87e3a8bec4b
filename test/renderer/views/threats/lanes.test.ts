import { describe, expect, it } from 'vitest';
import type { LogLine } from '../../../../src-preload/contract/logs.ts';
import { evidenceOf, lanesOf, leadingFinding, spanOf } from '../../../../src-renderer/views/threats/lanes.ts';
import { finding } from './findings.ts';

const range = { from: 0, to: 600_000 };
const classes = new Map([
  ['auth', 'audit'],
  ['web', 'access'],
] as const);

function line(time: number, sourceId: string, text = 'x'): LogLine {
  return { id: `${sourceId}/${time}`, time, level: 6, sourceId, text };
}

describe('timeline lanes', () => {
  it('go by the class of the source and colour what is evidence', () => {
    const brute = finding({
      sourceId: 'auth',
      time: 3000,
      offset: 3,
      evidence: [{ time: 3000, text: 'bad', sourceId: 'auth', offset: 3 }],
    });
    const lanes = lanesOf(
      range,
      [line(1000, 'web'), line(3000, 'auth', 'bad'), line(5000, 'auth')],
      [brute],
      classes,
    );
    expect(lanes.map((lane) => [lane.id, lane.lines])).toEqual([
      ['signIns', 2],
      ['web', 1],
    ]);
    expect(lanes[0]!.ticks.map((tick) => tick.severity)).toEqual(['critical', undefined]);
  });

  it('go by the class under which a line is stored, whatever its source is', () => {
    const stored = { ...line(1000, 'any'), id: 'audit/2026-11-22/7' };
    const lanes = lanesOf(range, [stored], [], new Map([['any', 'application']]));
    expect(lanes.map((lane) => lane.id)).toEqual(['signIns']);
  });

  it('show evidence that the search did not bring, by the kind of attack', () => {
    const sqli = finding({
      type: 'sqli',
      severity: 'error',
      sourceId: 'gone',
      evidence: [{ time: 9000, text: 'q', sourceId: 'gone', offset: 1 }],
    });
    const [lane] = lanesOf(range, [], [sqli], classes);
    expect(lane).toMatchObject({ id: 'web', lines: 1 });
  });

  it('join lines of one column, keep the worst and leave out what is outside', () => {
    const lanes = lanesOf(range, [line(10, 'web'), line(20, 'web'), line(700_000, 'web')], [], classes);
    expect(lanes[0]!.ticks).toEqual([{ at: 0, count: 2, severity: undefined }]);
    expect(lanes[0]!.lines).toBe(2);
  });
});

describe('span of the timeline', () => {
  it('has room at both ends, and a minute at least', () => {
    const span = spanOf(1_000_000, 1_000_000);
    expect(span.from).toBeLessThan(1_000_000 - 29_000);
    expect(span.to).toBeGreaterThan(1_000_000 + 29_000);
  });
});

describe('evidence', () => {
  it('has each line once, in order, and names the one that completed a finding', () => {
    const lines = [
      { time: 2, text: 'b', sourceId: 's', offset: 20 },
      { time: 1, text: 'a', sourceId: 's', offset: 10 },
    ];
    const first = finding({ id: 'one', offset: 20, sourceId: 's', evidence: lines });
    const second = finding({ id: 'two', offset: 99, sourceId: 's', evidence: lines });
    const found = evidenceOf([second, first]);
    expect(found.map((each) => each.text)).toEqual(['a', 'b']);
    expect(found.map((each) => each.completed?.id)).toEqual([undefined, 'one']);
  });

  it('is led by the riskiest finding, of equals by the newest', () => {
    const low = finding({ id: 'low', risk: 10, time: 9 });
    const old = finding({ id: 'old', risk: 90, time: 1 });
    const recent = finding({ id: 'recent', risk: 90, time: 2 });
    expect(leadingFinding([low, old, recent])?.id).toBe('recent');
    expect(leadingFinding([])).toBeUndefined();
  });
});
