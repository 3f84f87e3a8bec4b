import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  isOfWord,
  LONG,
  LONG_BYTES,
  longPlace,
  markGrams,
  MIDDLE,
  middleBit,
  olderLongBit,
  SHORT,
  shortBit,
} from '../../../src-main/engine/store/block/gram-machine.ts';
import {
  buildFilter,
  tokenHash,
  filterQuestion,
  type BlockFilter,
  type FilterQuestion,
} from '../../../src-main/engine/store/block/gram-filter.ts';
import { NUMBERS, numberOf } from '../../../src-main/engine/store/block/number-list.ts';
import { framesHolding, framesMarked } from './frames-holding.ts';

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

/** The filter of a text that has one frame. */
function filterOf(text: Uint8Array, tokens: string[] = []): BlockFilter {
  return buildFilter(text, [text.length], {
    hashes: tokens.map(tokenHash),
    frames: tokens.map(() => 1),
    addresses: tokens.filter((token) => token.startsWith('address:')).length,
  });
}

function allows(filter: BlockFilter, question: FilterQuestion): boolean {
  return (framesHolding(filter, question) & 1) === 1;
}

describe('The machine that marks runs of bytes', () => {
  it('marks all runs of a text, and beside them only what the last bytes of a frame give with zeros behind', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.string().map((text) => Buffer.from(text)),
      fc.stringMatching(/^[0-9x]{0,40}$/).map((text) => Buffer.from(text)),
    );
    fc.assert(
      fc.property(fc.array(bytes, { maxLength: 4 }), fc.nat(2 ** 17 - 1), (frames, bit) => {
        const text = Buffer.concat(frames);
        let end = 0;
        const ends = frames.map(({ length }) => (end += length));
        const place = bit % LONG.places;
        const { short, middle, long, numbers } = markGrams(text, ends, {
          middle: [bit],
          long: [place],
          longFrames: [8],
        });
        const padded = frames.map((frame) => Buffer.concat([frame, Buffer.alloc(8)]));
        const runsOf = (length: number, bitOf: (run: Uint8Array) => number): Set<number>[] =>
          padded.map((frame, at) =>
            bitsOf(frame.subarray(0, (frames[at]?.length ?? 0) + length - 1), length, bitOf),
          );
        const inAny = (sets: Set<number>[]): Set<number> => new Set(sets.flatMap((each) => [...each]));
        expect(setBits(short)).toEqual(inAny(runsOf(SHORT.length, shortBit)));
        // What is of no word, or a number, is marked in the first place of all.
        const ofWord = (run: Uint8Array): number =>
          isOfWord(run) && numberOf(run) === undefined ? middleBit(run) % 2 ** MIDDLE.log2 : 0;
        expect(setBits(middle)).toEqual(new Set([...inAny(runsOf(MIDDLE.length, ofWord)), bit]));
        const places = runsOf(LONG.length, longPlace);
        const expected = new Uint8Array(LONG_BYTES);
        const add = (each: number, bits: number): void => {
          const at = each % LONG_BYTES;
          expected[at] = (expected[at] ?? 0) | (each < LONG_BYTES ? bits : bits << 4);
        };
        for (const [frame, set] of places.entries()) for (const each of set) add(each, 1 << frame);
        add(place, 8);
        expect(Buffer.from(long).equals(expected)).toBe(true);
        const marks = new Uint8Array(NUMBERS);
        for (const [frame, set] of runsOf(MIDDLE.length, (run) => numberOf(run) ?? -1).entries())
          for (const number of set) if (number >= 0) marks[number] = (marks[number] ?? 0) | (1 << frame);
        expect(Buffer.from(numbers).equals(marks)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it.each([2 ** 18 - 7, 2 ** 18 - 1, 2 ** 18, 2 ** 19 - 4, 2 ** 19 + 28])(
    'misses no run where a long text is cut into pieces: one that begins at %i',
    (at) => {
      const text = Buffer.alloc(2 ** 19 + 37, 'x');
      text.write('Needle-01', at);
      text.write('4711812', at - 20);
      const filter = filterOf(text);
      expect(allows(filter, filterQuestion([Buffer.from('11812')], []))).toBe(true);
      expect(allows(filter, filterQuestion([Buffer.from('11813')], []))).toBe(false);
      expect(allows(filter, filterQuestion([Buffer.from('needle-01')], []))).toBe(true);
      expect(allows(filter, filterQuestion([Buffer.from('needle-07')], []))).toBe(false);
    },
  );

  it('tells which frames can hold a text, and which a whole value', () => {
    const frames = ['port 22', 'from 192.0.2.77', 'user root', 'from 192.0.2.77 again and again'].map(
      (each) => Buffer.from(each.padEnd(600, '.')),
    );
    const ends = frames.map((_, index) => (index + 1) * 600);
    const filter = buildFilter(Buffer.concat(frames), ends, {
      hashes: ['address:10.0.0.8', 'source:a'].map(tokenHash),
      frames: [0b0100, 0b1111],
      addresses: 1,
    });
    const asked = (parts: string[], tokens: string[] = []): number =>
      framesHolding(
        filter,
        filterQuestion(
          parts.map((part) => Buffer.from(part)),
          tokens,
        ),
      );
    expect(asked(['192.0.2.77'])).toBe(0b1010);
    expect(asked(['192.0.2.77', 'again and again'])).toBe(0b1000);
    expect(asked(['192.0.2.78'])).toBe(0);
    expect(asked([], ['address:10.0.0.8', 'source:a'])).toBe(0b0100);
    // Runs of three and five are marked for the block as a whole.
    expect(asked(['root'])).toBe(0b1111);
    expect(asked(['rout'])).toBe(0);
  });

  it('says no to every address where all stand in their lines, and asks for other values as ever', () => {
    const filter = filterOf(Buffer.from('from 192.0.2.1'), ['source:a']);
    expect(allows(filter, filterQuestion([], ['address:192.0.2.1']))).toBe(false);
    expect(allows(filter, filterQuestion([], ['source:a']))).toBe(true);
  });

  it('finds a block by a whole value, and not by one it lacks', () => {
    const filter = filterOf(Buffer.from('a line'), ['source:a', 'address:192.0.2.1']);
    expect(allows(filter, filterQuestion([], ['source:a']))).toBe(true);
    expect(allows(filter, filterQuestion([], ['address:192.0.2.1', 'source:a']))).toBe(true);
    expect(allows(filter, filterQuestion([], ['address:192.0.2.2']))).toBe(false);
  });

  it.each([17, 18])('reads filters of the version before, with a middle table of 2^%i bits', (middleLog2) => {
    const text = Buffer.from('failed password for margin350 from 192.0.2.77 port 48213');
    const logarithms = [15, middleLog2, 17];
    const filter = new Uint8Array(8 + logarithms.reduce((sum, log2) => sum + 2 ** log2 / 8, 0));
    filter.set([2, 0, ...logarithms]);
    const bitsByLength: [number, (run: Uint8Array) => number][] = [
      [3, shortBit],
      [5, middleBit],
      [7, olderLongBit],
    ];
    const set = (byte: number, bit: number): void => {
      filter[byte] = (filter[byte] ?? 0) | (1 << bit);
    };
    let at = 8;
    for (const [index, [length, bitOf]] of bitsByLength.entries()) {
      const bits = 2 ** (logarithms[index] ?? 0);
      for (const bit of bitsOf(text, length, bitOf)) set(at + ((bit % bits) >> 3), bit & 7);
      at += 2 ** (logarithms[index] ?? 0) / 8;
    }
    const asked = (part: string): number => framesMarked(filter, filterQuestion([Buffer.from(part)], []));
    for (const part of ['48213', 'margin350', '192.0.2.77', 'word']) expect(asked(part)).toBe(0b1111);
    for (const part of ['48214', 'margin351', '192.0.2.78', 'ward']) expect(asked(part)).toBe(0);
  });

  it('reads filters of before there was a list of numbers: their runs of five digits are in the middle table', () => {
    const text = Buffer.from('port 48213 and 48999');
    const { filter } = filterOf(text);
    // As it was then, besides these runs.
    filter[0] = 3;
    const before = new Uint8Array(filter);
    const middleAt = 8 + 2 ** (filter[2] ?? 0) / 8;
    for (const number of ['48213', '48999']) {
      const bit = middleBit(Buffer.from(number)) % 2 ** (filter[3] ?? 0);
      before[middleAt + (bit >> 3)] = (before[middleAt + (bit >> 3)] ?? 0) | (1 << (bit & 7));
    }
    const asked = (tables: Uint8Array, part: string): number =>
      framesMarked(tables, filterQuestion([Buffer.from(part)], [])) & 1;
    for (const part of ['48213', '48999', 'port 48213 and']) expect(asked(before, part)).toBe(1);
    expect(asked(before, '48214')).toBe(0);
    expect(asked(filter, '48213')).toBe(0);
  });

  it('gives a small block a small filter', () => {
    expect(filterOf(Buffer.from('one short line')).filter.length).toBeLessThan(300);
  });
});
