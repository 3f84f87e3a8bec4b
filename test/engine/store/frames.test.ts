import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ParsedLogFilter } from '../../../src-preload/contract/log-filter.ts';
import { parseQuery } from '../../../src-preload/contract/query/parse.ts';
import { createFieldReader } from '../../../src-main/engine/parse/field-reader.ts';
import { joinText, storedText, textPieces } from '../../../src-main/engine/store/block/block-text.ts';
import { ByteWriter } from '../../../src-main/engine/store/block/bytes.ts';
import { encodeBlocks } from '../../../src-main/engine/store/block/encode-block.ts';
import { openLogReader } from '../../../src-main/engine/store/read/log-reader.ts';
import type { LogReader } from '../../../src-main/engine/store/types.ts';
import { openLogStore } from '../../../src-main/engine/store/write/log-writer.ts';
import { plainMatch, type PlainLine } from './plain-query.ts';
import { readerOptions } from './reader-options.ts';
import { DAY_START, endOf, inStream, NEVER, NO_FILTER, stored } from './sample-lines.ts';

/* Blocks whose text is in several frames: what a query finds in them, what it unpacks, and how older ones are read. */

const clock = { now: () => DAY_START };
/** Three frames of 512 lines and what is left, and one more so. */
const BLOCKS = [1600, 700];
const COUNT = 2300;

const RARE = ['amberlight', 'birchwood', 'cedarline', 'daisychain', 'emberfall', 'flintstone'];

function textOf(n: number): string {
  const rare = n % 97 === 5 ? ` rare-${RARE[Math.floor(n / 400)] ?? ''}` : '';
  const address = `198.51.${n % 7}.${n % 230}`;
  switch (n % 4) {
    case 0:
      return `${address} - - [21/Nov/2026:00:00:00 +0000] "GET /shop/${n}?id=${n % 8 ? n * 37 : n * 370} HTTP/1.1" ${n % 3 ? 200 : 503} ${n} "-" "curl/8"${rare}`;
    case 1:
      return `level=warn user=${n % 500 === 1 ? 'ROOT' : 'clerk'} order_id=A-${n} took=${n}ms${rare}`;
    case 2:
      return `Nov 21 00:00:00 host sshd[${n}]: Failed password for user${n % 11} from ${address} port ${n} ssh2${rare}`;
    default:
      return `{"msg":"order ${n} timed out","took":${n},"trace_id":"7f3a9c21e0b${n % 10}"}${n > 1500 ? ' 管理者' : ''}${rare}`;
  }
}

let directory = '';
let reader: LogReader;
const lines: PlainLine[] = [];

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'yagura-frames-'));
  const fields = createFieldReader(clock);
  const sample = inStream(
    Array.from({ length: COUNT }, (_, n) => ({
      time: DAY_START + n * 1000,
      level: n % 1000 === 600 ? 2 : 6,
      // Some are in no line's text.
      address: n % 2 === 0 ? `198.51.${n % 7}.${n % 230}` : n % 301 === 0 ? '203.0.113.9' : '',
      bytes: Buffer.from(textOf(n)),
    })),
  );
  for (const line of sample) {
    const text = line.bytes.toString();
    const described = fields.describe(text, line.time, 'shop');
    lines.push({ ...line, ...described, text, sourceId: 'shop', logClass: 'application' });
  }
  const store = openLogStore(directory, { clock, onProblem: unexpected });
  let from = 0;
  for (const count of BLOCKS) {
    const part = sample.slice(from, from + count);
    store.appendBlocks(encodeBlocks(stored(part, 1, 'application', 'shop')), {
      stream: 1,
      offset: endOf(part),
    });
    from += count;
  }
  store.close();
  reader = openLogReader(directory, readerOptions(unexpected));
});

afterAll(() => {
  reader.close();
  rmSync(directory, { recursive: true, force: true });
});

function unexpected(problem: unknown): never {
  throw new Error(JSON.stringify(problem));
}

function filterOf(text: string): ParsedLogFilter {
  return { ...NO_FILTER, text };
}

function expectedOf(text: string): string[] {
  const parsed = parseQuery(text);
  if (!parsed.ok || parsed.node === undefined) throw new Error(`Not a query: ${text}`);
  const { node } = parsed;
  return lines.filter((line) => plainMatch(node, line, DAY_START)).map((line) => line.text);
}

function foundOf(text: string): string[] {
  return reader.search(filterOf(text), 'newer', undefined, COUNT, NEVER).lines.map((line) => line.text);
}

/** The file of the lines' partition, to do with its blocks as somebody else would. */
function partition(): Database.Database {
  return new Database(join(directory, 'logs/application/2026-11-21.db'));
}

const term = fc.oneof(
  fc.nat(COUNT - 1).map((n) => `A-${n}`),
  fc.nat(COUNT - 1).map((n) => `"order ${n} timed"`),
  fc.nat(COUNT - 1).map((n) => `198.51.${n % 7}.${n % 230}`),
  fc.nat(COUNT - 1).map((n) => `address:198.51.${n % 7}.${n % 230}`),
  fc.nat(COUNT - 1).map((n) => `took:${n}`),
  // Of five digits, or a part of six.
  fc.nat(COUNT - 1).map((n) => `${n * 37}`),
  fc.integer({ min: 1, max: COUNT - 1 }).map((n) => (n * 370).toString().slice(1)),
  fc.constantFrom(...RARE),
  fc.constantFrom(
    'address:203.0.113.9',
    'ROOT',
    '管理者',
    'user:root',
    'status:503',
    'took:>2290',
    '/user1[01] from/',
    'level:critical',
  ),
);
const { query } = fc.letrec<{ query: string }>((tie) => ({
  query: fc.oneof(
    { maxDepth: 2, withCrossShrink: true },
    { weight: 3, arbitrary: term },
    { weight: 1, arbitrary: tie('query').map((inner) => `rare NOT (${inner})`) },
    { weight: 2, arbitrary: fc.tuple(tie('query'), tie('query')).map(([a, b]) => `(${a}) (${b})`) },
    { weight: 2, arbitrary: fc.tuple(tie('query'), tie('query')).map(([a, b]) => `(${a} OR ${b})`) },
  ),
}));

describe('Blocks of several frames', () => {
  it('answer a query with exactly what it means line by line', () => {
    fc.assert(
      fc.property(query, (text) => {
        const expected = expectedOf(text);
        expect(reader.count(filterOf(text), NEVER).count).toBe(expected.length);
        expect(foundOf(text)).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });

  it('give every line back as it was', () => {
    expect(foundOf('')).toEqual(lines.map((line) => line.text));
  });

  it('are unpacked where the filter says a word may be, and nowhere else', () => {
    const database = partition();
    const block = database.prepare<[], { text: Buffer }>('SELECT text FROM blocks WHERE block = 1').get();
    const text = block?.text ?? Buffer.alloc(0);
    // The last frame is at the end: nothing of it can be unpacked any more.
    const damaged = Buffer.from(text).fill(0xff, text.length - 1000);
    const write = database.prepare<[Buffer]>('UPDATE blocks SET text = ? WHERE block = 1');
    write.run(damaged);
    const problems: unknown[] = [];
    const other = openLogReader(
      directory,
      readerOptions((problem) => problems.push(problem.kind)),
    );
    try {
      expect(other.count(filterOf('rare-amberlight'), NEVER).count).toBe(
        expectedOf('rare-amberlight').length,
      );
      expect(problems).toEqual([]);
      expect(other.count(filterOf('rare-daisychain'), NEVER).count).toBe(0);
      expect(problems).toEqual(['UNAVAILABLE']);
    } finally {
      other.close();
      write.run(text);
      database.close();
    }
  });

  it.each([
    ['all', ''],
    ['the older ones', ' WHERE block = 1'],
  ])('of before there was a list of numbers are asked by their own tables: %s', (_, which) => {
    const database = partition();
    const lists = database
      .prepare<[], Record<string, number | Buffer>>('SELECT * FROM block_numbers' + which)
      .all();
    database.exec('DELETE FROM block_numbers' + which);
    const other = openLogReader(directory, readerOptions(unexpected));
    try {
      for (const asked of ['8880', '66600', 'id=66600', '12345'])
        expect(other.count(filterOf(asked), NEVER).count).toBe(expectedOf(asked).length);
    } finally {
      other.close();
      const put = database.prepare(
        `INSERT INTO block_numbers VALUES (${new Array<string>(11).fill('?').join(', ')})`,
      );
      for (const list of lists) put.run(...Object.values(list));
      database.close();
    }
  });

  it('are read beside those of before, whose text is in one piece and whose lengths are a column', () => {
    const database = partition();
    const blocks = database
      .prepare<[], { text: Buffer; columns: Buffer; lines: number; text_bytes: number }>(
        'SELECT * FROM blocks',
      )
      .all();
    const [first] = blocks;
    if (first === undefined) throw new Error('There is no block');
    const text = storedText({
      bytes: first.text,
      size: first.text_bytes,
      lines: first.lines,
      columnEnds: () => expect.fail('The text knows itself where its lines end'),
    });
    const lengths = new ByteWriter(16);
    text.ends().forEach((end, line, ends) => lengths.unsigned(end - (ends[line - 1] ?? 0)));
    const columns = zstdDecompressSync(first.columns.subarray(1));
    const older = new ByteWriter(16);
    older.unsigned((columns[0] ?? 0) + 1);
    older.text('length');
    older.unsigned(lengths.length);
    older.bytes(lengths.view());
    older.bytes(columns.subarray(1));
    database
      // The first version of filters is one that is not known any more.
      .prepare('UPDATE blocks SET text = ?, columns = ?, filter = ? WHERE block = 1')
      .run(
        zstdCompressSync(text.whole()),
        Buffer.concat([first.columns.subarray(0, 1), zstdCompressSync(older.view())]),
        Buffer.of(1, 0, 9, 9, 9, 0, 0, 0),
      );
    database.exec('DROP TABLE block_numbers');
    database.pragma('user_version = 20');
    database.close();
    const other = openLogReader(directory, readerOptions(unexpected));
    try {
      for (const asked of [
        'rare',
        'address:198.51.3.3',
        'address:203.0.113.9',
        '(A-5 OR 管理者)',
        'took:>2290',
        'level:critical',
        '66600',
      ])
        expect(other.count(filterOf(asked), NEVER).count).toBe(expectedOf(asked).length);
    } finally {
      other.close();
    }
  });
});

describe('A text in frames', () => {
  it('comes back whole and frame by frame, whatever the lines', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'binary', maxLength: 3 }), { maxLength: 1200, size: 'max' }),
        (texts) => {
          const bytes = texts.map((text) => Buffer.from(text));
          let end = 0;
          const ends = Uint32Array.from(bytes, ({ length }) => (end += length));
          const pieces = textPieces(Buffer.concat(bytes), ends);
          const text = storedText({
            bytes: joinText(
              pieces,
              pieces.map((piece) => zstdCompressSync(piece)),
            ),
            size: end,
            lines: texts.length,
            columnEnds: () => expect.fail('Not asked for'),
          });
          expect([...text.ends()]).toEqual([...ends]);
          expect(text.whole().equals(Buffer.concat(bytes))).toBe(true);
          for (const frame of text.framesWith(new Uint8Array(texts.length).fill(1))) {
            let start = 0;
            for (const [index, to] of frame.ends.entries()) {
              expect(
                frame.bytes.subarray(start, to).equals(bytes[frame.firstLine + index] ?? Buffer.of(0)),
              ).toBe(true);
              start = to;
            }
          }
        },
      ),
      { numRuns: 20 },
    );
  });
});
