import { describe, expect, test } from 'vitest';
import { splitLines } from '../../../../src-main/engine/flow/line-batch.ts';
import { createLineParser } from '../../../../src-main/engine/parse/line-parser.ts';
import { LinePatterns } from '../../../../src-main/engine/parse/patterns/line-patterns.ts';

const parser = createLineParser({
  timeZone: 'UTC',
  year: 2026,
  clock: { now: () => Date.UTC(2026, 10, 21) },
});

function mined(patterns: LinePatterns, lines: string[], stream = 1): string[] {
  const batch = parser.parse(splitLines('s', stream, 0, Buffer.from(lines.join('\n'))));
  const nodes = new Int32Array(batch.count);
  patterns.mine(batch, nodes);
  return [...nodes].map((node) => patterns.template(node).text);
}

describe('patterns of live lines', () => {
  test('are known from the first line, and become general when enough have come', () => {
    const patterns = new LinePatterns({ whenFull: 'forget' });
    expect(mined(patterns, ['gate 7 opened for anna'])).toEqual(['gate <*> opened for anna']);
    const letters = 'abcdefghijklmnopqrstuvwxyz';
    const names = Array.from(letters).flatMap((first) => [`${first}on`, `${first}an`, `${first}el`]);
    mined(
      patterns,
      names.map((name) => `gate 7 opened for ${name}`),
    );
    expect(mined(patterns, ['gate 9 opened for someone'])).toEqual(['gate <*> opened for <*>']);
  });

  test('stay bounded with lines that have nothing in common: the ones not seen for longest are forgotten, and counted', () => {
    const patterns = new LinePatterns({ whenFull: 'forget', maxTemplates: 400 });
    const word = (index: number): string =>
      String(index * 7919).replaceAll(/\d/g, (digit) => 'qwertyuiop'[Number(digit)] ?? '');
    for (let batch = 0; batch < 30; batch += 1) {
      mined(patterns, [
        'the lamp is lit',
        ...Array.from({ length: 100 }, (_, line) => {
          const at = batch * 100 + line;
          return `${word(at)} ${word(at + 1e5)} ${word(at + 2e5)}`;
        }),
      ]);
    }
    patterns.mine(parser.parse(splitLines('s', 1, 0, Buffer.from(''))), new Int32Array(0));
    expect(patterns.size).toBeLessThanOrEqual(400);
    expect(patterns.forgotten).toBeGreaterThan(2000);
    expect(mined(patterns, ['the lamp is lit'])).toEqual(['the lamp is lit']);
  });

  test('many streams are no trouble', () => {
    const patterns = new LinePatterns({ whenFull: 'forget' });
    for (let stream = 0; stream < 5000; stream += 1)
      expect(mined(patterns, ['oil is low'], stream)).toEqual(['oil is low']);
  });
});
