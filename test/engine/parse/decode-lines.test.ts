import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Encoding } from '../../../src-main/engine/flow/encoding.ts';
import { LineDecoder, splitEncoded } from '../../../src-main/engine/parse/decode-lines.ts';
import { ParsedBatch } from '../../../src-main/engine/flow/parsed-batch.ts';
import { encoded } from '../flow/encoded-text.ts';

const ENCODINGS: Encoding[] = ['utf-8', 'shift_jis', 'euc-jp', 'utf-16le', 'utf-16be'];
const origin = { sourceId: 's', stream: 1, offset: 0 };

function linesOf(
  bytes: Buffer,
  encoding: Encoding | undefined,
  offset = 0,
): { text: string; offset: number }[] {
  const batch = new ParsedBatch(splitEncoded({ ...origin, offset }, bytes, encoding));
  return Array.from({ length: batch.count }, (_, line) => ({
    text: batch.text(line),
    offset: batch.offset(line),
  }));
}

describe('lines of any encoding', () => {
  const japanese = fc.string({
    unit: fc.constantFrom('a', ' ', '1', 'あ', 'ン', '漢', '表', 'ソ', '能', '。', '～', 'ー'),
    maxLength: 20,
  });

  test.each(ENCODINGS)('%s: every line comes back, at the offset it has in the file', (encoding) => {
    fc.assert(
      fc.property(
        fc.array(japanese, { maxLength: 20 }),
        fc.integer({ min: 0, max: 500 }),
        (texts, before) => {
          const offset = before * 2 + 2;
          let at = offset;
          const expected = texts.map((text) => {
            const line = { text, offset: at };
            at += encoded(`${text}\n`, encoding).length;
            return line;
          });
          expect(
            linesOf(encoded(texts.map((text) => `${text}\n`).join(''), encoding), encoding, offset),
          ).toEqual(expected);
        },
      ),
    );
  });

  test.each(ENCODINGS)('%s: rubbish loses no line and crashes nothing', (encoding) => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (input) => {
        const bytes = Buffer.from(input);
        const lines = splitEncoded({ ...origin, offset: 2 }, bytes, encoding);
        expect(lines.length).toBe(bytes.length);
        const batch = new ParsedBatch(lines);
        for (let line = 1; line < batch.count; line += 1) {
          expect(batch.offset(line)).toBeGreaterThan(batch.offset(line - 1));
        }
        if (!encoding.startsWith('utf-16')) {
          const newlines = bytes.filter((byte) => byte === 10).length;
          expect(batch.count).toBe(newlines + (bytes.length > 0 && bytes.at(-1) !== 10 ? 1 : 0));
        }
      }),
    );
  });

  test('carriage returns are taken off in UTF-16 too', () => {
    expect(linesOf(encoded('a\r\nb\r\n', 'utf-16le'), 'utf-16le')).toEqual([
      { text: 'a', offset: 0 },
      { text: 'b', offset: 6 },
    ]);
  });

  test('a byte order mark is no text, and the first line begins at 0', () => {
    expect(linesOf(Buffer.from('\ufeffa\nb\n'), 'utf-8')).toEqual([
      { text: 'a', offset: 0 },
      { text: 'b', offset: 5 },
    ]);
    expect(linesOf(encoded('\ufeffa\nb\n', 'utf-16be'), 'utf-16be')).toEqual([
      { text: 'a', offset: 0 },
      { text: 'b', offset: 6 },
    ]);
  });
});

describe('encoding of a stream', () => {
  test('waits for the first bytes beyond ASCII, then stays', () => {
    const decoder = new LineDecoder();
    const split = (bytes: Buffer, offset: number): string =>
      new ParsedBatch(decoder.split({ ...origin, offset }, bytes, undefined)).text(0);
    expect(split(Buffer.from('started\n'), 0)).toBe('started');
    expect(decoder.encoding).toBeUndefined();
    expect(split(encoded('ログイン失敗\n', 'shift_jis'), 8)).toBe('ログイン失敗');
    expect(decoder.encoding).toBe('shift_jis');
    // By itself this one could be anything.
    expect(split(encoded('表\n', 'shift_jis'), 30)).toBe('表');
  });

  test('what the user says goes before what the bytes look like', () => {
    const decoder = new LineDecoder();
    const batch = new ParsedBatch(decoder.split(origin, Buffer.from([0xe9, 10]), 'windows-1252'));
    expect(batch.text(0)).toBe('é');
  });
});
