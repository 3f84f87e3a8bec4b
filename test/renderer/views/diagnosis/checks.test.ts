import { describe, expect, it } from 'vitest';
import { CHECK_SUBJECTS } from '../../../../src-preload/contract/diagnosis.ts';
import {
  countOutcomes,
  groupChecks,
  outcomeOf,
  searchChecks,
  SUBJECT_ORDER,
} from '../../../../src-renderer/views/diagnosis/checks.ts';
import { fakeRuns } from '../../fake-diagnosis.ts';

const [run] = fakeRuns(Date.UTC(2026, 10, 20));
const checks = run?.checks ?? [];

describe('checks', () => {
  it('are grouped by every subject of the contract, in its order', () => {
    expect(SUBJECT_ORDER).toEqual(CHECK_SUBJECTS);
    const subjects = groupChecks(checks).map((group) => group.subject);
    expect(subjects).toEqual(CHECK_SUBJECTS.filter((subject) => subjects.includes(subject)));
    expect(groupChecks(checks).flatMap((group) => group.checks)).toHaveLength(checks.length);
  });

  it('stand within their subject worst first, and what does not apply last', () => {
    const ssh = groupChecks(checks).find((group) => group.subject === 'ssh');
    expect(ssh?.checks.map((check) => check.id)).toEqual(['SSH-07', 'SSH-01', 'SSH-04']);
    const [first, second] = checks;
    if (first === undefined || second === undefined) throw new Error('no checks');
    const apart = { ...first, status: 'notApplicable' as const, id: 'A' };
    const [group] = groupChecks([apart, { ...second, subject: first.subject }]);
    expect(group?.checks.at(-1)?.id).toBe('A');
  });

  it('count as their severity only when they failed', () => {
    expect(outcomeOf({ status: 'pass', severity: 'critical' })).toBe('ok');
    expect(outcomeOf({ status: 'unknown', severity: 'critical' })).toBe('unknown');
    expect(outcomeOf({ status: 'fail', severity: 'critical' })).toBe('critical');
    const counts = countOutcomes(checks);
    expect([...counts.values()].reduce((sum, count) => sum + count, 0)).toBe(checks.length);
    expect(counts.get('critical')).toBe(1);
  });

  it('are found by all words in any order, whatever their case', () => {
    const text = (check: (typeof checks)[number]): string => `${check.id} ${check.subject}`;
    expect(searchChecks(checks, 'SSH 07', text).map((check) => check.id)).toEqual(['SSH-07']);
    expect(searchChecks(checks, '07 ssh', text)).toHaveLength(1);
    expect(searchChecks(checks, '  ', text)).toHaveLength(checks.length);
    expect(searchChecks(checks, 'ssh nothing', text)).toEqual([]);
  });
});
