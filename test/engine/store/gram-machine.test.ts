import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  LONG,
  longBit,
  markGrams,
  MIDDLE,
  middleBit,
  SHORT,
  shortBit,
} from '../../../src-main/engine/store/block/gram-machine.ts';
import {
  buildFilter,
  tokenHash,
  filterQuestion,
  mayHold,
} from '../../../src-main/engine/store/block/gram-filter.ts';

/** Bits that the runs of one length of a text have, the slow and plain way. */
function bitsOf(text: Uint8Array, length: number, bitOf: (run: Uint8Array) => number): Set<number> {
  const lower = text.map((byte) => (byte >= 0x41 && byte <= 0x5a ? byte + 32 : byte));
  const bits = new Set<number>();
  for (let at = 0; at + length <= text.length; at += 1) bits.add(bitOf(lower.subarray(at, at + length)));
  return bits;
}

function setBits(table: Uint8Array): Set<number> {
  const bits = new Set<number>();
  for (let bit = 0; bit < table.length * 8; bit += 1) {
    if (((table[bit >> 3] ?? 0) & (1 << (bit & 7))) !== 0) bits.add(bit);
  }
  return bits;
}

describe('The machine that marks runs of bytes', () => {
  it('sets the bits of all runs of a text, and beside them only what its last bytes give with zeros behind', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(2 ** 17 - 1), (text, bit) => {
        const { short, middle, long } = markGrams(text, [bit], [bit]);
        const padded = Buffer.concat([text, Buffer.alloc(8)]);
        for (const [table, { length }, bitOf, extra] of [
          [short, SHORT, shortBit, []],
          [middle, MIDDLE, (run: Uint8Array) => middleBit(run) % 2 ** MIDDLE.log2, [bit]],
          [long, LONG, longBit, [bit]],
        ] as const) {
          const expected = bitsOf(padded.subarray(0, text.length + length - 1), length, bitOf);
          expect(setBits(table)).toEqual(new Set([...expected, ...extra]));
        }
      }),
      { numRuns: 60 },
    );
  });

  it.each([2 ** 20 - 7, 2 ** 20 - 1, 2 ** 20, 2 ** 21 - 4, 2 ** 21 + 28])(
    'misses no run where a long text is cut into pieces: one that begins at %i',
    (at) => {
      const text = Buffer.alloc(2 ** 21 + 37, 'x');
      text.write('Needle-01', at);
      const filter = buildFilter(text, []);
      expect(mayHold(filter, filterQuestion([Buffer.from('needle-01')], []))).toBe(true);
      expect(mayHold(filter, filterQuestion([Buffer.from('needle-07')], []))).toBe(false);
    },
  );

  it('finds a block by a whole value, and not by one it lacks', () => {
    const filter = buildFilter(Buffer.from('a line'), ['source:a', 'address:192.0.2.1'].map(tokenHash));
    expect(mayHold(filter, filterQuestion([], ['source:a']))).toBe(true);
    expect(mayHold(filter, filterQuestion([], ['address:192.0.2.1', 'source:a']))).toBe(true);
    expect(mayHold(filter, filterQuestion([], ['address:192.0.2.2']))).toBe(false);
  });

  it('is asked as well of a block whose table for runs of five is twice as large, as older ones are', () => {
    const text = Buffer.from('failed password for margin350 from 192.0.2.77 port 48213');
    const logarithms = [15, 18, 17];
    const filter = new Uint8Array(8 + logarithms.reduce((sum, log2) => sum + 2 ** log2 / 8, 0));
    filter.set([2, 0, ...logarithms]);
    const bitsByLength: [number, (run: Uint8Array) => number][] = [
      [3, shortBit],
      [5, middleBit],
      [7, longBit],
    ];
    const set = (byte: number, bit: number): void => {
      filter[byte] = (filter[byte] ?? 0) | (1 << bit);
    };
    let at = 8;
    for (const [index, [length, bitOf]] of bitsByLength.entries()) {
      for (const bit of bitsOf(text, length, bitOf)) set(at + (bit >> 3), bit & 7);
      at += 2 ** (logarithms[index] ?? 0) / 8;
    }
    const mayHoldText = (part: string): boolean => mayHold(filter, filterQuestion([Buffer.from(part)], []));
    for (const part of ['48213', 'margin350', '192.0.2.77', 'word']) expect(mayHoldText(part)).toBe(true);
    for (const part of ['48214', 'margin351', '192.0.2.78', 'ward']) expect(mayHoldText(part)).toBe(false);
  });

  it('gives a small block a small filter', () => {
    expect(buildFilter(Buffer.from('one short line'), []).length).toBeLessThan(300);
  });
});
