import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LOG_CLASSES } from '../../../src-preload/contract/log-classes.ts';
import { splitLines } from '../../../src-main/engine/flow/line-batch.ts';
import { FORMATS, ParsedBatch } from '../../../src-main/engine/flow/parsed-batch.ts';
import { describeLine } from '../../../src-main/engine/parse/describe.ts';
import { fillTimes } from '../../../src-main/engine/parse/fill-times.ts';
import { createLineParser } from '../../../src-main/engine/parse/line-parser.ts';
import { setClasses } from '../../../src-main/engine/parse/log-class.ts';
import { NOW, parseLines, parseOne, plain } from './parse-text.ts';

const clock = { now: () => NOW };

const ONE_OF_EACH = [
  '203.0.113.7 - - [21/Nov/2026:09:00:00 +0000] "GET /a HTTP/1.1" 200 5 "-" "curl/8"',
  'Nov 21 09:00:00 host sshd[1]: Accepted publickey for bob from 203.0.113.7 port 1 ssh2',
  '<38>1 2026-11-21T09:00:00Z host sshd 1 - - closed',
  '{"ts":"2026-11-21T09:00:00Z","level":"warn","msg":"x"}',
  '2026-11-21 09:00:00,123 - app - ERROR - lost',
  'INFO:root:hello',
  '2026/11/21 09:00:00 [error] 1#1: *1 no such file, client: 203.0.113.7',
  '[Sat Nov 21 09:00:00 2026] [core:error] [client 203.0.113.7:5] no',
  'time=2026-11-21T09:00:00Z level=warn msg="two words" path=/x',
  '2026-11-21 09:00:00.123 UTC [77] app@shop ERROR:  relation "x" does not exist',
  'Nov 21 09:00:00 host kernel: [1.5] [UFW BLOCK] IN=eth0 OUT= SRC=203.0.113.7 DST=192.0.2.1 PROTO=TCP SPT=1 DPT=22',
  '2026-11-21 09:00:00 DROP TCP 203.0.113.7 192.0.2.1 50000 445 52 S 1 0 8192 - - - RECEIVE',
  '2026-11-21 09:00:00 192.0.2.1 GET /a q=1 443 - 203.0.113.7 curl/8 - 200 0 0 15',
  '2026-11-21T09:00:00.123456789Z stderr F WARNING:root:hello',
  '2026-11-21T09:00:00Z worker done',
  'no stamp at all',
];

describe('formats of mixed lines', () => {
  test('do not depend on the lines before', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...ONE_OF_EACH), { minLength: 1, maxLength: 12 }), (lines) => {
        const batch = parseLines(lines);
        for (const [index, line] of lines.entries()) expect(plain(batch, index)).toEqual(parseOne(line));
      }),
    );
  });

  test('every format is among them', () => {
    const batch = parseLines(ONE_OF_EACH);
    expect(new Set([...batch.formats].map((code) => FORMATS[code]))).toEqual(
      new Set(FORMATS.filter((name) => name !== 'custom')),
    );
  });
});

describe('times', () => {
  test('a stamp without a year is the latest that is not more than a day ahead', () => {
    expect(parseOne('Nov 22 09:59:00 host app: x').time).toBe('2026-11-22T09:59:00.000Z');
    expect(parseOne('Nov 22 10:01:00 host app: x').time).toBe('2025-11-22T10:01:00.000Z');
    expect(parseOne('Dec 31 23:59:59 host app: x').time).toBe('2025-12-31T23:59:59.000Z');
    expect(parseOne('Feb 29 12:00:00 host app: x').time).toBe('2024-02-29T12:00:00.000Z');
    expect(parseOne('Feb 30 12:00:00 host app: x').time).toBeUndefined();
  });

  test('a year that is given is used', () => {
    expect(parseOne('Dec 31 23:59:59 host app: x', { year: 2019 }).time).toBe('2019-12-31T23:59:59.000Z');
  });

  test('a stamp without a zone is in the given one, daylight saving included', () => {
    const at = (line: string): unknown => parseOne(line, { timeZone: 'Europe/Berlin', year: 2026 }).time;
    expect(at('Jan 15 12:00:00 host app: x')).toBe('2026-01-15T11:00:00.000Z');
    expect(at('Jul 15 12:00:00 host app: x')).toBe('2026-07-15T10:00:00.000Z');
    // Spring: 02:30 does not exist. Autumn: 02:30 is twice, the first is meant.
    expect(at('Mar 29 01:59:59 host app: x')).toBe('2026-03-29T00:59:59.000Z');
    expect(at('Mar 29 03:00:00 host app: x')).toBe('2026-03-29T01:00:00.000Z');
    expect(at('Oct 25 02:30:00 host app: x')).toBe('2026-10-25T00:30:00.000Z');
    expect(at('Oct 25 03:00:00 host app: x')).toBe('2026-10-25T02:00:00.000Z');
  });

  test('agree with the platform for any time in Tokyo, New York and Lord Howe', () => {
    const zone = fc.constantFrom('Asia/Tokyo', 'America/New_York', 'Australia/Lord_Howe');
    const time = fc.integer({ min: Date.UTC(2015, 0, 1), max: Date.UTC(2026, 10, 20) });
    fc.assert(
      fc.property(zone, time, (timeZone, instant) => {
        const at = new Date(Math.floor(instant / 1000) * 1000);
        const wall = at.toLocaleString('sv-SE', { timeZone });
        const read = Date.parse(parseOne(`${wall} x`, { timeZone }).time ?? '');
        // The hour that happens twice may be taken for its first pass.
        const apart = at.getTime() - read;
        expect(
          apart === 0 || (apart > 0 && new Date(read).toLocaleString('sv-SE', { timeZone }) === wall),
        ).toBe(true);
      }),
    );
  });

  test('lines without one take that of the line before, or the time of reading', () => {
    const batch = parseLines(['none', '2026-11-21T09:00:00Z a', 'none', '2026-11-21T09:00:01Z b']);
    const last = fillTimes(batch, Number.NaN, 7);
    expect([...batch.times]).toEqual([7, 1795251600000, 1795251600000, 1795251601000]);
    expect(last).toBe(1795251601000);
    const next = parseLines(['none']);
    fillTimes(next, last, 7);
    expect([...next.times]).toEqual([1795251601000]);
  });
});

describe('continuation lines', () => {
  const trace = [
    '2026-11-21 09:00:00,123 - app - ERROR - lost',
    'Traceback (most recent call last):',
    '  File "a.py", line 1',
    '\tat com.example.A.b(A.java:1)',
    'Caused by: java.io.IOException: x',
    'next line',
  ];

  test('take time and level of the line they continue', () => {
    const batch = parseLines(trace);
    expect([...batch.levels]).toEqual([3, 3, 3, 3, 3, 6]);
    expect([...batch.times].slice(1, 5)).toEqual(Array.from({ length: 4 }, () => batch.times[0]));
    expect(batch.times[5]).toBeNaN();
  });

  test('also at the start of the batch that follows, but not of any other', () => {
    const parser = createLineParser({ timeZone: 'UTC', clock });
    const first = Buffer.from(`${trace[0] ?? ''}\n`);
    parser.parse(splitLines('s', 1, 0, first));
    const rest = Buffer.from('  File "a.py"\n');
    expect(parser.parse(splitLines('s', 1, first.length, rest)).levels[0]).toBe(3);
    expect(parser.parse(splitLines('s', 1, 10_000, rest)).levels[0]).toBe(6);
    expect(parser.parse(splitLines('s', 2, 0, rest)).levels[0]).toBe(6);
  });
});

describe('hostile input', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 400 }).map((array) => Buffer.from(array)),
    fc
      .array(
        fc.constantFrom(
          '{',
          '}',
          '[',
          ']',
          '"',
          '\\',
          ':',
          ',',
          ' ',
          '\n',
          '1',
          '21/Nov/2026:09:00:00',
          'Nov 21',
          '<3>1 ',
          ' - ',
          '{"log":"',
          'client: ',
        ),
        { maxLength: 60 },
      )
      .map((parts) => Buffer.from(parts.join(''))),
    fc.tuple(fc.constantFrom(...ONE_OF_EACH), fc.nat(200), fc.nat(255)).map(([line, at, byte]) => {
      const broken = Buffer.from(`${line}\n`);
      broken[at % broken.length] = byte;
      return broken.subarray(0, Math.max(1, (at * 7) % broken.length));
    }),
  );

  test('no bytes make it throw, lose a line or point outside a line', () => {
    const parser = createLineParser({ timeZone: 'UTC', clock });
    fc.assert(
      fc.property(bytes, (input) => {
        const lines = splitLines('s', 1, 0, input);
        const batch = parser.parse(lines);
        expect(batch.count).toBe(lines.count);
        for (let at = 0; at < batch.slices.length; at += 2) {
          const start = batch.slices[at]!;
          if (start < 0) continue;
          const line = Math.floor(at / 18);
          expect(start).toBeGreaterThanOrEqual(batch.starts[line]!);
          expect(batch.slices[at + 1]).toBeGreaterThanOrEqual(start);
          expect(batch.slices[at + 1]).toBeLessThanOrEqual(batch.ends[line]!);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test.each([
    ['deep JSON', '{"a":'.repeat(1_700_000)],
    ['deep arrays', `{"a":${'['.repeat(9_000_000)}`],
    ['spaces', ' '.repeat(10_000_000)],
    ['a letter', 'x'.repeat(10_000_000)],
    ['quotes', `1.2.3.4 - - [21/Nov/2026:09:00:00 +0000] "${'" '.repeat(5_000_000)}`],
    ['escapes', `{"a":"${'\\'.repeat(10_000_000)}`],
    ['fields', `2026/11/21 09:00:00 [error] ${', client: '.repeat(1_000_000)}`],
    ['brackets', '[a]'.repeat(3_000_000)],
  ])('a line of 10 MB takes linear time: %s', (_, line) => {
    const before = performance.now();
    expect(parseLines([line]).count).toBe(1);
    expect(performance.now() - before).toBeLessThan(3_000);
  });
});

describe('class of a line', () => {
  test.each([
    ['203.0.113.7 - - [21/Nov/2026:09:00:00 +0000] "GET / HTTP/1.1" 200 5', '/var/log/x.log', 'access'],
    ['{"method":"GET","path":"/x","status":200}', '/var/log/x.log', 'access'],
    ['Nov 21 09:00:00 host sshd[1]: x', '/var/log/messages', 'audit'],
    ['Nov 21 09:00:00 host su: x', '/var/log/messages', 'audit'],
    ['Nov 21 09:00:00 host supervisord[1]: x', '/var/log/messages', 'application'],
    ['Nov 21 09:00:00 host kernel: x', '/var/log/auth.log.1', 'audit'],
    ['2026-11-21 09:00:00,123 - app - ERROR - x', '/srv/author.log', 'application'],
  ])('%s in %s', (line, path, expected) => {
    const classes = new Uint8Array(1);
    setClasses(parseLines([line]), path, classes);
    expect(LOG_CLASSES[classes[0] ?? -1]).toBe(expected);
  });
});

describe('a line described', () => {
  const describeText = (text: string): Record<string, string> =>
    Object.fromEntries(
      describeLine(text, { timeZone: 'UTC', clock }).fields.map(({ name, value }) => [name, value]),
    );

  test('JSON: every key, flattened', () => {
    expect(describeText('{"msg":"hi","a":{"b":[1,{"c":null}]},"password":"[masked:password]"}')).toEqual({
      message: 'hi',
      msg: 'hi',
      'a.b.0': '1',
      'a.b.1.c': 'null',
      password: '[masked:password]',
    });
  });

  test('says what is masked', () => {
    const { format, fields } = describeLine('token=[masked:token] a=1', { timeZone: 'UTC', clock });
    expect(format).toBe('text');
    expect(fields.filter((field) => field.masked).map((field) => field.name)).toEqual(['message', 'token']);
  });

  test('key=value pairs of any message, quoted ones too', () => {
    expect(describeText('Nov 21 09:00:00 h app: done level=warn msg="two words" n=1')).toMatchObject({
      program: 'app',
      level: 'warn',
      msg: 'two words',
      n: '1',
    });
  });

  test('access log: also what stands behind the agent', () => {
    expect(
      describeText('1.2.3.4 - - [21/Nov/2026:09:00:00 +0000] "GET / HTTP/1.1" 200 5 "-" "x" 0.25 "up"'),
    ).toMatchObject({ extra1: '0.25', extra2: 'up', status: '200' });
  });

  test('never throws', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void describeText(text)));
    expect(describeText('{"a":'.repeat(100_000))).toBeDefined();
  });

  test('an empty text has no fields', () => {
    expect(describeText('')).toEqual({});
  });
});

test('a batch of nothing is parsed to nothing', () => {
  expect(parseLines([])).toBeInstanceOf(ParsedBatch);
});
