import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DetectedFinding } from '../../../src-main/engine/flow/finding.ts';
import { openWritable, type WritableDatabase } from '../../../src-main/engine/store/database.ts';
import { stateMigrations } from '../../../src-main/engine/store/migrations/state/index.ts';
import { FINDING_QUERIES } from '../../../src-main/engine/store/state/finding-reader.ts';
import { FindingStore } from '../../../src-main/engine/store/state/findings.ts';
import {
  STATISTICS_QUERIES,
  FindingStatistics,
} from '../../../src-main/engine/store/state/finding-statistics.ts';
import { openState } from '../../../src-main/engine/store/state/state-database.ts';
import type { FindingChange } from '../../../src-main/engine/store/types.ts';

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

/** One finding alone, as a quiet day has them. */
function accept(one: DetectedFinding): FindingChange | undefined {
  return store.accept([one])[0];
}

describe('findings of a version that kept each as a row', () => {
  it('are there after opening, and grow on, in a file much smaller', () => {
    const old = mkdtempSync(join(tmpdir(), 'yagura-old-findings-'));
    const options = { clock: { now: () => 0 }, onProblem: () => expect.fail('a problem') };
    const before = openWritable(join(old, 'state.db'), {
      ...options,
      migrations: stateMigrations.filter(({ version }) => version < 70),
      synchronous: 'NORMAL',
    });
    const many = Array.from({ length: 500 }, (_, index) => attackOf(index));
    many.push(finding({ id: 'named', addresses: ['192.0.2.1', '192.0.2.2'], time: 3 * HOUR }));
    const add = before.command<[string, string, number, number, string]>(
      'INSERT INTO findings (id, type, time, count, content) VALUES (?, ?, ?, ?, ?)',
    );
    before.transaction(() => {
      for (const each of many) add.run(each.id, each.type, each.time, each.count, JSON.stringify(each));
    });
    before.close();
    const oldBytes = statSync(join(old, 'state.db')).size;

    const after = openState(old, options);
    const migrated = new FindingStore(after);
    for (const each of many) expect(migrated.find(each.id)).toEqual(each);
    expect(migrated.page(DAY, undefined, 500).total).toBe(501);
    expect(migrated.address('192.0.2.2', DAY)?.findingsList).toMatchObject([{ id: 'named' }]);
    expect(migrated.countByRule(0)).toEqual(new Map([['ssh-brute-force', 501]]));
    const [line] = many[7]?.evidence ?? [];
    expect(migrated.ofLine(line?.sourceId ?? '', line?.time ?? 0, line?.text ?? '')).toEqual([many[7]?.id]);
    expect(migrated.accept([finding({ id: 'named', count: 99 }), ...many.slice(0, 3)])).toEqual([
      'grown',
      ...many.slice(0, 3).map(() => 'known'),
    ]);
    after.close();
    expect(statSync(join(old, 'state.db')).size).toBeLessThan(oldBytes / 2);
    rmSync(old, { recursive: true });
  });
});

describe('The finding store', () => {
  it('keeps a finding once, delivered twice, and lets it grow', () => {
    expect(accept(finding({}))).toBe('new');
    expect(accept(finding({}))).toBe('known');
    expect(accept(finding({ count: 9, time: 2 * HOUR }))).toBe('grown');
    expect(accept(finding({ count: 5 }))).toBe('known');
    const { findings, total } = store.page(DAY, undefined, 10);
    expect(total).toBe(1);
    expect(findings).toMatchObject([{ id: 'one', count: 9, time: 2 * HOUR }]);
    expect(store.addresses(DAY, 10).addresses).toMatchObject([{ findings: 1, events: 9 }]);
  });

  it('pages through findings without losing or repeating one, many in the same millisecond', () => {
    for (let index = 0; index < 57; index += 1)
      accept(finding({ id: `f${index}`, time: HOUR + Math.floor(index / 20) }));
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
    accept(finding({ id: 'a', addresses: ['192.0.2.1'], risk: 30, severity: 'warning', type: 'scan' }));
    accept(
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
    accept(
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
    accept(
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
    accept(finding({}));
    expect(store.ofLine('auth', HOUR, 'Failed password')).toEqual(['one']);
    expect(store.ofLine('auth', HOUR, 'Accepted password')).toEqual([]);
    expect(store.ofLine('auth', HOUR + 1, 'Failed password')).toEqual([]);
    expect(store.ofLine('web', HOUR, 'Failed password')).toEqual([]);
  });

  it('finds the findings of a line that came before the one that completed them, once each', () => {
    const earlier = { time: HOUR - 5, text: 'Failed password for root', sourceId: 'auth', offset: 5 };
    const last = { time: HOUR, text: 'Failed password', sourceId: 'auth', offset: 10 };
    accept(finding({ id: 'brute', evidence: [earlier, last] }));
    expect(store.ofLine('auth', HOUR - 5, 'Failed password for root')).toEqual(['brute']);
    expect(store.ofLine('web', HOUR - 5, 'Failed password for root')).toEqual([]);
    // It grows: what completed it is now one of those before.
    accept(
      finding({
        id: 'brute',
        time: 2 * HOUR,
        count: 6,
        evidence: [earlier, last, { ...last, time: 2 * HOUR }],
      }),
    );
    for (const time of [HOUR, 2 * HOUR])
      expect(store.ofLine('auth', time, 'Failed password')).toEqual(['brute']);
  });

  it('deletes what is too old and what is beyond the limit, with all that hangs on it', () => {
    for (let index = 0; index < 10; index += 1) accept(finding({ id: `f${index}`, time: index * HOUR }));
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

  it('takes many at once as it takes them one after another', () => {
    const many = Array.from({ length: 300 }, (_, index) =>
      finding({
        id: index % 2 === 0 ? index.toString(16).padStart(32, '0') : `f${index}`,
        time: HOUR + (index % 7),
        type: index % 3 === 0 ? 'scan' : 'sqli',
        addresses: index % 5 === 0 ? [] : [`192.0.2.${index % 11}`, `192.0.2.${index % 13}`],
      }),
    );
    // One comes twice, grown the second time.
    const grown = { ...many[5], count: 99 } as DetectedFinding;
    expect(store.accept([...many, grown]).at(-1)).toBe('grown');
    const { findings } = store.page(DAY, undefined, 500);
    const expected = new Map([...many, grown].map((each) => [each.id, each]));
    expect(new Map(findings.map((each) => [each.id, each]))).toEqual(expected);
    for (const each of expected.values()) expect(store.find(each.id)).toEqual(each);
    expect(store.accept(many)).toEqual(many.map(() => 'known'));
  });

  it('numbers on where a transaction that failed had begun', () => {
    const failing = (): void => {
      database.transaction(() => {
        accept(finding({ id: 'lost' }));
        throw new Error('as a full disk would');
      });
    };
    expect(failing).toThrow();
    accept(finding({ id: 'kept', type: 'scan' }));
    expect(store.find('lost')).toBeUndefined();
    expect(store.find('kept')).toMatchObject({ id: 'kept', type: 'scan' });
  });

  it('takes no page of a finding that is gone for that of a new one', () => {
    accept(finding({ id: 'new', time: 5 * HOUR }));
    accept(finding({ id: 'old', time: HOUR }));
    store.retain({ olderThan: 2 * HOUR, most: 10 });
    accept(finding({ id: 'next', time: 6 * HOUR }));
    expect(store.page(DAY, undefined, 10).findings.map(({ id }) => id)).toEqual(['next', 'new']);
    expect(database.query('SELECT first FROM finding_pages').all()).toHaveLength(2);
  });

  it('takes less than 450 bytes a finding, many of them of as many attackers', () => {
    const count = 5000;
    const many = Array.from({ length: count }, (_, index) => attackOf(index));
    for (let from = 0; from < count; from += 1000)
      database.transaction(() => store.accept(many.slice(from, from + 1000)));
    database.checkpoint();
    expect(statSync(database.path).size / count).toBeLessThan(450);
  });

  it('counts addresses, types and rules as they are, of distributed attacks too', () => {
    accept(finding({ id: 'a', addresses: ['192.0.2.1', '192.0.2.2'] }));
    accept(finding({ id: 'b', type: 'scan', ruleId: 'scan', addresses: ['192.0.2.2'], time: 2 * HOUR }));
    accept(finding({ id: 'c', type: 'scan', ruleId: 'scan', addresses: [], time: 2 * HOUR, successes: 4 }));
    const statistics = new FindingStatistics(database);
    expect(statistics.addresses(DAY)).toEqual({ total: 2, fresh: 2, byType: { brute_force: 2, scan: 1 } });
    expect(statistics.addresses({ from: 2 * HOUR, to: 3 * HOUR })).toMatchObject({ total: 1, fresh: 0 });
    expect(store.countByRule(0)).toEqual(
      new Map([
        ['ssh-brute-force', 1],
        ['scan', 2],
      ]),
    );
    expect(statistics.facts(DAY)).toMatchObject([
      { id: 'a', address: '192.0.2.1', severity: 'error', lastTime: HOUR, historic: false, successes: 0 },
      { id: 'b', ruleId: 'scan' },
      { id: 'c', address: '', successes: 4 },
    ]);
    expect(store.address('192.0.2.2', DAY)?.findingsList.map(({ id }) => id)).toEqual(['b', 'a']);
  });

  it('counts by index', () => {
    for (const query of Object.values(STATISTICS_QUERIES)) {
      for (const step of database.plan(query)) expect(step).not.toMatch(/SCAN (findings|earlier|grown)/);
    }
  });

  it('asks by index in every hot query', () => {
    for (const query of Object.values(FINDING_QUERIES)) {
      const plan = database.plan(query).join('; ');
      expect(plan).toMatch(/SEARCH/);
      expect(plan).not.toMatch(/SCAN|TEMP B-TREE/);
    }
  });
});

/** A probe of an attacker of its own, as a scan of many hosts leaves them. */
function attackOf(index: number): DetectedFinding {
  const address = `198.${index % 251}.${index % 241}.${index % 239}`;
  const time = HOUR + index * 1000;
  const text = `${address} - - [21/Nov/2026:00:00:01 +0000] "GET /search?id=${index * 7919}%27%20OR%20${index}=${index}-- HTTP/1.1" 404 ${index % 5003} "-" "Mozilla/5.0 (X11; Linux x86_64)"`;
  const line = { time, text, sourceId: '/var/log/nginx/access.log', offset: index * 9973 };
  return finding({
    id: createHash('sha256').update(String(index)).digest('hex').slice(0, 32),
    addresses: [address],
    time,
    firstTime: time,
    offset: line.offset,
    sourceId: line.sourceId,
    evidence: [line],
    summary: {
      key: 'detect.finding.sqli',
      parameters: { rule: 'web.sqli', type: 'sqli', count: 1, address },
    },
  });
}
