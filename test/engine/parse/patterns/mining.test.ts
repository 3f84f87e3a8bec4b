import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seededRandom, pick } from '../../../bench/random.ts';
import { splitLines } from '../../../../src-main/engine/flow/line-batch.ts';
import { createLineParser } from '../../../../src-main/engine/parse/line-parser.ts';
import { LinePatterns } from '../../../../src-main/engine/parse/patterns/line-patterns.ts';
import { matches, mineText } from './mine.ts';

const NAMES = ['alice', 'bob', 'carol', 'dave', 'erin', 'frank', 'grace', 'heidi', 'ivan', 'judy'];

describe('patterns of a log', () => {
  test('words that differ while all around them stays are a value; sentences that differ are not', async () => {
    const lines = NAMES.flatMap((name, index) => [
      `2026-11-21 10:00:00 INFO gate opened for ${name} by keeper`,
      `2026-11-21 10:00:00 INFO lamp ${index} lit`,
      `2026-11-21 10:00:00 WARN oil is low`,
      `2026-11-21 10:00:00 WARN oil is spilt`,
    ]);
    const mined = await mineText(`${lines.join('\n')}\n`);
    expect(mined.templates.map(({ text, lines: count }) => [text, count])).toEqual([
      ['gate opened for <*> by keeper', 10],
      ['lamp <*> lit', 10],
      ['oil is low', 10],
      ['oil is spilt', 10],
    ]);
    expect(mined.templateOf(0)).toBe(mined.templateOf(4));
  });

  test.each([
    ['names in front of a sentence', (word: string) => `${word}Keeper::openGate took too long`, 1],
    ['states in capitals', (word: string) => `gate went from OPEN to ${word.toUpperCase()}`, 1],
    [
      'values of several words',
      (word: string, index: number) =>
        `gate was shut again because of ${word} ${NAMES.slice(0, index % 3).join(word)}`,
      1,
    ],
    [
      'sentences that only begin alike',
      (_: string, index: number) =>
        ['oil of lamp is low', 'oil of lamp was spilt', 'oil of lamp smells'][index % 3] ?? '',
      3,
    ],
    [
      'steps of a start',
      (_: string, index: number) => `${['gate', 'lamp', 'oil', 'bell'][index % 4] ?? ''} startup succeeded`,
      4,
    ],
  ])('%s', async (_, line, patterns) => {
    const lines = NAMES.flatMap((name, index) => [line(name, index), line(`${name}ette`, index)]);
    const mined = await mineText(lines.map((text) => `2026-11-21 10:00:00 INFO ${text}`).join('\n'));
    expect(mined.templates.map(({ text }) => text)).toHaveLength(patterns);
  });

  test('sentences without spaces keep their words: what differs in them is numbers, and names in brackets', async () => {
    const lines = ['田中', '佐藤', '鈴木', '高橋', '伊藤'].flatMap((name, index) => [
      `2026-11-21 10:00:00 INFO 注文番号${4711 + index}の処理が完了しました。所要時間：${index}ミリ秒`,
      `2026-11-21 10:00:00 INFO 利用者「${name}」が入室しました`,
      `2026-11-21 10:00:00 WARN 油が少なくなっています`,
    ]);
    const mined = await mineText(`${lines.join('\n')}\n`);
    expect(mined.templates.map(({ text, lines: count }) => [text, count])).toEqual([
      ['注文番号<*>の処理が完了しました。所要時間：<*>ミリ秒', 5],
      ['利用者「<*>」が入室しました', 5],
      ['油が少なくなっています', 5],
    ]);
  });

  test('a log without patterns costs a live engine little: what is new is paced', () => {
    const random = seededRandom(9);
    const letters = Array.from('abcdefghijklmnopqrstuvwxyz');
    const word = (): string => Array.from({ length: 7 }, () => pick(random, letters)).join('');
    const text = Array.from({ length: 60_000 }, () => `${word()} ${word()} ${word()} ${word()}`).join('\n');
    const parser = createLineParser({ timeZone: 'UTC', year: 2026, clock: { now: () => 0 } });
    const batch = parser.parse(splitLines('s', 1, 0, Buffer.from(text)));
    const patterns = new LinePatterns({ whenFull: 'forget', paced: true });
    patterns.column(batch);
    const { user: before } = process.cpuUsage();
    for (let round = 0; round < 4; round += 1) patterns.column(batch);
    expect((process.cpuUsage().user - before) / (4 * batch.count)).toBeLessThan(4);
    expect(patterns.forgotten).toBeGreaterThan(30_000);
  });

  test('requests are method, route and status; the query is not in it', async () => {
    const line = (request: string, status: number): string =>
      `10.0.0.1 - - [21/Nov/2026:10:00:00 +0000] "${request} HTTP/1.1" ${status} 12 "-" "-"`;
    const mined = await mineText(
      [
        line('GET /api/v2/orders/4711?full=1', 200),
        line('GET /api/v2/orders/4712', 200),
        line('GET /api/v2/orders/4712', 404),
        line('POST /api/v2/orders', 201),
        line('GET /', 200),
      ].join('\n'),
    );
    expect(mined.templates.map(({ text }) => text).toSorted()).toEqual([
      'GET / 200',
      'GET /api/v2/orders/<*> 200',
      'GET /api/v2/orders/<*> 404',
      'POST /api/v2/orders 201',
    ]);
  });

  test('thousands of invented paths become one route', async () => {
    const random = seededRandom(5);
    const letters = 'abcdefghijklmnopqrstuvwxyz';
    const lines = Array.from({ length: 3000 }, () => {
      const name = Array.from({ length: 9 }, () => pick(random, Array.from(letters))).join('');
      return `10.0.0.1 - - [21/Nov/2026:10:00:00 +0000] "GET /${name} HTTP/1.1" 404 0 "-" "-"`;
    });
    const mined = await mineText(lines.join('\n'));
    expect(mined.templates.map(({ text, lines: count }) => [text, count])).toEqual([['GET /<*> 404', 3000]]);
  });

  test('the id is that of the text, whatever else is in the log', async () => {
    const one = await mineText('lamp 1 lit\n');
    const other = await mineText('oil is low\nlamp 7 lit\n');
    expect(other.templateOf(1)).toEqual(one.templateOf(0));
    expect(one.templateOf(0).id).toMatch(/^[0-9a-f]{12}$/);
  });

  test('every line has exactly one template, which matches it, whatever the log', async () => {
    const part = fc.oneof(
      fc.constantFrom(
        'open',
        'closed',
        'for',
        'user',
        'alice',
        'bob',
        '10.0.0.1',
        '42',
        'a.b.c',
        '()',
        '"x y"',
        'k=v',
      ),
      fc.string({ maxLength: 6 }).map((text) => text.replaceAll(/[\r\n]/g, ' ')),
    );
    const line = fc.array(part, { maxLength: 8 }).map((parts) => parts.join(' '));
    await fc.assert(
      fc.asyncProperty(fc.array(line, { minLength: 1, maxLength: 60 }), async (lines) => {
        const mined = await mineText(`${lines.join('\n')}\n`);
        expect(mined.lines).toBe(lines.length);
        expect(mined.templates.reduce((sum, { lines: count }) => sum + count, 0)).toBe(lines.length);
        lines.forEach((text, index) => {
          const template = mined.templateOf(index);
          expect(mined.templates.filter(({ id }) => id === template.id)).toHaveLength(1);
          expect(matches(template.text, text), `${template.text} ⊄ ${text}`).toBe(true);
        });
      }),
      { numRuns: 150 },
    );
  });

  test('what there is no room for is one pattern, and said', async () => {
    const random = seededRandom(3);
    const words = Array.from({ length: 3000 }, (_, index) =>
      String(index).replaceAll(/\d/g, (digit) => 'qwertyuiop'[Number(digit)] ?? ''),
    );
    const lines = Array.from({ length: 4000 }, () =>
      Array.from({ length: 5 }, () => pick(random, words)).join(' '),
    );
    const mined = await mineText(lines.join('\n'), 500);
    expect(mined.templates.length).toBeLessThanOrEqual(502);
    expect(mined.lumped).toBeGreaterThan(1000);
    expect(mined.templates.reduce((sum, { lines: count }) => sum + count, 0)).toBe(4000);
  });
});
