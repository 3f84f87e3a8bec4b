import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  byteKinds,
  ByteScanner,
  ByteSet,
  DIGIT_RUN,
  KIND,
  MOST_HITS,
  PIECE_LENGTH,
  SHORT_PAIR,
  WordSet,
} from '../../../src-main/engine/flow/byte-scan.ts';

/** Bytes of a text made of some characters, and a part of them. */
const partOf = (characters: string): fc.Arbitrary<{ bytes: Buffer; from: number; to: number }> =>
  fc
    .tuple(
      fc.string({ unit: fc.constantFrom(...Array.from(characters)), maxLength: 90 }),
      fc.nat(20),
      fc.nat(20),
    )
    .map(([text, skipped, cut]) => {
      const bytes = Buffer.from(text);
      const from = Math.min(skipped, bytes.length);
      return { bytes, from, to: Math.max(from, bytes.length - cut) };
    });
const part = partOf('aBps=- 47é');

function hitsOf(scanner: ByteScanner, count: number): { at: number; bits: number }[] {
  return Array.from({ length: count }, (_, hit) => ({ at: scanner.place(hit), bits: scanner.bits(hit) }));
}

test('newlines, all of them, in a text in hand and in others', () => {
  const scanner = new ByteScanner();
  fc.assert(
    fc.property(partOf('a\r\n\x8a*'), fc.boolean(), ({ bytes, from, to }, isChunk) => {
      if (isChunk) scanner.load(bytes);
      const found = hitsOf(scanner, scanner.newlines(bytes, from, to)).map(({ at }) => at);
      expect(found).toEqual([...bytes.keys()].slice(from, to).filter((at) => bytes[at] === 10));
    }),
    { numRuns: 500 },
  );
});

describe('a set of bytes', () => {
  test('its single bytes, found where they are and nowhere else', () => {
    const scanner = new ByteScanner();
    const set = new ByteSet(scanner);
    for (const byte of Buffer.from('=B-é')) set.addByte(byte);
    const wanted = new Set([...Buffer.from('=B-')]);
    fc.assert(
      fc.property(part, ({ bytes, from, to }) => {
        const found = hitsOf(scanner, set.singles(bytes, from, to)).map(({ at }) => at);
        const expected = [...bytes.keys()]
          .slice(from, to)
          .filter((at) => wanted.has(bytes[at] ?? 0) || (bytes[at] ?? 0) >= 128);
        expect(found).toEqual(expected);
      }),
      { numRuns: 2000 },
    );
  });

  test('its pieces and pairs, never missed, whatever stands around', () => {
    const scanner = new ByteScanner();
    const set = new ByteSet(scanner);
    const pieces = ['pass', 'b=4-'];
    for (const piece of pieces) set.addPiece(Buffer.from(piece), 0);
    set.addPair(0x37, 0x3d);
    fc.assert(
      fc.property(part, fc.boolean(), ({ bytes, from, to }, isChunk) => {
        if (isChunk) scanner.load(bytes);
        const hits = hitsOf(scanner, set.pieces(bytes, from, to));
        const lower = bytes.toString('latin1').toLowerCase();
        for (let at = from; at + PIECE_LENGTH <= to; at += 1) {
          if (!pieces.includes(lower.slice(at, at + PIECE_LENGTH))) continue;
          expect(
            hits.some((hit) =>
              [0, 1, 2].some((place) => hit.at - place === at && (hit.bits & (1 << place)) !== 0),
            ),
          ).toBe(true);
        }
        for (let at = from; at + 1 < to; at += 1) {
          if (lower.slice(at, at + 2) !== '7=') continue;
          expect(hits.some((hit) => hit.at <= at && at < hit.at + 3 && (hit.bits & SHORT_PAIR) !== 0)).toBe(
            true,
          );
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('more hits than fit, told by the number of those that do', () => {
    const scanner = new ByteScanner();
    const set = new ByteSet(scanner);
    set.addByte(0x3d);
    const bytes = Buffer.alloc(MOST_HITS + 100, '=');
    expect(set.singles(bytes, 0, bytes.length)).toBe(MOST_HITS);
    const next = scanner.place(MOST_HITS - 1) + 1;
    expect(set.singles(bytes, next, bytes.length)).toBe(100);
  });

  test('a chunk larger than all before, looked through after the memory has grown', () => {
    const scanner = new ByteScanner();
    const set = new ByteSet(scanner);
    set.addPiece(Buffer.from('pass'), 0);
    const large = Buffer.alloc(3_000_000, '.');
    large.write('PASS', 2_999_996);
    scanner.load(Buffer.from('pass'));
    scanner.load(large);
    expect(set.pieces(large, 0, large.length)).toBe(1);
    // A short text in between does not disturb the chunk.
    expect(set.pieces(Buffer.from('a pass'), 0, 6)).toBe(1);
    expect(set.pieces(large, 0, large.length - PIECE_LENGTH)).toBe(0);
  });
});

describe('a set of words', () => {
  const words = [
    ['pass', 'b=4-'],
    ['akia', 'sp77'],
  ];
  const flat = words.flat();

  test('found wherever they stand, in either case and in order', () => {
    const scanner = new ByteScanner();
    const set = new WordSet(scanner, words);
    fc.assert(
      fc.property(
        fc.array(
          fc.constantFrom('pass', 'PAss', 'pas', 'b=4-', 'B=4', 'akia', 'aki', 'sp77', 'a', '-', 'é'),
          { maxLength: 40 },
        ),
        fc.nat(9),
        fc.nat(9),
        fc.boolean(),
        (parts, skipped, cut, isChunk) => {
          const bytes = Buffer.from(parts.join(''));
          const from = Math.min(skipped, bytes.length);
          const to = Math.max(from, bytes.length - cut);
          if (isChunk) scanner.load(bytes);
          const places = hitsOf(scanner, set.words(bytes, from, to)).map(({ at }) => at);
          const lower = bytes.toString('latin1').toLowerCase();
          const expected = Array.from(
            { length: Math.max(0, to - from - PIECE_LENGTH + 1) },
            (_, index) => from + index,
          ).filter((at) => flat.includes(lower.slice(at, at + PIECE_LENGTH)));
          // Others come by chance: two texts in eight thousand have the same hash.
          expect(places.filter((at) => expected.includes(at))).toEqual(expected);
          expect(places).toEqual(places.toSorted((one, other) => one - other));
        },
      ),
      { numRuns: 2000 },
    );
  });

  test('texts of the same bytes at each place that are no such word, not named', () => {
    const set = new WordSet(new ByteScanner(), words);
    const bytes = Buffer.from('b=ss pa4- ak77 spia');
    expect(set.words(bytes, 0, bytes.length)).toBe(0);
  });

  test('an empty chunk, looked through before any other', () => {
    const scanner = new ByteScanner();
    const set = new WordSet(scanner, words);
    const nothing = Buffer.alloc(0);
    scanner.load(nothing);
    expect(set.words(nothing, 0, 0)).toBe(0);
  });

  test('more of them than fit, told by the number of those that do', () => {
    const scanner = new ByteScanner();
    const set = new WordSet(scanner, words);
    const bytes = Buffer.from('pass'.repeat(MOST_HITS + 5));
    expect(set.words(bytes, 0, bytes.length)).toBe(MOST_HITS);
    expect(set.words(bytes, scanner.place(MOST_HITS - 1) + 1, bytes.length)).toBe(5);
  });
});

describe('runs of digits', () => {
  test('of the length of a card number, each with a place within it', () => {
    const scanner = new ByteScanner();
    fc.assert(
      fc.property(partOf('444777000 -444777000 -x'), ({ bytes, from, to }) => {
        const places = hitsOf(scanner, scanner.digitRuns(bytes, from, to)).map(({ at }) => at);
        const runs = [...bytes.toString('latin1', from, to).matchAll(/[0-9 -]+/g)]
          .filter(([run]) => run.length >= DIGIT_RUN)
          .map(({ 0: run, index }) => ({ first: from + index, behind: from + index + run.length }));
        for (const { first, behind } of runs)
          expect(places.some((at) => at >= first && at < behind)).toBe(true);
        for (const at of places)
          expect(runs.some(({ first, behind }) => at >= first && at < behind)).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });

  test.each([14, 15, 16, 17, 31, 33, 48])('%i of them, found at every place of a vector', (length) => {
    const scanner = new ByteScanner();
    for (let before = 0; before < 34; before += 1) {
      const bytes = Buffer.from(`${'.'.repeat(before)}${'4'.repeat(length)}`);
      expect(scanner.digitRuns(bytes, 0, bytes.length)).toBeGreaterThan(0);
      expect(scanner.digitRuns(bytes, 0, before + DIGIT_RUN - 1)).toBe(0);
    }
  });
});

describe('a digest', () => {
  const scanner = new ByteScanner();
  const kinds = byteKinds(scanner, Buffer.from('aBps=4'), Buffer.from('='));
  const place = scanner.reserve(96);

  test('its kinds of bytes, told exactly, and its sum by the bytes alone', () => {
    fc.assert(
      fc.property(part, fc.boolean(), ({ bytes, from, to }, isChunk) => {
        if (isChunk) scanner.load(bytes);
        const sum = scanner.digest(bytes, from, to, kinds);
        const text = bytes.toString('latin1', from, to);
        expect((scanner.kinds & KIND.unknown) !== 0).toBe(/[^aBps=4]/.test(text));
        expect((scanner.kinds & KIND.unsure) !== 0).toBe(text.includes('='));
        const copy = Buffer.from(`|${text}|`, 'latin1');
        expect(scanner.digest(copy, 1, copy.length - 1, kinds)).toBe(sum);
      }),
      { numRuns: 2000 },
    );
  });

  test('of texts that differ by one byte or by zeros at the end, different', () => {
    const seen = new Map<number, string>();
    for (let length = 0; length < 40; length += 1) {
      for (let at = 0; at < length; at += 1) {
        for (const byte of [0, 1, 0x61, 0xff]) {
          const bytes = Buffer.alloc(length);
          bytes[at] = byte;
          const sum = scanner.digest(bytes, 0, length, kinds);
          expect(seen.get(sum) ?? bytes.toString('hex')).toBe(bytes.toString('hex'));
          seen.set(sum, bytes.toString('hex'));
        }
      }
    }
    expect(seen.size).toBeGreaterThan(2000);
  });

  test('kept texts, known again and told from all others of their length', () => {
    fc.assert(
      fc.property(part, fc.nat(90), ({ bytes, from, to }, index) => {
        scanner.keep(bytes, from, to, place);
        expect(scanner.isKept(bytes, from, to, place)).toBe(true);
        if (to === from) return;
        const other = Buffer.from(bytes);
        const at = from + (index % (to - from));
        other[at] = (other[at] ?? 0) ^ 1;
        expect(scanner.isKept(other, from, to, place)).toBe(false);
      }),
      { numRuns: 2000 },
    );
  });
});
