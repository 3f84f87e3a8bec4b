import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LogClass } from '../../../src-preload/contract/log-classes.ts';
import type { ParsedLogFilter } from '../../../src-preload/contract/log-filter.ts';
import type { LogLine } from '../../../src-preload/contract/logs.ts';
import { parseQuery } from '../../../src-preload/contract/query/parse.ts';
import { createFieldReader } from '../../../src-main/engine/parse/field-reader.ts';
import { encodeBlocks } from '../../../src-main/engine/store/block/encode-block.ts';
import { openLogReader } from '../../../src-main/engine/store/read/log-reader.ts';
import type { LogReader, LogStore } from '../../../src-main/engine/store/types.ts';
import { openLogStore } from '../../../src-main/engine/store/write/log-writer.ts';
import { plainMatch, type PlainLine } from './plain-query.ts';
import { readerOptions } from './reader-options.ts';
import { DAY_START, endOf, inStream, NEVER, NO_FILTER, stored } from './sample-lines.ts';

/*
 * What a query finds in the store, beside what it means line by line: over lines of several formats, in blocks and in rows
 * that are not sealed, of two classes, two sources and two days.
 */

const clock = { now: () => DAY_START };
const DAY = 86_400_000;
const USERS = ['root', 'admin', '管理者', 'o.brien'];
const ADDRESSES = ['', '192.0.2.1', '192.0.2.77', '10.1.2.3', '2001:db8::1'];
const TRACES = ['4bf92f3577b34da6a3ce929d0e0e4736', '7f3a9c21e0b4'];

let directory = '';
let store: LogStore;
let reader: LogReader;
const lines: PlainLine[] = [];

/** The nth line: formats, values and times in all combinations. */
function textOf(n: number): string {
  const pick = (values: readonly string[], at: number): string => values[at % values.length] ?? '';
  const user = pick(USERS, n >> 2);
  const status = pick(['200', '404', '500', '503', '302'], n);
  const trace = pick(TRACES, n >> 1);
  const address = pick(ADDRESSES.slice(1), n);
  switch (n % 7) {
    case 0:
      return `${address} - ${user} [21/Nov/2026:00:00:0${n % 10} +0000] "GET /api/v${n % 3}/orders?id=${n} HTTP/1.1" ${status} ${n} "-" "curl/8.${n}"`;
    case 1:
      return `{"time":"2026-11-21T00:00:00Z","level":"error","msg":"order ${n} timed out","user":"${user}","http":{"status":${status}},"trace_id":"${trace}","took":${n}}`;
    case 2:
      return `{"msg":"エスケープ","user":${JSON.stringify(user).replaceAll(/[^ -~]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16)}`)},"path":"\\/a\\/b"}`;
    case 3:
      return `Nov 21 00:00:0${n % 10} host sshd[${n}]: Failed password for ${user} from ${address} port ${n} ssh2`;
    case 4:
      return `level=warn user=${user} order_id=A-${n} took=${n}ms trace=${trace} msg="slow (${n}%)"`;
    case 5:
      return `ログイン失敗 ${user} status=${status} C:\\temp\\${n} a*b`;
    default:
      return `plain text ${n} localhost:8080 traceparent 00-${trace.padEnd(32, '0')}-00f067aa0ba902b7-01`;
  }
}

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'yagura-query-'));
  store = openLogStore(directory, { clock, onProblem: unexpected });
  reader = openLogReader(directory, readerOptions(unexpected));
  const fields = createFieldReader(clock);
  const parts = ['application', 'access'].flatMap((logClass) => [0, -1].map((day) => ({ logClass, day })));
  for (const [stream, { logClass, day }] of parts.entries()) {
    const sourceId = `source${stream % 2}`;
    const sample = inStream(
      Array.from({ length: 90 }, (_, n) => ({
        time: DAY_START + day * DAY + Math.floor(n / 3) * 1000,
        level: (n * 5 + stream) % 8,
        address: ADDRESSES[n % ADDRESSES.length] ?? '',
        bytes: Buffer.from(textOf(n * 4 + stream)),
      })),
    );
    for (const line of sample) {
      const text = line.bytes.toString();
      lines.push({ ...line, ...fields.describe(text, line.time, sourceId), text, sourceId, logClass });
    }
    const name = logClass as LogClass;
    for (const part of [sample.slice(0, 25), sample.slice(25, 60)]) {
      const end = { stream: stream + 1, offset: endOf(part) };
      store.appendBlocks(encodeBlocks(stored(part, stream + 1, name, sourceId)), end);
    }
    const rest = sample.slice(60);
    store.append(stored(rest, stream + 1, name, sourceId), { stream: stream + 1, offset: endOf(rest) });
  }
});

afterAll(() => {
  reader.close();
  store.close();
  rmSync(directory, { recursive: true, force: true });
});

function unexpected(problem: unknown): never {
  throw new Error(JSON.stringify(problem));
}

function filterOf(text: string): ParsedLogFilter {
  return { ...NO_FILTER, text };
}

const keyOf = ({ time, sourceId, text }: { time: number; sourceId: string; text: string }): string =>
  JSON.stringify([time, sourceId, text]);

/** Page after page, in slices that end after every unit if told. */
function found(text: string, direction: 'older' | 'newer', limit: number, outOfTime: boolean): LogLine[] {
  const pages: LogLine[][] = [];
  let cursor: string | undefined;
  do {
    const page = reader.search(filterOf(text), direction, cursor, limit, { cancelled: false, outOfTime });
    if (direction === 'newer') pages.push(page.lines);
    else pages.unshift(page.lines);
    cursor = page.cursor;
  } while (cursor !== undefined);
  return pages.flat();
}

function countInSlices(text: string, of: number): { count: number; scanned: number } {
  let count = 0;
  let scanned = 0;
  for (let index = 0; index < of; index += 1) {
    let cursor: string | undefined;
    do {
      const signal = { cancelled: false, outOfTime: true };
      const slice = reader.count(filterOf(text), signal, { cursor, share: { index, of } });
      count += slice.count;
      scanned += slice.scannedLines;
      cursor = slice.cursor;
    } while (cursor !== undefined);
  }
  return { count, scanned };
}

const term = fc.constantFrom(
  'timed',
  '"timed out"',
  'ROOT',
  '管理者',
  'ログイン',
  'A-4*',
  'a*b',
  '/order \\d+/',
  '/fail(ed|ure)/',
  'localhost:8080',
  'C:\\temp',
  'level:error',
  'level:>=warning',
  'level:debug',
  'class:access',
  'source:source1',
  'address:192.0.2.0/24',
  'address:2001:DB8:0::1',
  'address:10.1.2.3',
  'address:*',
  'user:root',
  'user:管理者',
  'user:*min',
  'user:/^o\\./',
  'program:sshd',
  'method:get',
  'path:/api/v1/orders',
  'path:/a/b',
  'path:/api/*',
  'status:404',
  'status:5xx',
  'status:400..500',
  'status:>=500',
  'format:json',
  'format:logfmt',
  'http.status:503',
  'order_id:A-4',
  'took:>=100',
  'took:10..60',
  'order_id:*',
  `trace:${TRACES[1] ?? ''}`,
  `trace:${TRACES[0] ?? ''}`,
  'time:<2026-11-21T00:00:10Z',
  'time:2026-11-20T00:00:05Z..2026-11-21T00:00:04Z',
);
const { query } = fc.letrec<{ query: string }>((tie) => ({
  query: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    { weight: 4, arbitrary: term },
    { weight: 1, arbitrary: tie('query').map((inner) => `NOT (${inner})`) },
    { weight: 2, arbitrary: fc.tuple(tie('query'), tie('query')).map(([a, b]) => `(${a}) (${b})`) },
    { weight: 2, arbitrary: fc.tuple(tie('query'), tie('query')).map(([a, b]) => `(${a} OR ${b})`) },
  ),
}));

describe('A query to the store', () => {
  it('finds, counts and pages exactly what it means line by line, whole or in slices', () => {
    fc.assert(
      fc.property(query, fc.integer({ min: 1, max: 400 }), fc.boolean(), (text, limit, inSlices) => {
        const parsed = parseQuery(text);
        if (!parsed.ok || parsed.node === undefined) throw new Error(`Not a query: ${text}`);
        const { node } = parsed;
        const expected = lines.filter((line) => plainMatch(node, line, DAY_START));
        expect(reader.count(filterOf(text), NEVER).count).toBe(expected.length);
        const pages = found(text, inSlices ? 'older' : 'newer', limit, inSlices);
        expect(pages.map(keyOf).sort()).toEqual(expected.map(keyOf).sort());
        expect(pages.map(({ time }) => time)).toEqual(pages.map(({ time }) => time).sort((a, b) => a - b));
      }),
      { numRuns: 150, examples: [['took:10..60', 10, true]] },
    );
  });

  it('every term alone finds something, and not everything', () => {
    const one = fc.sample(term, { numRuns: 400, seed: 1 });
    for (const text of new Set(one)) {
      const { count } = reader.count(filterOf(text), NEVER);
      expect([text, count > 0, count < lines.length]).toEqual([text, true, true]);
    }
  });

  it('counts each line once, whoever shares the work and however often time runs out', () => {
    for (const of of [1, 2, 3]) {
      const whole = reader.count(filterOf('root OR status:5xx'), NEVER);
      expect(countInSlices('root OR status:5xx', of)).toEqual({ count: whole.count, scanned: lines.length });
      expect(whole.totalLines).toBe(lines.length);
    }
  });

  it('pages on in slices without gap or repetition while lines arrive and are sealed', () => {
    const seen: LogLine[] = [];
    let cursor: string | undefined;
    let offset = 1_000_000;
    do {
      const page = reader.search(filterOf('root'), 'older', cursor, 3, { cancelled: false, outOfTime: true });
      seen.push(...page.lines.reverse());
      cursor = page.cursor;
      const late = inStream(
        [{ time: DAY_START + 80_000_000, level: 6, address: '', bytes: Buffer.from('root arrives late') }],
        offset,
      );
      offset = endOf(late);
      store.append(stored(late, 9), { stream: 9, offset });
      store.maintain();
    } while (cursor !== undefined);
    const before = lines.filter((line) => /root/i.test(line.text));
    expect(new Set(seen.map(({ id }) => id)).size).toBe(seen.length);
    const old = seen.filter(({ text }) => text !== 'root arrives late');
    expect(old.map(keyOf).sort()).toEqual(before.map(keyOf).sort());
  });

  it('ends at once when it is cancelled', () => {
    let asked = 0;
    const signal = {
      get cancelled() {
        asked += 1;
        return asked > 2;
      },
    };
    expect(() => reader.count(filterOf('/a.*b/'), signal)).toThrow('store.failure.cancelled');
    expect(asked).toBe(3);
  });
});

describe('A trace', () => {
  it('is all lines that name the id as theirs, oldest first, whatever their source', () => {
    const id = TRACES[1] ?? '';
    const { lines: traced, more } = reader.trace(id.toUpperCase(), DAY_START, NEVER);
    const expected = lines.filter((line) => line.identifiers.some(({ value }) => value === id));
    expect(traced.map(keyOf).sort()).toEqual(expected.map(keyOf).sort());
    expect(traced.map(({ time }) => time)).toEqual(traced.map(({ time }) => time).sort((a, b) => a - b));
    expect(more).toBe(false);
    expect(traced.find(({ text }) => text.includes('took=11ms'))?.durationMs).toBe(11);
  });

  it('is looked for everywhere only where there is nothing around the line', () => {
    const id = TRACES[0] ?? '';
    expect(reader.trace(id, DAY_START + 30 * DAY, NEVER).lines.length).toBeGreaterThan(0);
    expect(reader.trace('ffffffffffff', DAY_START, NEVER).lines).toEqual([]);
  });
});

describe('Fields seen', () => {
  it('are those of the newest lines, most frequent first', () => {
    expect(reader.fieldNames().map(({ value }) => value)).toEqual(
      expect.arrayContaining(['user', 'status', 'order_id', 'took']),
    );
    expect(reader.fieldValues('user').map(({ value }) => value)).toEqual(expect.arrayContaining(USERS));
  });
});
