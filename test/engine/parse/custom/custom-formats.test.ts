import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseLinePattern } from '../../../../src-preload/contract/line-pattern.ts';
import { customFormatSchema, type CustomFormatInput } from '../../../../src-preload/contract/log-formats.ts';
import { settingsSchema } from '../../../../src-preload/contract/settings.ts';
import { compileFormat } from '../../../../src-main/engine/parse/custom/compile.ts';
import { previewFormat } from '../../../../src-main/engine/parse/custom/preview.ts';
import { suggestPattern } from '../../../../src-main/engine/parse/custom/suggest.ts';
import { describeLine } from '../../../../src-main/engine/parse/describe.ts';
import { NOW, parseLines, parseOne, plain, type PlainLine } from '../parse-text.ts';

const clock = { now: () => NOW };
const reading = { timeZone: 'UTC', year: undefined, clock };

function parsed(format: CustomFormatInput, lines: string[], timeZone = 'UTC'): PlainLine[] {
  const batch = parseLines(lines, { timeZone, custom: compileFormat(customFormatSchema.parse(format)) });
  return lines.map((_, index) => plain(batch, index));
}
const pattern = (text: string, more = {}): CustomFormatInput => ({
  kind: 'pattern',
  name: 'own',
  pattern: text,
  ...more,
});

describe('a pattern', () => {
  test('gives the fields it names, in the source’s zone', () => {
    const own = pattern('{time:%Y/%m/%d %H:%M:%S.%f} [{level}] {thread} {program}: {message}', {
      levels: { W: 'warning' },
    });
    expect(parsed(own, ['2026/11/21 18:00:00.25 [W]  main   shop.cart: 在庫 12'], 'Asia/Tokyo')[0]).toEqual({
      format: 'custom',
      time: '2026-11-21T09:00:00.250Z',
      level: 4,
      program: 'shop.cart',
      message: '在庫 12',
    });
  });

  test('makes a request of target, method and status', () => {
    expect(
      parsed(pattern('{address} {user?}|{method} {target}|{status}|"{agent}"|{_}'), [
        '203.0.113.7 |GET /a b|503|"x \\" y"|rest of it',
      ])[0],
    ).toMatchObject({
      address: '203.0.113.7',
      target: '/a b',
      status: 503,
      level: 3,
      event: 1,
      agent: 'x \\" y',
    });
  });

  test.each([
    ['%d.%m.%y %I:%M %p', '21.11.26 06:00 PM', '2026-11-21T18:00:00.000Z'],
    ['%b %e %H:%M:%S', 'Nov  5 09:00:00', '2026-11-05T09:00:00.000Z'],
    ['%Y%m%dT%H%M%S%z', '20261121T090000+0900', '2026-11-21T00:00:00.000Z'],
    ['%Y-%j %T', '2026-325 09:00:00', '2026-11-21T09:00:00.000Z'],
    ['%s.%f', '1795251600.5', '2026-11-21T09:00:00.500Z'],
    ['%H:%M:%S', '09:59:00', '2026-11-21T09:59:00.000Z'],
    ['%H:%M:%S', '23:00:00', '2026-11-20T23:00:00.000Z'],
    ['%A, %d %B %Y %T %Z', 'Saturday, 21 November 2026 09:00:00 GMT', '2026-11-21T09:00:00.000Z'],
  ])('reads a time written as %s', (format, stamp, time) => {
    expect(parsed(pattern(`{time:${format}} {message}`), [`${stamp} x`])[0]).toMatchObject({
      time,
      message: 'x',
    });
  });

  test('lines that do not match are read as they are without it, or go on with the one before', () => {
    const lines = ['09:00:00|E|lost', '  detail', 'Nov 21 09:30:00 host app[1]: other'];
    const [, , alone] = parsed(
      pattern('{time:%H:%M:%S}|{level}|{message}', { levels: { E: 'error' } }),
      lines,
    );
    expect(alone).toEqual(parseOne('Nov 21 09:30:00 host app[1]: other'));
    const [first, second, third] = parsed(
      pattern('{time:%H:%M:%S}|{level}|{message}', { levels: { E: 'error' }, multiline: true }),
      lines,
    );
    expect([second, third]).toMatchObject([
      { time: first?.time, level: 3 },
      { time: first?.time, level: 3 },
    ]);
  });

  test('fields without a meaning are shown with the line', () => {
    const custom = compileFormat(customFormatSchema.parse(pattern('{time} {order} {message}')));
    const { format, fields } = describeLine('2026-11-21 09:00:00 A-17 shipped', { ...reading, custom });
    expect(format).toBe('custom');
    expect(fields).toContainEqual({ name: 'order', value: 'A-17', masked: false });
  });

  test('never crashes, and tries take time in proportion to the line', () => {
    const custom = compileFormat(customFormatSchema.parse(pattern('{a} {b?} [{c}] "{d}" {message}')));
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (line) => {
        parseLines([line.replaceAll('\n', ' ')], { custom });
      }),
    );
  });
});

describe('a JSON format', () => {
  test('takes the user’s keys before those it knows', () => {
    const [line] = parsed(
      {
        kind: 'json',
        name: 'own',
        keys: { time: 'when', level: 'sev', message: 'data.text', address: 'peer' },
        timeFormat: '%Y%m%d%H%M%S',
        levels: { W: 'warning' },
      },
      [
        '{"when":"20261121090000","sev":"W","data":{"text":"hi"},"message":"not this","peer":"203.0.113.7","user":"kim"}',
      ],
    );
    expect(line).toMatchObject({
      format: 'custom',
      time: '2026-11-21T09:00:00.000Z',
      level: 4,
      message: 'hi',
      address: '203.0.113.7',
      user: 'kim',
    });
  });
});

describe('what is wrong with a pattern', () => {
  test.each([
    ['{time:%Q} x', 6, 'directive'],
    ['{a}{b}', 3, 'adjacent'],
    ['ab {c', 3, 'unclosed'],
    ['a} b', 1, 'unopened'],
    ['{level} {level}', 8, 'twice'],
    ['{a b}', 1, 'name'],
    ['{user:%Y}', 5, 'onlyTime'],
    ['no field', 0, 'noField'],
  ])('%s: told with its character', (text, position, reason) => {
    expect(parseLinePattern(text)).toMatchObject({
      fault: { position, message: { key: `formats.fault.${reason}` } },
    });
    expect(previewFormat(pattern(text), [], reading).fault).toMatchObject({ field: 'pattern', position });
  });

  test('the settings name the field, and a source names a format that is there', () => {
    const faults = (logs: unknown): string[] =>
      settingsSchema
        .safeParse({ logs })
        .error?.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`) ?? [];
    expect(faults({ formats: [pattern('{a}{b}')] })).toEqual([
      'logs.formats.0.pattern: character 4: two fields without text between them',
    ]);
    expect(faults({ sources: [{ path: '/x', format: 'none' }] })).toEqual([
      'logs.sources.0.format: no format is named "none"',
    ]);
    expect(faults({ formats: [pattern('{a} {b}')], sources: [{ path: '/x', format: 'own' }] })).toEqual([]);
  });
});

describe('the preview', () => {
  test('shows where the fields stand, in characters, and why a line does not match', () => {
    const { lines, matched } = previewFormat(
      pattern('{time} [{level}] {message}'),
      ['2026-11-21 09:00:00 [WARN] 在庫', '2026-11-21 09:00:00 (WARN) x', 'x'],
      reading,
    );
    expect(matched).toBe(1);
    expect(lines[0]?.fields).toEqual([
      { name: 'time', value: '2026-11-21 09:00:00', from: 0, to: 19 },
      { name: 'level', value: 'WARN', from: 21, to: 25 },
      { name: 'message', value: '在庫', from: 27, to: 29 },
    ]);
    expect(lines[1]).toMatchObject({
      matched: false,
      at: 19,
      why: { key: 'formats.why.text', parameters: { text: ' [' } },
    });
    expect(lines[2]).toMatchObject({ matched: false, at: 0, why: { key: 'formats.why.anyTime' } });
  });
});

describe('a pattern made from a line', () => {
  test.each([
    ['2026-11-21 09:00:00,123 [WARN] shop.cart: 在庫 不足', '{time} [{level}] {program}: {message?}'],
    ['[2026-11-21 09:00:00] (pool-1) [INFO] Cart - empty', '[{time}] ({program}) [{level}] {message?}'],
    ['21.11.2026 09:00:00.5 ERROR lost {x}', '{time:%d.%m.%Y %H:%M:%S.%f} {level} {message?}'],
    ['INFO 203.0.113.7 - connected', '{level} {address} - {message?}'],
    ['only words', '{message?}'],
    ['cart: ', '{program}: {message?}'],
    ['[] empty', '{message?}'],
  ])('%s', (line, expected) => {
    expect(suggestPattern(line, clock)).toBe(expected);
    expect(previewFormat(pattern(expected), [line], reading)).toMatchObject({ matched: 1 });
  });

  test('is always one, and matches its line', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ minLength: 1, maxLength: 80 }),
          fc.stringMatching(/^[#:a1 \t[\](){}|,.-]{1,14}$/),
        ),
        (text) => {
          const line = text.replaceAll(/[\r\n]/g, ' ');
          const made = suggestPattern(line, clock);
          if (/^[ \t]*$/.test(line)) return;
          expect(parseLinePattern(made)).toHaveProperty('parts');
          expect(previewFormat(pattern(made), [line], reading).matched, `${line} → ${made}`).toBe(1);
        },
      ),
      { numRuns: 1000 },
    );
  });
});
