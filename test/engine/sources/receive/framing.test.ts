import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SyslogFramer } from '../../../../src-main/engine/sources/receive/framing.ts';

/** What a framer makes of these pieces. */
function framed(pieces: readonly Buffer[], maxBytes = 1000): { text: string; cut: boolean }[] {
  const found: { text: string; cut: boolean }[] = [];
  const framer = new SyslogFramer(maxBytes, (message, cut) =>
    found.push({ text: message.toString('latin1'), cut }),
  );
  for (const piece of pieces) framer.push(piece);
  framer.end();
  return found;
}
const texts = (input: string): string[] => framed([Buffer.from(input, 'latin1')]).map(({ text }) => text);

/** Cuts bytes at the given places. */
function split(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  return places.slice(1).map((to, index) => bytes.subarray(places[index], to));
}

describe('Syslog framing', () => {
  test('newlines and lengths, are told apart message by message', () => {
    expect(texts('<13>one\n5 <13>a<14>two\r\n7 <13>b\nc<15>three')).toEqual([
      '<13>one',
      '<13>a',
      '<14>two',
      '<13>b\nc',
      '<15>three',
    ]);
  });

  test('newlines and NUL around messages, belong to none', () => {
    expect(texts('\n\r\n<13>a\0\n\n5 <13>b\n\0\n<13>c')).toEqual(['<13>a', '<13>b', '<13>c']);
  });

  test('text that begins with a number, is a line', () => {
    expect(texts('404 not found\n12345678 <13>long\n0 <13>zero\n7\n12 x')).toEqual([
      '404 not found',
      '12345678 <13>long',
      '0 <13>zero',
      '7',
      '12 x',
    ]);
  });

  test('a message beyond the limit, is cut and the next is whole', () => {
    const long = 'x'.repeat(30);
    expect(framed([Buffer.from(`<13>${long}\n34 <13>${long}<13>next\n`)], 10)).toEqual([
      { text: '<13>xxxxxx', cut: true },
      { text: '<13>xxxxxx', cut: true },
      { text: '<13>next', cut: false },
    ]);
  });

  test('a counted message that breaks off, is kept and marked', () => {
    expect(framed([Buffer.from('20 <13>half')])).toEqual([{ text: '<13>half', cut: true }]);
  });

  const message = fc
    .string({ minLength: 1, maxLength: 40 })
    .map((text) => `<13>${text.replace(/[\r\n\0]/g, ' ')}.`);

  test('messages, arrive as they were sent however the bytes were split', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(message, fc.boolean()), { maxLength: 12 }),
        fc.array(fc.nat(), { maxLength: 20 }),
        (sent, cuts) => {
          const bytes = Buffer.concat(
            sent.map(([text, counted]) => {
              const content = Buffer.from(text);
              return counted
                ? Buffer.concat([Buffer.from(`${content.length} `), content])
                : Buffer.concat([content, Buffer.from('\n')]);
            }),
          );
          const received = framed(split(bytes, cuts));
          expect(received.map(({ text }) => Buffer.from(text, 'latin1').toString())).toEqual(
            sent.map(([text]) => text),
          );
        },
      ),
    );
  });

  test('any bytes, give the same messages however they were split', () => {
    const telling = fc.constantFrom(...'0123456789< >\n\r\0ab'.split('').map((each) => each.charCodeAt(0)));
    fc.assert(
      fc.property(
        fc.array(fc.oneof(telling, fc.integer({ min: 0, max: 255 })), { maxLength: 200 }),
        fc.array(fc.nat(), { maxLength: 30 }),
        (raw, cuts) => {
          const bytes = Buffer.from(raw);
          expect(framed(split(bytes, cuts), 20)).toEqual(framed([bytes], 20));
        },
      ),
      { numRuns: 500 },
    );
  });
});
