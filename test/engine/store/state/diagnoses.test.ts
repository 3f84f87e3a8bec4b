import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { WritableDatabase } from '../../../../src-main/engine/store/database.ts';
import { MAX_RUNS, StateDiagnoses } from '../../../../src-main/engine/store/state/diagnoses.ts';
import { openState } from '../../../../src-main/engine/store/state/state-database.ts';
import { result, run } from '../../diagnose/results.ts';

let directory = '';
let database: WritableDatabase;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'yagura-diagnoses-'));
  database = openState(directory, { clock: { now: () => 0 }, onProblem: () => undefined });
});
afterEach(() => {
  database.close();
  rmSync(directory, { recursive: true, force: true });
});

describe('Kept diagnoses', () => {
  it('come back as they were', () => {
    const kept = run('a', [result('SSH-01', { evidence: [{ text: '約定\u0000', place: '/etc' }] })]);
    const store = new StateDiagnoses(database);
    store.keep(kept);
    expect(store.find('a')).toEqual(kept);
    expect(store.latest()).toEqual(kept);
    expect(store.list(1)[0]).not.toHaveProperty('checks');
    expect(store.find('b')).toBeUndefined();
  });

  it('are bounded: filled beyond the limit, the oldest go', () => {
    const store = new StateDiagnoses(database);
    for (let number = 0; number < MAX_RUNS + 20; number += 1)
      store.keep(run(`run-${number}`, [result('SSH-01')], number));
    expect(store.list(500)).toHaveLength(MAX_RUNS);
    expect(store.find('run-19')).toBeUndefined();
    expect(store.find('run-20')?.checks).toHaveLength(1);
    expect(store.latest()?.id).toBe(`run-${MAX_RUNS + 19}`);
    expect(store.before(30).map((each) => each.id)[0]).toBe('run-29');
  });

  it('are found through an index', () => {
    const plan = database.plan('SELECT summary FROM diagnoses ORDER BY started DESC, id DESC LIMIT ?');
    expect(plan.join()).toContain('diagnoses_started');
    expect(plan.join()).not.toContain('TEMP B-TREE');
  });
});
