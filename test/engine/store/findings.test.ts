import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DetectedFinding } from '../../../src-main/engine/flow/finding.ts';
import type { WritableDatabase } from '../../../src-main/engine/store/database.ts';
import { FINDING_QUERIES } from '../../../src-main/engine/store/state/finding-reader.ts';
import { FindingStore } from '../../../src-main/engine/store/state/findings.ts';
import { openState } from '../../../src-main/engine/store/state/state-database.ts';

const HOUR = 3_600_000;
const DAY = { from: 0, to: 24 * HOUR };

let directory: string;
let database: WritableDatabase;
let store: FindingStore;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'yagura-findings-'));
  database = openState(directory, {
    clock: { now: () => 0 },
    onProblem: (problem) => expect.fail(problem.message.key),
  });
  store = new FindingStore(database);
});

afterEach(() => {
  database.close();
  rmSync(directory, { recursive: true });
});

function finding(part: Partial<DetectedFinding>): DetectedFinding {
  return {
    id: 'one',
    ruleId: 'ssh-brute-force',
    type: 'brute_force',
    severity: 'error',
    confidence: 0.9,
    risk: 70,
    riskParts: { severity: 40, confidence: 20, repetition: 10 },
    time: HOUR,
    firstTime: HOUR - 60_000,
    addresses: ['203.0.113.9'],
    sourceId: 'auth',
    offset: 10,
    count: 5,
    summary: { key: 'findings.bruteForce', parameters: {} },
    evidence: [{ time: HOUR, text: 'Failed password', sourceId: 'auth', offset: 10 }],
    mitre: [],
    owasp: [],
    historic: false,
    ...part,
  };
}

describe('The finding store', () => {
  it('keeps a finding once, delivered twice, and lets it grow', () => {
    expect(store.accept(finding({}))).toBe('new');
    expect(store.accept(finding({}))).toBe('known');
    expect(store.accept(finding({ count: 9, time: 2 * HOUR }))).toBe('grown');
    expect(store.accept(finding({ count: 5 }))).toBe('known');
    const { findings, total } = store.page(DAY, undefined, 10);
    expect(total).toBe(1);
    expect(findings).toMatchObject([{ id: 'one', count: 9, time: 2 * HOUR }]);
    expect(store.addresses(DAY, 10).addresses).toMatchObject([{ findings: 1, events: 9 }]);
  });

  it('pages through findings without losing or repeating one, many in the same millisecond', () => {
    for (let index = 0; index < 57; index += 1)
      store.accept(finding({ id: `f${index}`, time: HOUR + Math.floor(index / 20) }));
    const seen: string[] = [];
    let before: string | undefined;
    for (;;) {
      const { findings } = store.page(DAY, before, 10);
      if (findings.length === 0) break;
      seen.push(...findings.map((each) => each.id));
      before = findings.at(-1)?.id;
    }
    expect(new Set(seen).size).toBe(57);
    expect(seen).toHaveLength(57);
  });

  it('lists addresses worst first with their types and when they were busy', () => {
    store.accept(finding({ id: 'a', addresses: ['192.0.2.1'], risk: 30, severity: 'warning', type: 'scan' }));
    store.accept(
      finding({
        id: 'b',
        addresses: ['192.0.2.2'],
        risk: 90,
        severity: 'critical',
        time: 6 * HOUR,
        firstTime: 6 * HOUR,
        count: 40,
      }),
    );
    store.accept(
      finding({
        id: 'c',
        addresses: ['192.0.2.2'],
        risk: 50,
        type: 'sqli',
        time: 7 * HOUR,
        firstTime: 7 * HOUR,
        count: 2,
      }),
    );
    const { addresses, total, byType } = store.addresses(DAY, 10);
    expect(total).toBe(2);
    expect(addresses[0]).toMatchObject({
      address: '192.0.2.2',
      severity: 'critical',
      risk: 90,
      types: ['brute_force', 'sqli'],
      events: 42,
    });
    expect(addresses[0]?.sparkline[6]).toBe(40);
    expect(addresses[0]?.sparkline[7]).toBe(2);
    expect(byType.map(({ type }) => type)).toEqual(['brute_force', 'sqli', 'scan']);
  });

  it('shows a distributed attack under each of its addresses', () => {
    store.accept(
      finding({
        addresses: ['192.0.2.1', '192.0.2.2', '192.0.2.3'],
        count: 30,
        users: [{ name: 'root', count: 30 }],
        distinctUsers: 1,
      }),
    );
    expect(store.addresses(DAY, 10).addresses.map(({ events }) => events)).toEqual([10, 10, 10]);
    expect(store.address('192.0.2.2', DAY)).toMatchObject({
      users: [{ name: 'root', count: 30 }],
      distinctUsers: 1,
      successes: 0,
    });
    expect(store.address('192.0.2.4', DAY)).toBeUndefined();
  });

  it('finds the findings of a line', () => {
    store.accept(finding({}));
    expect(store.ofLine('auth', HOUR, 'Failed password')).toEqual(['one']);
    expect(store.ofLine('auth', HOUR, 'Accepted password')).toEqual([]);
    expect(store.ofLine('auth', HOUR + 1, 'Failed password')).toEqual([]);
  });

  it('deletes what is too old and what is beyond the limit, with all that hangs on it', () => {
    for (let index = 0; index < 10; index += 1)
      store.accept(finding({ id: `f${index}`, time: index * HOUR }));
    expect(store.retain({ olderThan: 2 * HOUR, most: 5 })).toBe(5);
    expect(store.page(DAY, undefined, 100).findings.map(({ id }) => id)).toEqual([
      'f9',
      'f8',
      'f7',
      'f6',
      'f5',
    ]);
    expect(store.address('203.0.113.9', { from: 0, to: 5 * HOUR })).toBeUndefined();
  });

  it('asks by index in every hot query', () => {
    for (const query of Object.values(FINDING_QUERIES)) {
      const plan = database.plan(query).join('; ');
      expect(plan).toMatch(/SEARCH/);
      expect(plan).not.toMatch(/SCAN|TEMP B-TREE/);
    }
  });
});
