import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AuditVerification } from '../../../../src-preload/contract/audit.ts';
import { openWritable, type WritableDatabase } from '../../../../src-main/engine/store/database.ts';
import { stateMigrations } from '../../../../src-main/engine/store/migrations/state/index.ts';
import { AUDIT_ANCHOR_FILE, readAnchor } from '../../../../src-main/engine/store/state/audit-anchor.ts';
import { AuditChain } from '../../../../src-main/engine/store/state/audit-chain.ts';
import { auditHash } from '../../../../src-main/engine/store/state/audit-hash.ts';
import { verifyAudit } from '../../../../src-main/engine/store/state/audit-verify.ts';
import { openState } from '../../../../src-main/engine/store/state/state-database.ts';

const START = Date.UTC(2026, 10, 21, 9);
let directory: string;
let now: number;
let database: WritableDatabase;
let chain: AuditChain;

const clock = { now: () => now };
const fail = (problem: unknown): never => {
  throw problem instanceof Error ? problem : new Error(JSON.stringify(problem));
};

function open(limit?: number): void {
  database = openState(directory, { clock, onProblem: fail });
  chain = new AuditChain(database, {
    directory,
    clock,
    onError: fail,
    ...(limit === undefined ? {} : { limit }),
  });
}

/** The head is recorded before the database goes. */
function close(): void {
  chain.anchor();
  database.close();
}

function record(subject: string, details: Record<string, unknown> = { before: 1, after: 2 }): void {
  now += 1000;
  chain.record({ actor: 'operator', action: 'settingChanged', subject, details });
}

/** As somebody with the file in hand and no respect would. */
function tamper(...statements: string[]): void {
  const connection = new Database(join(directory, 'state.db'));
  connection.exec('DROP TRIGGER audit_entries_stay; DROP TRIGGER audit_entries_remain;');
  for (const statement of statements) connection.exec(statement);
  connection.close();
}

function verify(): Promise<AuditVerification> {
  const recorded = readAnchor(directory);
  return verifyAudit(chain, recorded === undefined ? [] : [recorded]);
}

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'yagura-audit-'));
  now = START;
  open();
});
afterEach(() => {
  close();
  rmSync(directory, { recursive: true, force: true });
});

describe('The audit chain', () => {
  beforeEach(() => {
    for (let index = 1; index <= 2500; index += 1) record(`setting.${index}`);
    chain.anchor();
  });

  test('untouched, is intact and ends in its head', async () => {
    const result = await verify();
    expect(result).toEqual({ intact: true, entries: 2500, head: chain.head(), faults: [] });
    expect(chain.head().number).toBe(2500);
  });

  test('an edited entry, is found by its number', async () => {
    tamper(`UPDATE audit_entries SET details = '{"before":1,"after":3}' WHERE number = 1200`);
    expect(await verify()).toMatchObject({ intact: false, faults: [{ kind: 'edited', number: 1200 }] });
  });

  test.each(['time = 1', "actor = 'file'", "action = 'alertResolved'", "subject = 'x'"])(
    'an entry edited in %s, is found',
    async (change) => {
      tamper(`UPDATE audit_entries SET ${change} WHERE number = 7`);
      expect((await verify()).faults).toEqual([{ kind: 'edited', number: 7 }]);
    },
  );

  test('an edited entry whose hash was made to fit, no longer carries the next one', async () => {
    const entry = chain.after(1199, 1)[0]!;
    const hash = auditHash({ ...entry, details: '{}' });
    tamper(`UPDATE audit_entries SET details = '{}', hash = '${hash}' WHERE number = 1200`);
    expect((await verify()).faults).toEqual([{ kind: 'reordered', number: 1201 }]);
  });

  test('everything from an entry on rewritten with fitting hashes, does not have the recorded head', async () => {
    const connection = new Database(join(directory, 'state.db'));
    connection.exec('DROP TRIGGER audit_entries_stay');
    let previous = chain.after(2488, 1)[0]!.hash;
    for (const entry of chain.after(2489, 20)) {
      const forged = { ...entry, details: '{"forged":true}', previous };
      previous = auditHash(forged);
      connection
        .prepare('UPDATE audit_entries SET details = ?, previous = ?, hash = ? WHERE number = ?')
        .run(forged.details, forged.previous, previous, entry.number);
    }
    connection.close();
    expect((await verifyAudit(chain, [{ number: 2500, hash: previous }])).intact).toBe(true);
    expect((await verify()).faults).toEqual([{ kind: 'anchor', number: 2500 }]);
  });

  test('a removed entry, is missing', async () => {
    tamper('DELETE FROM audit_entries WHERE number = 1200');
    expect((await verify()).faults).toEqual([{ kind: 'missing', number: 1200 }]);
  });

  test('the first entries removed, are missing though the base says they were let go', async () => {
    tamper('DELETE FROM audit_entries WHERE number <= 3');
    expect((await verify()).faults[0]).toEqual({ kind: 'missing', number: 1 });
  });

  test('two entries changed places, follow nothing', async () => {
    tamper(
      'UPDATE audit_entries SET number = -1 WHERE number = 5',
      'UPDATE audit_entries SET number = 5 WHERE number = 6',
      'UPDATE audit_entries SET number = 6 WHERE number = -1',
    );
    const { faults } = await verify();
    expect(faults).toContainEqual({ kind: 'reordered', number: 5 });
    expect(faults).toContainEqual({ kind: 'edited', number: 6 });
  });

  test('cut off at its end, is found by the head beside the database', async () => {
    tamper('DELETE FROM audit_entries WHERE number > 2490');
    expect(await verify()).toMatchObject({ intact: false, faults: [{ kind: 'truncated', number: 2491 }] });
  });

  test('cut off together with that file, is found by a printed head', async () => {
    const printed = chain.head();
    tamper('DELETE FROM audit_entries WHERE number > 2490');
    rmSync(join(directory, AUDIT_ANCHOR_FILE));
    expect((await verify()).intact).toBe(true);
    expect((await verifyAudit(chain, [printed])).faults).toEqual([{ kind: 'truncated', number: 2491 }]);
  });

  test('emptied, is found', async () => {
    tamper('DELETE FROM audit_entries');
    expect((await verify()).faults).toEqual([{ kind: 'truncated', number: 1 }]);
  });

  test('cut off while no engine ran, keeps the trace when the next one goes on', async () => {
    database.close();
    tamper('DELETE FROM audit_entries WHERE number > 2490');
    open();
    expect(chain.begin()).toBe(false);
    record('after');
    chain.anchor();
    expect((await verify()).faults).toContainEqual({ kind: 'truncated', number: 2491 });
  });

  test('a damaged head file, is a fault and never a reason to fail', async () => {
    writeFileSync(join(directory, AUDIT_ANCHOR_FILE), 'garbage');
    expect((await verify()).faults).toContainEqual({ kind: 'anchor', number: 1 });
  });

  test('an ordinary change or removal, is refused by the database itself', () => {
    expect(() => database.execute('UPDATE audit_entries SET time = 1')).toThrow();
    expect(() => database.execute('DELETE FROM audit_entries')).toThrow();
    expect(chain.head().number).toBe(2500);
  });

  test('a page of it, newest first with the total', () => {
    const { entries, total } = chain.list(2000, 3);
    expect(entries.map(({ number }) => number)).toEqual([1999, 1998, 1997]);
    expect(entries[0]!.details).toEqual({ before: 1, after: 2 });
    expect(total).toBe(2500);
  });
});

test('A chain without a fault, begins quietly', () => {
  expect(chain.begin()).toBe(true);
  record('one');
  chain.anchor();
  close();
  open();
  expect(chain.begin()).toBe(true);
  expect(chain.head().number).toBe(1);
});

test('A head, is recorded after the commit and by itself', async () => {
  database.transaction(() => {
    record('one');
    expect(existsSync(join(directory, AUDIT_ANCHOR_FILE))).toBe(false);
  });
  await setImmediate();
  await setImmediate();
  expect(readAnchor(directory)).toEqual(chain.head());
});

test('A change that is rolled back, leaves no entry', () => {
  expect(() =>
    database.transaction(() => {
      record('one');
      throw new Error('no');
    }),
  ).toThrow();
  expect(chain.head().number).toBe(0);
});

test('A full chain, lets the oldest go and stays intact', async () => {
  close();
  open(100);
  for (let index = 1; index <= 1000; index += 1) record(`setting.${index}`);
  chain.anchor();
  const result = await verify();
  expect(result.intact).toBe(true);
  expect(result.entries).toBeLessThanOrEqual(100);
  expect(result.entries).toBeGreaterThan(90);
  expect(result.head.number).toBe(1000);
  expect(chain.list(undefined, 1).total).toBe(result.entries);
});

test('A detail too long, is cut to its beginning and length', () => {
  record('long', { after: 'x'.repeat(100_000) });
  expect(chain.list(undefined, 1).entries[0]!.details).toMatchObject({ length: 100_012 });
});

test('Settings changes of an older version, become the first entries', async () => {
  const old = mkdtempSync(join(tmpdir(), 'yagura-audit-old-'));
  const before = openWritable(join(old, 'state.db'), {
    migrations: stateMigrations.filter(({ version }) => version < 35),
    synchronous: 'FULL',
    clock,
    onProblem: fail,
  });
  before.execute(
    `INSERT INTO settings_changes (time, path, before, after, by) VALUES
      (5, 'metrics.interval', '5', '1', 'operator'), (6, 'logs.sources', NULL, '[]', 'file')`,
  );
  before.close();
  const after = openState(old, { clock, onProblem: fail });
  const migrated = new AuditChain(after, { directory: old, clock, onError: fail });
  expect(migrated.begin()).toBe(true);
  expect(migrated.list(undefined, 9).entries).toMatchObject([
    { number: 2, actor: 'file', subject: 'logs.sources', details: { before: null, after: [] } },
    { number: 1, actor: 'operator', subject: 'metrics.interval', details: { before: 5, after: 1 } },
  ]);
  expect(await verifyAudit(migrated, [])).toMatchObject({ intact: true, entries: 2 });
  after.close();
  rmSync(old, { recursive: true });
});

test('The head file, holds number and hash and is private', () => {
  record('one');
  chain.anchor();
  expect(JSON.parse(readFileSync(join(directory, AUDIT_ANCHOR_FILE), 'utf8'))).toEqual(chain.head());
});
