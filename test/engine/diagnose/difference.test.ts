import { describe, expect, it } from 'vitest';
import { differenceOf, regressions } from '../../../src-main/engine/diagnose/difference.ts';
import { result, run } from './results.ts';

const before = run('a', [
  result('SAME'),
  result('WORSE'),
  result('MENDED', { status: 'fail' }),
  result('BLIND'),
  result('GONE'),
  result('SEVERER', { status: 'fail', severity: 'warning' }),
  result('PARTLY', { status: 'fail', points: 1 }),
]);
const after = run('b', [
  result('SAME'),
  result('WORSE', { status: 'fail' }),
  result('MENDED'),
  result('BLIND', { status: 'unknown' }),
  result('SEVERER', { status: 'fail', severity: 'critical' }),
  result('PARTLY', { status: 'fail', points: 3 }),
  result('NEW', { status: 'fail' }),
]);

describe('Difference of two runs', () => {
  const { changed, unchanged, from, to } = differenceOf(before, after);
  const of = (id: string) => changed.find((each) => each.checkId === id);

  it('names what worsened first, then what improved, then what came, went or cannot be seen', () => {
    expect(changed.map((each) => each.checkId)).toEqual([
      'WORSE',
      'SEVERER',
      'MENDED',
      'PARTLY',
      'BLIND',
      'GONE',
      'NEW',
    ]);
    expect(unchanged).toBe(1);
    expect(from.id).toBe('a');
    expect(to).not.toHaveProperty('checks');
  });

  it('tells points only where both runs saw', () => {
    expect(of('WORSE')).toMatchObject({ before: 'pass', after: 'fail', points: -5, afterSeverity: 'error' });
    expect(of('MENDED')).toMatchObject({ points: 5, beforeSeverity: 'error' });
    expect(of('PARTLY')).toMatchObject({ points: 2 });
    expect(of('BLIND')).toMatchObject({ before: 'pass', after: 'unknown', points: 0 });
    expect(of('NEW')).toMatchObject({ before: undefined, after: 'fail', points: 0 });
    expect(of('GONE')).toMatchObject({ before: 'pass', after: undefined, points: 0 });
  });

  it('takes for a regression only what passed before and fails now', () => {
    expect(regressions(before, after).map((check) => check.id)).toEqual(['WORSE']);
    expect(differenceOf(after, after)).toMatchObject({ changed: [], unchanged: 7 });
  });
});
