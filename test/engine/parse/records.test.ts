import { describe, expect, test } from 'vitest';
import type { LogLine } from '../../../src-preload/contract/logs.ts';
import { customFormatSchema } from '../../../src-preload/contract/log-formats.ts';
import { compileFormat } from '../../../src-main/engine/parse/custom/compile.ts';
import { fillTimes } from '../../../src-main/engine/parse/fill-times.ts';
import { LiveRecords, Records } from '../../../src-main/engine/parse/records.ts';
import { NOW, parseLines } from './parse-text.ts';

const clock = { now: () => NOW };

/** Lines as they would be stored. */
function stored(texts: string[], sourceId = 's'): LogLine[] {
  const batch = parseLines(texts);
  fillTimes(batch, Number.NaN, NOW);
  return texts.map((text, index) => ({
    id: `${sourceId}${index}`,
    time: batch.times[index] ?? 0,
    level: batch.levels[index] ?? 6,
    sourceId,
    text,
  }));
}

function continuing(texts: string[]): boolean[] {
  return new Records({ clock }).mark(stored(texts)).map((line) => line.continues === true);
}

describe('lines written as one', () => {
  test.each([
    [
      'a Python trace, with its last line',
      [
        '2026-11-21 09:00:00,123 ERROR shop: lost',
        'Traceback (most recent call last):',
        '  File "a.py", line 1, in <module>',
        '    pay()',
        'shop.PaymentError: refused',
        '2026-11-21 09:00:01,000 INFO shop: next',
      ],
      [false, true, true, true, true, false],
    ],
    [
      'a Java trace',
      [
        '2026-11-21 09:00:00.123 ERROR [main] a.B - lost',
        'java.lang.IllegalStateException: no',
        '\tat a.B.c(B.java:1)',
        'Caused by: java.io.IOException: x',
        '\t... 3 more',
        '2026-11-21 09:00:01.000 INFO [main] a.B - next',
      ],
      [false, true, true, true, true, false],
    ],
    [
      'PostgreSQL’s details, though each has a header',
      [
        '2026-11-21 09:00:00.123 UTC [77] a@b ERROR:  relation "x" does not exist at character 15',
        '2026-11-21 09:00:00.124 UTC [77] a@b HINT:  look again',
        '2026-11-21 09:00:00.125 UTC [77] a@b STATEMENT:  SELECT *',
        '\tFROM x',
        '2026-11-21 09:00:01.000 UTC [77] a@b LOG:  next',
      ],
      [false, true, true, true, false],
    ],
    [
      'lines without any time stand alone',
      ['one', 'two', '  indented', 'three'],
      [false, false, true, false],
    ],
  ])('%s', (_, texts, expected) => {
    expect(continuing(texts)).toEqual(expected);
  });

  test('take the level of their head', () => {
    const levels = stored([
      '2026-11-21 09:00:00,123 ERROR shop: lost',
      'Traceback (most recent call last):',
      '  File "a.py", line 1',
      'ValueError: no',
      '2026-11-21 09:00:00,123 ERROR shop: lost',
      'java.lang.IllegalStateException: no',
      '\tat a.B.c(B.java:1)',
      '2026-11-21 09:00:01.000 UTC [77] a@b ERROR:  no',
      '2026-11-21 09:00:01.000 UTC [77] a@b DETAIL:  more',
    ]).map((line) => line.level);
    expect(levels).toEqual([3, 3, 3, 3, 3, 3, 3, 3, 3]);
  });

  test('of two sources in one page are told apart', () => {
    const a = stored(['2026-11-21 09:00:00,123 ERROR shop: lost', '  at x'], 'a');
    const b = stored(['2026-11-21 09:00:00,123 INFO other: fine', 'alone'], 'b');
    const page = [a[0], b[0], a[1]].filter((line) => line !== undefined);
    expect(new Records({ clock }).mark(page).map((line) => line.continues)).toEqual([
      undefined,
      undefined,
      true,
    ]);
  });

  test('a record is found by any of its lines', () => {
    const lines = stored([
      '2026-11-21 09:00:00,123 INFO shop: before',
      '2026-11-21 09:00:01,123 ERROR shop: lost',
      '  at x',
      '  at y',
      '2026-11-21 09:00:02,000 INFO shop: next',
    ]);
    const records = new Records({ clock });
    for (const id of ['s1', 's2', 's3']) {
      expect(records.recordOf(lines, id)?.map((line) => line.id)).toEqual(['s1', 's2', 's3']);
    }
    expect(records.recordOf(lines, 's0')).toBeUndefined();
    expect(records.recordOf(lines, 'gone')).toBeUndefined();
  });

  test('by the user’s own format: what does not match goes on', () => {
    const own = compileFormat(
      customFormatSchema.parse({ kind: 'pattern', name: 'o', pattern: '#{time} {message}', multiline: true }),
    );
    const lines = stored([
      '#2026-11-21 09:00:00 a',
      'Nov 21 09:00:00 host app: part of it',
      '#2026-11-21 09:00:01 b',
    ]);
    const marked = new Records({ clock, ownFormat: () => own }).mark(lines);
    expect(marked.map((line) => line.continues === true)).toEqual([false, true, false]);
  });
});

describe('lines written as one, in parts', () => {
  const trace = stored([
    '2026-11-21 09:00:00,123 ERROR shop: lost',
    'Traceback (most recent call last):',
    '  File "a.py", line 1, in <module>',
    'shop.PaymentError: refused',
    '2026-11-21 09:00:01,000 INFO shop: next',
  ]);

  test('a page that begins in a record goes on with what comes before it', () => {
    const records = new Records({ clock });
    const [before, page] = [trace.slice(0, 3), trace.slice(3)];
    expect(page.map((line) => records.isUncertain(line))).toEqual([true, false]);
    expect(records.mark(page).map((line) => line.continues)).toEqual([undefined, undefined]);
    expect(records.markAfter(before, page).map((line) => line.continues)).toEqual([true, undefined]);
  });

  test('lines that come one at a time join up as they would together', () => {
    const live = new LiveRecords({ clock });
    const marked = trace.flatMap((line) => live.mark([line], 0));
    expect(marked.map((line) => line.continues === true)).toEqual([false, true, true, true, false]);
  });

  test('lines of another source in between part nothing', () => {
    const live = new LiveRecords({ clock });
    const other = stored(['2026-11-21 09:00:00,123 INFO desk: open'], 'other');
    live.mark(trace.slice(0, 2), 0);
    expect(live.mark(other, 0)[0]?.continues).toBeUndefined();
    expect(live.mark(trace.slice(3, 4), 0)[0]?.continues).toBe(true);
  });

  test('after a gap a line without a stamp goes on with nothing', () => {
    const live = new LiveRecords({ clock });
    live.mark(trace.slice(0, 2), 0);
    expect(live.mark(trace.slice(3, 4), 5)[0]?.continues).toBeUndefined();
  });
});
