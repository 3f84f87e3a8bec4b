import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { patternEntry, patternId } from '../../../src-main/engine/flow/pattern-entry.ts';
import type { StoredLines } from '../../../src-main/engine/flow/stored-lines.ts';
import { encodeBlocks } from '../../../src-main/engine/store/block/encode-block.ts';
import { openWritable } from '../../../src-main/engine/store/database.ts';
import { lines as firstMigration } from '../../../src-main/engine/store/migrations/logs/010-lines.ts';
import { partitionPath } from '../../../src-main/engine/store/partitions.ts';
import { openLogReader } from '../../../src-main/engine/store/read/log-reader.ts';
import type { LogReader, LogStore } from '../../../src-main/engine/store/types.ts';
import { openLogStore } from '../../../src-main/engine/store/write/log-writer.ts';
import { MAX_PARTITION_PATTERNS } from '../../../src-main/engine/store/write/pattern-dictionary.ts';
import { readerOptions } from './reader-options.ts';
import { DAY_START, inStream, NEVER, NO_FILTER, stored } from './sample-lines.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = { from: DAY_START, to: DAY_START + 24 * HOUR };
const clock = { now: () => DAY_START + 20 * HOUR };
const unexpected = (problem: unknown) => {
  throw new Error(JSON.stringify(problem));
};

let directory = '';
let store: LogStore;
let reader: LogReader;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'yagura-patterns-'));
  store = openLogStore(directory, { clock, onProblem: unexpected });
  reader = openLogReader(directory, readerOptions(unexpected));
});
afterEach(() => {
  reader.close();
  store.close();
  rmSync(directory, { recursive: true, force: true });
});

interface Said {
  time: number;
  /** Template; its `<*>` becomes a number in the line. */
  says: string;
}

function linesOf(said: Said[], firstOffset = 0, stream = 1): StoredLines {
  const lines = inStream(
    said.map(({ time, says }, index) => ({
      time,
      level: 6,
      address: '',
      bytes: Buffer.from(says.replace('<*>', String(index))),
    })),
    firstOffset,
  );
  const table = ['', ...new Set(said.map(({ says }) => entry(says)))];
  return {
    ...stored(lines, stream),
    patterns: Uint32Array.from(said, ({ says }) => (says === '' ? 0 : table.indexOf(entry(says)))),
    patternTable: table,
  };
}

function entry(text: string): string {
  return patternEntry({ id: patternId(text), text });
}

let offset = 0;
beforeEach(() => {
  offset = 0;
});

function append(said: Said[], how: 'rows' | 'blocks' = 'rows'): void {
  const lines = linesOf(said, offset);
  offset = Number(lines.offsets[lines.count - 1]) + (said.at(-1)?.says.length ?? 0) + 20;
  const end = { stream: 1, offset };
  if (how === 'rows') store.append(lines, end);
  else store.appendBlocks(encodeBlocks(lines), end);
}

/** `count` lines, a second apart. */
function many(count: number, says: string, from = DAY_START): Said[] {
  return Array.from({ length: count }, (_, index) => ({ time: from + index * 1000, says }));
}

function listed(range = DAY, filter = NO_FILTER): [string, number][] {
  return reader.patterns(filter, range, 100, NEVER).patterns.map(({ template, count }) => [template, count]);
}

describe('stored patterns', () => {
  it.each(['rows', 'blocks'] as const)('are counted over the range, as %s', (how) => {
    append([...many(30, 'lamp <*> lit'), ...many(10, 'oil is low', DAY_START + HOUR)], how);
    expect(listed()).toEqual([
      ['lamp <*> lit', 30],
      ['oil is low', 10],
    ]);
    expect(listed({ from: DAY_START + 10_000, to: DAY_START + HOUR + 5000 })).toEqual([
      ['lamp <*> lit', 20],
      ['oil is low', 5],
    ]);
    const [first] = reader.patterns(NO_FILTER, DAY, 100, NEVER).patterns;
    expect(first).toMatchObject({
      id: patternId('lamp <*> lit'),
      share: 0.75,
      firstTime: DAY_START,
      lastTime: DAY_START + 29_000,
    });
  });

  it('stay the same when rows are sealed', () => {
    append([...many(3000, 'lamp <*> lit'), ...many(3000, 'oil is low', DAY_START + HOUR)]);
    const before = listed();
    while (store.maintain());
    expect(listed()).toEqual(before);
    expect(before).toEqual([
      ['lamp <*> lit', 3000],
      ['oil is low', 3000],
    ]);
  });

  it('are filtered by what else is asked', () => {
    append([...many(5, 'lamp <*> lit'), ...many(7, 'oil is low')], 'blocks');
    expect(listed(DAY, { ...NO_FILTER, text: 'oil' })).toEqual([['oil is low', 7]]);
    expect(listed(DAY, { ...NO_FILTER, severities: ['error'] })).toEqual([]);
  });

  it('find their lines: pattern:ID, and what is not of it with a minus in front', () => {
    append([...many(5, 'lamp <*> lit'), ...many(7, 'oil is low')], 'blocks');
    append(many(2, 'oil is low', DAY_START + HOUR));
    const count = (text: string): number => reader.count({ ...NO_FILTER, text }, NEVER).count;
    expect(count(`pattern:${patternId('oil is low')}`)).toBe(9);
    expect(count(`-pattern:${patternId('oil is low')}`)).toBe(5);
    expect(count(`pattern:${patternId('never said')}`)).toBe(0);
    const [line] = reader.search({ ...NO_FILTER, text: 'lamp' }, 'older', undefined, 1, NEVER).lines;
    expect(line?.pattern).toBe(patternId('lamp <*> lit'));
  });

  it('let a search pass over blocks without them', () => {
    append(many(600, 'lamp <*> lit'), 'blocks');
    append(many(600, 'oil is low', DAY_START + HOUR), 'blocks');
    // Blocks whose columns can't be unpacked: only the one that is asked for may be opened.
    reader.close();
    const path = partitionPath(join(directory, 'logs'), { logClass: 'application', day: '2026-11-21' });
    const database = new Database(path);
    database.prepare("UPDATE blocks SET columns = x'00', text = x'00' WHERE block = 1").run();
    database.close();
    reader = openLogReader(directory, readerOptions(unexpected));
    const text = `pattern:${patternId('oil is low')}`;
    expect(reader.count({ ...NO_FILTER, text }, NEVER).count).toBe(600);
  });

  it('that became more general count and are found as the newer one', () => {
    append([...many(3, 'gate opened for anna'), ...many(2, 'gate opened for bert')]);
    const general = 'gate opened for <*>';
    store.changePatterns(
      ['gate opened for anna', 'gate opened for bert'].map((old) => ({
        old: patternId(old),
        new: patternId(general),
      })),
    );
    append(many(4, general, DAY_START + HOUR), 'blocks');
    expect(listed()).toEqual([[general, 9]]);
    const text = `pattern:${patternId(general)}`;
    expect(reader.count({ ...NO_FILTER, text }, NEVER).count).toBe(9);
  });

  it('survive changes that go round in a circle', () => {
    append([...many(3, 'a b'), ...many(2, 'c d')]);
    store.changePatterns([
      { old: patternId('a b'), new: patternId('c d') },
      { old: patternId('c d'), new: patternId('a b') },
    ]);
    expect(listed().reduce((sum, [, count]) => sum + count, 0)).toBe(5);
  });

  it('are new when no line before the range had them and an hour had been watched', () => {
    append(many(200, 'lamp <*> lit'));
    append([
      { time: DAY_START + 10 * MINUTE, says: 'oil is low' },
      { time: DAY_START + 3 * HOUR, says: 'lamp <*> lit' },
      { time: DAY_START + 3 * HOUR + 1, says: 'oil is low' },
      { time: DAY_START + 3 * HOUR + 2, says: 'the tower shakes' },
    ]);
    const fresh = (from: number, to: number): string[] =>
      reader
        .patterns(NO_FILTER, { from, to }, 100, NEVER)
        .patterns.filter(({ isNew }) => isNew)
        .map(({ template }) => template);
    expect(fresh(DAY_START + 3 * HOUR, DAY_START + 4 * HOUR)).toEqual(['the tower shakes']);
    expect(fresh(DAY_START, DAY_START + HOUR)).toEqual([]);
  });

  it('of the day before are not new', () => {
    const yesterday = DAY_START - 12 * HOUR;
    const lines = linesOf(many(5, 'lamp <*> lit', yesterday), 0, 2);
    store.append(lines, { stream: 2, offset: 1000 });
    append([...many(5, 'lamp <*> lit', DAY_START + HOUR), ...many(1, 'oil is low', DAY_START + HOUR)]);
    const { patterns } = reader.patterns(NO_FILTER, DAY, 100, NEVER);
    expect(patterns.map(({ template, isNew }) => [template, isNew])).toEqual([
      ['lamp <*> lit', false],
      ['oil is low', true],
    ]);
  });

  it('tell how their rate changed against the hours before', () => {
    append([...many(60, 'lamp <*> lit'), ...many(10, 'oil is low')]);
    append([...many(180, 'lamp <*> lit', DAY_START + HOUR), ...many(5, 'oil is low', DAY_START + HOUR)]);
    const range = { from: DAY_START + HOUR, to: DAY_START + 2 * HOUR };
    const { patterns } = reader.patterns(NO_FILTER, range, 100, NEVER);
    expect(patterns.map(({ change }) => change)).toEqual([3, 0.5]);
  });

  it('lines without one are counted as lines, and have none', () => {
    append([...many(3, ''), ...many(2, 'oil is low')], 'blocks');
    expect(reader.patterns(NO_FILTER, DAY, 100, NEVER)).toMatchObject({ lines: 5, total: 1 });
  });

  it('are bounded per partition: what has no number left counts as <*>', () => {
    const says = Array.from({ length: MAX_PARTITION_PATTERNS + 500 }, (_, index) => `word${index}`);
    append(says.map((text, index) => ({ time: DAY_START + index, says: text })));
    const answer = reader.patterns(NO_FILTER, DAY, 500, NEVER);
    expect(answer.total).toBe(MAX_PARTITION_PATTERNS + 1);
    expect(answer.patterns[0]).toMatchObject({ template: '<*>', count: 500 });
  });

  it('files from before there were patterns are read as they are, and get patterns once written to', () => {
    append(many(3, 'oil is low'));
    store.close();
    reader.close();
    rmSync(join(directory, 'logs'), { recursive: true });
    store = openLogStore(directory, { clock, onProblem: unexpected });
    const path = partitionPath(join(directory, 'logs'), { logClass: 'application', day: '2026-11-21' });
    store.append(linesOf(many(1, 'x')), { stream: 9, offset: 1 });
    store.close();
    rmSync(path, { force: true });
    const old = openWritable(path, {
      clock,
      onProblem: unexpected,
      synchronous: 'NORMAL',
      migrations: [firstMigration],
    });
    old.execute("INSERT INTO sources (name) VALUES ('s')");
    old.execute(
      `INSERT INTO hot (sequence, time, level, source, stream, offset, address, text)
       VALUES (1, ${DAY_START}, 6, 1, 1, 0, '', x'6f6c64')`,
    );
    old.close();
    reader = openLogReader(directory, readerOptions(unexpected));
    expect(reader.count(NO_FILTER, NEVER).count).toBe(1);
    expect(reader.patterns(NO_FILTER, DAY, 100, NEVER)).toMatchObject({ lines: 1, total: 0 });
    reader.close();
    store = openLogStore(directory, { clock, onProblem: unexpected });
    store.append(linesOf(many(2, 'oil is low', DAY_START + MINUTE), 100), { stream: 1, offset: 200 });
    reader = openLogReader(directory, readerOptions(unexpected));
    expect(listed()).toEqual([['oil is low', 2]]);
    expect(reader.count(NO_FILTER, NEVER).count).toBe(3);
  });
});
