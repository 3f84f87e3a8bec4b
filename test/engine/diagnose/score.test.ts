import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CheckResult } from '../../../src-preload/contract/diagnosis.ts';
import { bandOf } from '../../../src-preload/contract/limits.ts';
import { coverageOf, countsOf, scoresOf, topFixes } from '../../../src-main/engine/diagnose/score.ts';
import { result } from './results.ts';

const anyCheck = fc
  .record({
    status: fc.constantFrom('pass', 'fail', 'unknown', 'notApplicable'),
    weight: fc.integer({ min: 1, max: 10 }),
    share: fc.double({ min: 0, max: 0.99, noNaN: true }),
    score: fc.constantFrom('security', 'performance'),
  })
  .map(({ status, weight, share, score }, index = 0): CheckResult => {
    const points = status === 'pass' ? weight : status === 'fail' ? Math.floor(weight * share) : 0;
    return result(`X-${index}`, { status, weight, points, score });
  });
const anyChecks = fc
  .array(anyCheck, { maxLength: 40 })
  .map((checks) => checks.map((check, index) => ({ ...check, id: `X-${index}` })));

describe('Score', () => {
  it('is points × 100 / maximum over the checks that ran', () => {
    const checks = [
      result('A', { weight: 9, status: 'fail', points: 0 }),
      result('B', { weight: 6 }),
      result('C', { weight: 3, status: 'fail', points: 1 }),
      result('D', { weight: 8, status: 'unknown' }),
      result('E', { weight: 8, status: 'notApplicable' }),
    ];
    expect(scoresOf(checks).security).toEqual({
      score: 39,
      points: 7,
      maximum: 18,
      ran: 3,
      unknown: 1,
      coverage: 18 / 26,
    });
    expect(countsOf(checks)).toEqual({
      pass: 1,
      unknown: 1,
      notApplicable: 1,
      fail: { critical: 0, error: 2, warning: 0, info: 0 },
    });
  });

  it('is not there, rather than 0, where nothing could be checked', () => {
    expect(scoresOf([result('A', { status: 'unknown' })]).security).toMatchObject({
      score: null,
      coverage: 0,
    });
    expect(scoresOf([]).performance).toMatchObject({ score: null, coverage: 1 });
  });

  it('never counts an unknown check as a failure: without it the score is the same', () => {
    fc.assert(
      fc.property(anyChecks, (checks) => {
        const seen = checks.filter((check) => check.status !== 'unknown');
        for (const name of ['security', 'performance'] as const) {
          expect(scoresOf(checks)[name].score).toBe(scoresOf(seen)[name].score);
          expect(scoresOf(checks)[name].coverage).toBeLessThanOrEqual(1);
        }
        expect(coverageOf(seen)).toBe(1);
      }),
    );
  });

  it('gains with every fix what the fix promises', () => {
    fc.assert(
      fc.property(anyChecks, (checks) => {
        const before = scoresOf(checks);
        for (const { checkId, score, gain } of topFixes(checks)) {
          const mended = checks.map((check) =>
            check.id === checkId ? { ...check, status: 'pass' as const, points: check.weight } : check,
          );
          const { points, maximum } = scoresOf(mended)[score];
          const now = (points * 100) / maximum - (before[score].points * 100) / before[score].maximum;
          expect(Math.abs(gain - now)).toBeLessThanOrEqual(0.051);
        }
      }),
    );
  });

  it('lists the fix that gains most first, and of equals the quicker one', () => {
    const checks = [
      result('SLOW', { status: 'fail', minutes: 30 }),
      result('QUICK', { status: 'fail', minutes: 1 }),
      result('LARGE', { status: 'fail', weight: 9, minutes: 60 }),
      result('FINE'),
    ];
    expect(topFixes(checks).map((fix) => fix.checkId)).toEqual(['LARGE', 'QUICK', 'SLOW']);
  });

  it('has its bands at 50, 80 and 90', () => {
    expect([0, 49, 50, 79, 80, 89, 90, 100].map(bandOf)).toEqual([
      'poor',
      'poor',
      'weak',
      'weak',
      'fair',
      'fair',
      'good',
      'good',
    ]);
  });
});
