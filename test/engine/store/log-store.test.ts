import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ParsedLogFilter } from '../../../src-preload/contract/log-filter.ts';
import type { LogLine } from '../../../src-preload/contract/logs.ts';
import { encodeBlocks } from '../../../src-main/engine/store/block/encode-block.ts';
import { dayOf, partitionPath } from '../../../src-main/engine/store/partitions.ts';
import { openLogReader } from '../../../src-main/engine/store/read/log-reader.ts';
import type { LogReader, LogStore } from '../../../src-main/engine/store/types.ts';
import { openLogStore } from '../../../src-main/engine/store/write/log-writer.ts';
import {
  DAY_START,
  endOf,
  inStream,
  NEVER,
  NO_FILTER,
  passes,
  stored,
  type SampleLine,
} from './sample-lines.ts';
import { readerOptions } from './reader-options.ts';

let root = '';
const clock = { now: () => DAY_START + 3_600_000 };
const unexpected = (problem: unknown) => {
  throw new Error(JSON.stringify(problem));
};

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'yagura-logs-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

let directories = 0;
function fresh(): { directory: string; store: LogStore; reader: LogReader } {
  directories += 1;
  const directory = join(root, String(directories));
  const store = openLogStore(directory, { clock, onProblem: unexpected });
  const reader = openLogReader(directory, readerOptions(unexpected));
  return { directory, store, reader };
}

function everything(reader: LogReader, pageSize = 1000, direction: 'older' | 'newer' = 'newer'): LogLine[] {
  const lines: LogLine[] = [];
  let cursor: string | undefined;
  do {
    const page = reader.search(NO_FILTER, direction, cursor, pageSize, NEVER);
    if (direction === 'newer') lines.push(...page.lines);
    else lines.unshift(...page.lines);
    cursor = page.cursor;
  } while (cursor !== undefined);
  return lines;
}

const lineText = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  fc.constantFrom(
    'admin login failed',
    'GET /index.html HTTP/1.1',
    'ログインに失敗しました',
    'Straße ÉCOLE ſecret \u212aey',
  ),
);
const sampleLine = fc.record({
  time: fc.integer({ min: 0, max: 2000 }).map((second) => DAY_START + second * 1000),
  level: fc.integer({ min: 0, max: 7 }),
  address: fc.constantFrom('', '', '192.0.2.1', '2001:db8::1'),
  bytes: fc.oneof(
    lineText.map((text) => Buffer.from(text.replaceAll('\n', ' '), 'utf8')),
    fc
      .uint8Array({ maxLength: 20 })
      .map((bytes) => Buffer.from(bytes).map((byte) => (byte === 10 ? 11 : byte)) as Buffer),
  ),
});

/** Sends lines from `from` on, in pieces, row by row or as blocks. */
function send(
  store: LogStore,
  lines: SampleLine[],
  from: number,
  pieces: number[],
  bulk: boolean[],
  stream = 1,
) {
  let at = from;
  for (const [index, size] of [...pieces, lines.length].entries()) {
    const part = lines.slice(at, at + size);
    if (part.length === 0) break;
    at += part.length;
    const end = { stream, offset: endOf(part) };
    if (bulk[index % bulk.length]) store.appendBlocks(encodeBlocks(stored(part, stream)), end);
    else store.append(stored(part, stream), end);
  }
}

describe('the log store', () => {
  it('keeps each line exactly once and byte for byte, however batches overlap after a crash', () => {
    fc.assert(
      fc.property(
        fc.array(sampleLine, { minLength: 1, maxLength: 60 }),
        fc.array(
          fc.record({
            from: fc.nat(60),
            pieces: fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 5 }),
          }),
          {
            maxLength: 3,
          },
        ),
        fc.array(fc.boolean(), { minLength: 1, maxLength: 4 }),
        (sample, attempts, bulk) => {
          const lines = inStream(sample);
          const { directory, store: first, reader } = fresh();
          let store = first;
          // What is sent again begins at or before what was stored, as the checkpoint is a lower bound.
          let reached = 0;
          for (const { from, pieces } of attempts) {
            const start = Math.min(from, reached);
            send(store, lines.slice(0, Math.max(reached, start + 10)), start, pieces, bulk);
            reached = Math.max(reached, Math.min(lines.length, Math.max(reached, start + 10)));
            store.close();
            store = openLogStore(directory, { clock, onProblem: unexpected });
          }
          send(store, lines, 0, [7], bulk);
          const found = everything(reader, 7);
          expect(new Set(found.map((line) => line.id)).size).toBe(lines.length);
          for (const line of lines) {
            const back = reader.lineAt(1, line.offset, line.time);
            expect(back?.text).toBe(line.bytes.toString('utf8'));
            expect(back?.level).toBe(line.level);
            expect(back?.address ?? '').toBe(line.address);
          }
          reader.close();
          store.close();
        },
      ),
      { numRuns: 25 },
    );
  });

  it('finds, counts and pages exactly what a plain filter finds', () => {
    fc.assert(
      fc.property(
        fc.array(sampleLine, { maxLength: 80 }),
        fc.array(sampleLine, { maxLength: 40 }),
        fc.array(fc.boolean(), { minLength: 1, maxLength: 3 }),
        fc.record({
          range: fc.option(
            fc.tuple(fc.nat(2000), fc.nat(2000)).map(([a, b]) => ({
              from: DAY_START + Math.min(a, b) * 1000,
              to: DAY_START + Math.max(a, b) * 1000,
            })),
            { nil: undefined },
          ),
          severities: fc.option(fc.subarray(['critical', 'error', 'warning', 'info'] as const), {
            nil: undefined,
          }),
          sourceIds: fc.option(fc.subarray(['source-1', 'source-2']), { nil: undefined }),
          address: fc.option(fc.constantFrom('192.0.2.1', '2001:db8::1', 'x'), { nil: undefined }),
          text: fc.constantFrom(
            '',
            'ADMIN',
            'min',
            'ログ',
            '失',
            'école',
            'secret',
            'key',
            '"login failed"',
            'a -e',
          ),
        }),
        fc.integer({ min: 1, max: 9 }),
        fc.constantFrom('older' as const, 'newer' as const),
        (one, two, bulk, wanted, pageSize, direction) => {
          const { store, reader } = fresh();
          const streams = [inStream(one), inStream(two)];
          streams.forEach((lines, index) => send(store, lines, 0, [9, 20, 3], bulk, index + 1));
          const filter = { ...wanted, regex: false };
          const expected = streams
            .flatMap((lines, index) =>
              lines
                .filter((line) => passes(filter, line, `source-${index + 1}`))
                .map((line) => line.bytes.toString('utf8'))
                .filter((text) => plainMatch(text, filter.text)),
            )
            .sort();
          const found: LogLine[] = [];
          let cursor: string | undefined;
          do {
            const page = reader.search(filter, direction, cursor, pageSize, NEVER);
            if (direction === 'newer') found.push(...page.lines);
            else found.unshift(...page.lines);
            cursor = page.cursor;
          } while (cursor !== undefined);
          expect(found.map((line) => line.text).sort()).toEqual(expected);
          expect(found.map((line) => line.time)).toEqual(
            found.map((line) => line.time).sort((a, b) => a - b),
          );
          expect(reader.count(filter, NEVER).count).toBe(expected.length);
          const range = { from: DAY_START, to: DAY_START + 2_000_001 };
          const { buckets } = reader.histogram(filter, range, 13, NEVER);
          expect(buckets.reduce((sum, bucket) => sum + bucket.matches, 0)).toBe(expected.length);
          const without = reader.count({ ...filter, text: '' }, NEVER).count;
          const sum = buckets.reduce((all, b) => all + b.critical + b.error + b.warning + b.info, 0);
          expect(sum).toBe(without);
          reader.close();
          store.close();
        },
      ),
      { numRuns: 40 },
    );
  });

  it('pages without losing or repeating a line while lines are appended and sealed', () => {
    const { store, reader } = fresh();
    const lines = inStream(
      Array.from({ length: 9000 }, (_, index) => ({
        time: DAY_START + (index >> 3) * 1000,
        level: 6,
        address: '',
        bytes: Buffer.from(`line ${index}`),
      })),
    );
    store.append(stored(lines.slice(0, 5000)), { stream: 1, offset: endOf(lines.slice(0, 5000)) });
    const seen: string[] = [];
    let cursor: string | undefined;
    let at = 5000;
    do {
      const page = reader.search(NO_FILTER, 'older', cursor, 300, NEVER);
      seen.unshift(...page.lines.map((line) => line.text));
      cursor = page.cursor;
      if (at < lines.length) {
        const part = lines.slice(at, at + 400);
        at += 400;
        store.append(stored(part), { stream: 1, offset: endOf(part) });
        store.maintain();
      }
    } while (cursor !== undefined);
    expect(seen).toEqual(lines.slice(0, 5000).map((line) => line.bytes.toString()));
    while (store.maintain());
    expect(everything(reader).map((line) => line.text)).toEqual(lines.map((line) => line.bytes.toString()));
    reader.close();
    store.close();
  });
});

describe('a search', () => {
  it('looks at no more blocks than its page needs, and skips those that can not hold the text', () => {
    const { store, reader } = fresh();
    const lines = inStream(
      Array.from({ length: 40_000 }, (_, index) => ({
        time: DAY_START + index,
        level: index === 7 ? 2 : 6,
        address: index === 9 ? '192.0.2.9' : '',
        bytes: Buffer.from(index === 5 ? 'the one needle' : `line ${index}`),
      })),
    );
    const blocks = encodeBlocks(stored(lines));
    store.appendBlocks(blocks, { stream: 1, offset: endOf(lines) });
    expect(reader.search(NO_FILTER, 'older', undefined, 100, NEVER).scannedLines).toBeLessThanOrEqual(
      2 * 4096,
    );
    // Only the block that holds it is whole: unpacking any other would be reported.
    const unpacked: unknown[] = [];
    const path = partitionPath(join(root, String(directories), 'logs'), {
      logClass: 'application',
      day: dayOf(DAY_START),
    });
    const database = new Database(path);
    database.prepare("UPDATE blocks SET text = x'00', columns = x'00' WHERE block > 1").run();
    database.close();
    const watched = openLogReader(
      join(root, String(directories)),
      readerOptions((problem) => void unpacked.push(problem)),
    );
    const count = (filter: Partial<ParsedLogFilter>) =>
      watched.count({ ...NO_FILTER, ...filter }, NEVER).count;
    expect(count({ text: 'needle' })).toBe(1);
    expect(count({ address: '192.0.2.9' })).toBe(1);
    expect(count({ severities: ['critical'] })).toBe(1);
    expect(count({ sourceIds: ['another'] })).toBe(0);
    expect(count({})).toBe(40_000);
    expect(unpacked).toEqual([]);
    watched.close();
    reader.close();
    store.close();
  });
});

function plainMatch(text: string, query: string): boolean {
  const contains = (part: string) => new RegExp(part, 'iu').test(text);
  if (query === 'a -e') return contains('a') && !contains('e');
  return contains(query.replaceAll('"', ''));
}
