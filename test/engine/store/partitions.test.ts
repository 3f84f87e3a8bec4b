import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { encodeBlocks } from '../../../src-main/engine/store/block/encode-block.ts';
import { openReadable, openWritable } from '../../../src-main/engine/store/database.ts';
import { streams as firstSchema } from '../../../src-main/engine/store/migrations/checkpoint/010-streams.ts';
import { logMigrations } from '../../../src-main/engine/store/migrations/logs/index.ts';
import { DAY_MS, dayOf, parseLineId, partitionPath } from '../../../src-main/engine/store/partitions.ts';
import { openLogReader } from '../../../src-main/engine/store/read/log-reader.ts';
import { HEADERS_SQL, HOT_SQL } from '../../../src-main/engine/store/read/partition-reader.ts';
import type { LogReader, LogStore } from '../../../src-main/engine/store/types.ts';
import { openLogStore } from '../../../src-main/engine/store/write/log-writer.ts';
import { DAY_START, endOf, inStream, NEVER, NO_FILTER, stored } from './sample-lines.ts';
import { readerOptions } from './reader-options.ts';

let directory = '';
let store: LogStore;
let reader: LogReader;
const unexpected = (problem: unknown) => {
  throw new Error(JSON.stringify(problem));
};

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'yagura-partitions-'));
  store = openLogStore(directory, { clock: { now: () => DAY_START }, onProblem: unexpected });
  reader = openLogReader(directory, readerOptions(unexpected));
});
afterEach(() => {
  reader.close();
  store.close();
  rmSync(directory, { recursive: true, force: true });
});

const linesAt = (time: number, count: number, text = 'a line') =>
  inStream(Array.from({ length: count }, () => ({ time, level: 6, address: '', bytes: Buffer.from(text) })));
const count = () => reader.count(NO_FILTER, NEVER).count;
let streams = 0;
function append(
  time: number,
  number: number,
  text?: string,
  logClass: 'application' | 'audit' = 'application',
) {
  streams += 1;
  const lines = linesAt(time, number, text);
  store.append(stored(lines, streams, logClass), { stream: streams, offset: endOf(lines) });
}

describe('retention', () => {
  const limits = (days: number, maxBytes: number) => ({
    application: { days, maxBytes },
    access: { days, maxBytes },
    audit: { days: 365, maxBytes },
  });

  it('deletes days past the age of their class, and what a reader had open of them is gone', () => {
    for (const day of [0, 1, 2, 3, 4]) append(DAY_START - day * DAY_MS, 10);
    append(DAY_START - 4 * DAY_MS, 10, 'audit', 'audit');
    expect(count()).toBe(60);
    const deleted = store.retain(limits(2, 1e9), DAY_START + 1000);
    expect(deleted.map(({ partition }) => partition)).toEqual([
      `application/${dayOf(DAY_START - 4 * DAY_MS)}`,
      `application/${dayOf(DAY_START - 3 * DAY_MS)}`,
    ]);
    expect(deleted.every(({ bytes }) => bytes > 0)).toBe(true);
    expect(count()).toBe(40);
  });

  it('keeps a file that was set aside as long as lines of its class, and no longer', () => {
    append(DAY_START, 1);
    const file = join(directory, 'logs', 'application', '2026-11-01.db.corrupt-2026-11-01T00-00-00.000Z');
    writeFileSync(file, 'damaged');
    utimesSync(file, new Date(DAY_START - 29 * DAY_MS), new Date(DAY_START - 29 * DAY_MS));
    expect(store.retain(limits(30, 1e9), DAY_START)).toEqual([]);
    expect(store.retain(limits(28, 1e9), DAY_START).map(({ bytes }) => bytes)).toEqual([7]);
    expect(existsSync(file)).toBe(false);
  });

  it('deletes the oldest days beyond the size of their class, never today', () => {
    for (const day of [0, 1, 2]) append(DAY_START - day * DAY_MS, 10);
    expect(store.retain(limits(30, 1), DAY_START).map(({ partition }) => partition)).toEqual([
      `application/${dayOf(DAY_START - 2 * DAY_MS)}`,
      `application/${dayOf(DAY_START - DAY_MS)}`,
    ]);
    expect(count()).toBe(10);
    append(DAY_START - 2 * DAY_MS, 5);
    expect(count()).toBe(15);
  });
});

describe('partitions', () => {
  it('stay open sixteen at a time, and more can be written in turn', () => {
    for (const round of [1, 2]) {
      for (let day = 0; day < 20; day += 1) append(DAY_START - day * DAY_MS, round);
    }
    const open = readdirSync(join(directory, 'logs', 'application')).filter((name) => name.endsWith('-wal'));
    expect(open).toHaveLength(16);
    expect(count()).toBe(60);
  });

  it('seal the hot table before it outgrows its limit, without being told to', () => {
    const lines = linesAt(DAY_START, 30_000);
    store.append(stored(lines), { stream: 1, offset: endOf(lines) });
    const path = partitionPath(join(directory, 'logs'), { logClass: 'application', day: dayOf(DAY_START) });
    const database = openReadable(path, logMigrations);
    const hot = () => database.query<[], { n: number }>('SELECT count(*) AS n FROM hot').get()?.n;
    expect(hot()).toBeLessThanOrEqual(4 * 4096);
    while (store.maintain());
    expect(hot()).toBeLessThan(4096);
    expect(count()).toBe(30_000);
    database.close();
  });

  it('keep a line of 10 MB whole, hot and sealed, and cut it only for a view', () => {
    const long = linesAt(DAY_START, 2, `${'x'.repeat(10_000_000)}needle`);
    store.append(stored(long), { stream: 1, offset: endOf(long) });
    while (store.maintain());
    const { lines } = reader.search({ text: 'xneedle', regex: false }, 'older', undefined, 10, NEVER);
    expect(lines.map((line) => [line.text.length, line.truncated])).toEqual([
      [20_000, true],
      [20_000, true],
    ]);
    expect(reader.line(lines[0]!.id)?.text.length).toBe(10_000_006);
  });

  it('keep ids through sealing', () => {
    append(DAY_START, 5000, 'before');
    const { lines } = reader.search(NO_FILTER, 'newer', undefined, 3, NEVER);
    while (store.maintain());
    for (const line of lines) expect(reader.line(line.id)).toEqual(line);
    expect(reader.line('application/2026-11-21/99999')).toBeUndefined();
    expect(reader.line('../../etc/passwd/1')).toBeUndefined();
    expect(parseLineId('audit/2026-11-21/7')).toEqual({ logClass: 'audit', day: '2026-11-21', sequence: 7 });
  });

  it('refuse lines of another day, whose time nobody would find', () => {
    const lines = linesAt(DAY_START, 1);
    const wrong = { ...stored(lines), day: '2026-11-20' };
    expect(() => store.append(wrong, { stream: 1, offset: 10 })).toThrow();
    expect(() => store.appendBlocks(encodeBlocks(wrong), { stream: 1, offset: 10 })).toThrow();
    expect(
      existsSync(partitionPath(join(directory, 'logs'), { logClass: 'application', day: '2026-11-20' })),
    ).toBe(false);
  });

  it('are read by their indexes', () => {
    append(DAY_START, 1);
    const path = partitionPath(join(directory, 'logs'), { logClass: 'application', day: dayOf(DAY_START) });
    const database = openReadable(path, logMigrations);
    expect(database.plan(HEADERS_SQL)).toEqual(['SEARCH blocks USING INTEGER PRIMARY KEY (rowid>?)']);
    expect(database.plan(HOT_SQL)).toEqual([
      'SCAN hot',
      'SEARCH sources USING INTEGER PRIMARY KEY (rowid=?) LEFT-JOIN',
    ]);
    expect(database.plan('SELECT text FROM blocks WHERE block = ?')).toEqual([
      'SEARCH blocks USING INTEGER PRIMARY KEY (rowid=?)',
    ]);
    expect(database.plan('SELECT offset FROM positions WHERE stream = ?')).toEqual([
      'SEARCH positions USING INTEGER PRIMARY KEY (rowid=?)',
    ]);
    expect(database.plan('SELECT sequence, length(text) FROM hot ORDER BY sequence LIMIT ?')).toEqual([
      'SCAN hot',
    ]);
    expect(database.plan('SELECT max(last_sequence) FROM blocks')[0]).toMatch(/USING COVERING INDEX/);
    database.close();
  });
});

describe('the checkpoint', () => {
  const identity = { sourceId: 's', path: '/a', fileId: '1:2', fingerprint: 'f', fingerprintLength: 9 };

  it('knows a stream again under another path, and gives a new number when asked to', () => {
    const first = store.identify(identity);
    expect(store.identify({ ...identity, path: '/b' })).toEqual({
      ...identity,
      path: '/b',
      stream: first.stream,
    });
    expect(store.identify(identity, true).stream).not.toBe(first.stream);
    expect(store.identify({ ...identity, fileId: '1:3' }).stream).not.toBe(first.stream);
  });

  it('brings back positions, detectors and streams', () => {
    const { stream } = store.identify(identity);
    store.checkpoint(
      [{ stream, offset: 7, cursor: 'c' }],
      [{ name: 'buckets', pieces: [Buffer.from([1, 2])] }],
    );
    store.checkpoint(
      [{ stream, offset: 9 }],
      [{ name: 'others', pieces: [Buffer.from([3]), Buffer.from([4])] }],
    );
    expect(store.loadCheckpoint()).toEqual({
      positions: [{ stream, offset: 9 }],
      // The whole state each time: what is no longer said is over.
      detectors: [{ name: 'others', pieces: [Buffer.from([3]), Buffer.from([4])] }],
      streams: [{ ...identity, stream }],
    });
  });

  it('brings back detectors that an earlier version kept in one piece', () => {
    store.close();
    const path = join(directory, 'checkpoint.db');
    rmSync(path);
    const options = { clock: { now: () => DAY_START }, onProblem: unexpected };
    const earlier = openWritable(path, { ...options, migrations: [firstSchema], synchronous: 'FULL' });
    earlier.execute("INSERT INTO detectors (name, state) VALUES ('buckets', x'010203')");
    earlier.close();
    store = openLogStore(directory, options);
    expect(store.loadCheckpoint().detectors).toEqual([{ name: 'buckets', pieces: [Buffer.from([1, 2, 3])] }]);
  });

  it('give back the room of a busy minute when they are closed', () => {
    store.checkpoint([], [{ name: 'buckets', pieces: [randomBytes(2_000_000)] }]);
    store.checkpoint([{ stream: 1, offset: 9 }], [{ name: 'buckets', pieces: [Buffer.from([3])] }]);
    expect(store.usedBytes()).toBeGreaterThan(2_000_000);
    store.close();
    store = openLogStore(directory, { clock: { now: () => DAY_START }, onProblem: unexpected });
    expect(store.usedBytes()).toBeLessThan(100_000);
    expect(store.loadCheckpoint().positions).toEqual([{ stream: 1, offset: 9 }]);
  });
});
