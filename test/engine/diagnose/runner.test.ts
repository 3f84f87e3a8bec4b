import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { CheckVerdict } from '../../../src-main/engine/diagnose/check.ts';
import type { Examination } from '../../../src-main/engine/diagnose/examination.ts';
import { MAX_EVIDENCE, MAX_EVIDENCE_LENGTH } from '../../../src-main/engine/diagnose/result.ts';
import { runExaminations, type RunOptions } from '../../../src-main/engine/diagnose/runner.ts';
import { examination, PASSED } from './results.ts';

const NEVER = () => new Promise<never>(() => undefined);

function options(given: Partial<RunOptions> = {}): RunOptions {
  return {
    mask: (text) => text.replaceAll('hunter2', '•••'),
    onProgress: () => undefined,
    signal: new AbortController().signal,
    onFault: () => undefined,
    limits: { concurrency: 2, checkMs: 100, totalMs: 5000 },
    ...given,
  };
}

const runAll = (examinations: Examination[], given: Partial<RunOptions> = {}) =>
  runExaminations(examinations, options(given));

describe('Run of the checks', () => {
  it('lets no more look at once than allowed, and keeps their order', async () => {
    let looking = 0;
    let most = 0;
    const checks = Array.from({ length: 9 }, (_, index) =>
      examination(`X-0${index}`, async () => {
        looking += 1;
        most = Math.max(most, looking);
        await setTimeout(index % 3);
        looking -= 1;
        return PASSED;
      }),
    );
    const results = await runAll(checks);
    expect(most).toBe(2);
    expect(results.map((each) => each.id)).toEqual(checks.map((each) => each.facts.id));
    expect(results[0]).toMatchObject({ status: 'pass', points: 4, weight: 4 });
  });

  it('takes a check that throws for unknown, says why, and goes on', async () => {
    const faults: string[] = [];
    const broken = examination('X-01', () => Promise.reject(new Error('a fault of ours')));
    const [first, second] = await runAll([broken, examination('X-02', () => Promise.resolve(PASSED))], {
      onFault: (id) => faults.push(id),
    });
    expect(first).toMatchObject({
      status: 'unknown',
      points: 0,
      found: { key: 'diagnose.unknown.error' },
      evidence: [{ text: 'a fault of ours' }],
    });
    expect(second?.status).toBe('pass');
    expect(faults).toEqual(['X-01']);
  });

  it('takes a check that hangs for unknown after its time, and one with a longer limit not', async () => {
    const patient: Examination = {
      ...examination('X-02', async () => {
        await setTimeout(200);
        return PASSED;
      }),
      limitMs: 3000,
    };
    const [hung, late] = await runAll([examination('X-01', NEVER), patient]);
    expect(hung).toMatchObject({ status: 'unknown', found: { key: 'diagnose.unknown.timeout' } });
    expect(late?.status).toBe('pass');
  });

  it('ends in time when everything hangs: what has not looked by then is unknown', async () => {
    const begun = performance.now();
    const checks = Array.from({ length: 30 }, (_, index) => examination(`X-${10 + index}`, NEVER));
    const results = await runAll(checks, { limits: { concurrency: 2, checkMs: 100, totalMs: 250 } });
    expect(performance.now() - begun).toBeLessThan(2000);
    expect(results).toHaveLength(30);
    expect(new Set(results.map((each) => each.status))).toEqual(new Set(['unknown']));
  });

  it('ends at once when cancelled, and lets the checks know', async () => {
    const cancel = new AbortController();
    let told = false;
    const check = examination('X-01', (signal) => {
      signal.addEventListener('abort', () => {
        told = true;
      });
      cancel.abort(new Error('enough'));
      return NEVER();
    });
    await expect(runAll([check, check], { signal: cancel.signal })).rejects.toThrow('enough');
    expect(told).toBe(true);
  });

  it('tells its progress from nothing to all, and who is looking', async () => {
    const told: { done: number; total: number; current: string[] }[] = [];
    await runAll(
      ['X-01', 'X-02', 'X-03'].map((id) => examination(id, () => Promise.resolve(PASSED))),
      { onProgress: (progress) => told.push(progress) },
    );
    expect(told[0]).toEqual({ done: 0, total: 3, current: ['X-01'] });
    expect(told.at(-1)).toEqual({ done: 3, total: 3, current: [] });
  });

  it('masks and bounds evidence and parameters, whatever a check brings', async () => {
    const text = `password hunter2 ${'x'.repeat(5000)}`;
    const [only] = await runAll([
      examination('X-01', () =>
        Promise.resolve({
          status: 'fail',
          parameters: { user: 'hunter2', count: 3 },
          points: 99,
          evidence: Array.from({ length: 500 }, () => ({ text, place: text })),
        }),
      ),
    ]);
    expect(only?.evidence).toHaveLength(MAX_EVIDENCE);
    expect(only?.evidence[0]?.text).toHaveLength(MAX_EVIDENCE_LENGTH);
    expect(JSON.stringify(only)).not.toContain('hunter2');
    expect(only?.found.parameters).toEqual({ user: '•••', count: 3 });
    expect(only?.points).toBeLessThan(4);
  });

  it('keeps the line number of a place, which a masker may take for a secret', async () => {
    const found = (place: string): Promise<CheckVerdict> =>
      Promise.resolve({ status: 'pass', evidence: [{ text: 'x', place }] });
    const results = await runAll(
      [
        examination('X-01', () => found('/etc/passwd:27')),
        examination('X-02', () => found('/home/hunter2/.ssh/config:3')),
        examination('X-03', () => found('ss -tln')),
      ],
      { mask: (text) => text.replaceAll(/passwd:\S+|hunter2/g, '•••') },
    );
    expect(results.map((each) => each.evidence[0]?.place)).toEqual([
      '/etc/passwd:27',
      '/home/•••/.ssh/config:3',
      'ss -tln',
    ]);
  });
});
