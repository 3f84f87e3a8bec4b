import { isAscii } from 'node:buffer';
import {
  LONG,
  longBit,
  markGrams,
  MIDDLE,
  middleBit,
  OLDER_MIDDLE_LOG2,
  SHORT,
  shortBit,
} from './gram-machine.ts';

/**
 * Tells which blocks can't hold a text, so that a search need not unpack them. It never says no wrongly.
 *
 * Every run of three, of five and of seven bytes of the lines, ASCII letters in lower case, sets a bit in the table of its
 * length (Bloom filters with one hash). Runs of bytes serve every substring of three bytes or more: words that cross
 * punctuation, parts of words, and Japanese, whose characters are three bytes each. Three bytes alone can't tell one
 * number from another, as a few thousand lines hold nearly every run of three digits; of five they hold an eighth of what
 * they could. Seven tell one address from another. Measured on a million access and on a million sign-in lines with as many
 * distinct values, a block that lacks it is read needlessly for 1 % of addresses, 5 % (access) and 31 % (sign-in) of words
 * with a number behind, 31 and 50 % of numbers of five digits. Twice as many bits for runs of five would make that 1, 3 and
 * 20, 16 and 30 %, for a tenth more of everything that is kept; two lengths (3, 6) let 100 % of these numbers through.
 *
 * Case outside ASCII is not folded here; the search leaves such letters out of what it asks for (needle.ts). Two letters
 * fold into ASCII from outside, the Kelvin sign (k) and the long s (s): blocks that hold one say so and are not skipped.
 */

const VERSION = 2;
/** version, flags, log2 of the bits of the three tables; the rest is zero. */
export const FILTER_HEADER_BYTES = 8;
const FLAG_FOLDS_INTO_ASCII = 1;
/** 4, 16 and 16 kB at the most: 5 % of a usual block's text. */
const TABLES = [SHORT, MIDDLE, LONG];
const SMALLEST_BITS_LOG2 = 9;
/** A table is halved while at most this share of its bits is set: then at most twice as many are afterwards. */
const HALVE_BELOW = 0.15;

const KELVIN_SIGN = Buffer.from('\u212a', 'utf8');
const LONG_S = Buffer.from('\u017f', 'utf8');

/**
 * @param text the lines' bytes, one after another
 * @param tokens hashes of whole values to find a block by (see `tokenHash`): `address:…`, `source:…`, `stream:…`
 */
export function buildFilter(text: Uint8Array, tokens: Iterable<number>): Uint8Array<ArrayBuffer> {
  const middleBits: number[] = [];
  const longBits: number[] = [];
  for (const hash of tokens) {
    middleBits.push(Math.imul(hash, MIDDLE_SPREADS[0]) >>> (32 - OLDER_MIDDLE_LOG2));
    middleBits.push(Math.imul(hash, MIDDLE_SPREADS[1]) >>> (32 - OLDER_MIDDLE_LOG2));
    longBits.push(longBitOf(hash));
  }
  const marked = markGrams(text, middleBits, longBits);
  const tables = [marked.short, marked.middle, marked.long].map(halved);
  const filter = new Uint8Array(FILTER_HEADER_BYTES + tables.reduce((sum, { length }) => sum + length, 0));
  const logarithms = tables.map(({ length }) => Math.log2(length * 8));
  filter.set([VERSION, foldsIntoAscii(text) ? FLAG_FOLDS_INTO_ASCII : 0, ...logarithms]);
  let at = FILTER_HEADER_BYTES;
  for (const table of tables) {
    filter.set(table, at);
    at += table.length;
  }
  return filter;
}

const MIDDLE_SPREADS = [0x9e3779b1, 0xc2b2ae35] as const;

function longBitOf(hash: number): number {
  return Math.imul(hash, 0x85ebca6b) >>> (32 - LONG.log2);
}

/** FNV-1a over UTF-16 units, for whole values such as an address: `address:192.0.2.7`. */
export function tokenHash(token: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < token.length; index += 1) hash = nextTokenHash(hash, token.charCodeAt(index));
  return hash;
}

/** The hash of a token that is one unit longer. */
export function nextTokenHash(hash: number, unit: number): number {
  return Math.imul(hash ^ unit, 0x01000193);
}

function tokenBits(token: string): { middle: number[]; long: number } {
  const hash = tokenHash(token);
  return {
    middle: MIDDLE_SPREADS.map((spread) => Math.imul(hash, spread) >>> (32 - OLDER_MIDDLE_LOG2)),
    long: longBitOf(hash),
  };
}

/** Whether the text has a letter from outside ASCII that folds to one of it. */
export function foldsIntoAscii(text: Uint8Array): boolean {
  if (isAscii(text)) return false;
  const bytes = Buffer.from(text.buffer, text.byteOffset, text.byteLength);
  return bytes.includes(LONG_S) || bytes.includes(KELVIN_SIGN);
}

/** Lays the upper half over the lower one while the table stays sparse: a small block gets a small filter. */
function halved(full: Uint8Array): Uint8Array {
  // In words: a table begins at a multiple of eight.
  let table = new Uint32Array(full.buffer, full.byteOffset, full.length / 4);
  while (table.length * 32 > 2 ** SMALLEST_BITS_LOG2 && countBits(table) <= table.length * 32 * HALVE_BELOW) {
    const half = table.length / 2;
    const upper = table.subarray(half);
    table = table.subarray(0, half);
    for (let index = 0; index < half; index += 1) table[index] = (table[index] ?? 0) | (upper[index] ?? 0);
  }
  return new Uint8Array(table.buffer, table.byteOffset, table.byteLength);
}

function countBits(table: Uint32Array): number {
  let bits = 0;
  for (let index = 0; index < table.length; index += 1) {
    let word = table[index] ?? 0;
    word -= (word >>> 1) & 0x55555555;
    word = (word & 0x33333333) + ((word >>> 2) & 0x33333333);
    bits += Math.imul((word + (word >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
  }
  return bits;
}

/** What a search asks filters for: all of it must be possible. Bits by table. */
export interface FilterQuestion {
  short: number[];
  middle: number[];
  long: number[];
  /** Asked for although the text could also be written with the Kelvin sign or the long s. */
  foldable: boolean;
}

/**
 * @param parts byte runs (ASCII in lower case) that each must occur; shorter than three bytes they ask nothing
 * @param tokens whole values that must occur
 */
export function filterQuestion(parts: Uint8Array[], tokens: string[]): FilterQuestion {
  const values = tokens.map(tokenBits);
  const runs = (length: number, bitOf: (run: Uint8Array) => number): number[] =>
    parts.flatMap((part) =>
      Array.from({ length: Math.max(0, part.length - length + 1) }, (_, from) =>
        bitOf(part.subarray(from, from + length)),
      ),
    );
  const distinct = (bits: number[]): number[] => [...new Set(bits)];
  return {
    short: distinct(runs(SHORT.length, shortBit)),
    middle: distinct([...values.flatMap(({ middle }) => middle), ...runs(MIDDLE.length, middleBit)]),
    long: distinct([...values.map(({ long }) => long), ...runs(LONG.length, longBit)]),
    foldable: parts.some((part) => part.includes(0x6b) || part.includes(0x73)),
  };
}

export function asksNothing({ short, middle }: FilterQuestion): boolean {
  return short.length === 0 && middle.length === 0;
}

/** A bit of a filter. */
export interface FilterPlace {
  byte: number;
  mask: number;
}

/**
 * The bits that are all set if a block can hold what is asked for, the longest runs' first: they say no most often.
 * @param header the first FILTER_HEADER_BYTES of the filter
 * @returns undefined when the block may hold anything: an unknown version, or letters from outside ASCII that fold into it
 */
export function filterPlaces(header: Uint8Array, question: FilterQuestion): FilterPlace[] | undefined {
  if (header[0] !== VERSION) return undefined;
  if (question.foldable && ((header[1] ?? 0) & FLAG_FOLDS_INTO_ASCII) !== 0) return undefined;
  const [shortLog2 = 0, middleLog2 = 0, longLog2 = 0] = header.subarray(2, 2 + TABLES.length);
  const middleAt = FILTER_HEADER_BYTES + 2 ** shortLog2 / 8;
  const longAt = middleAt + 2 ** middleLog2 / 8;
  return [
    ...placesIn(longAt, longLog2, question.long),
    ...placesIn(middleAt, middleLog2, question.middle),
    ...placesIn(FILTER_HEADER_BYTES, shortLog2, question.short),
  ];
}

function placesIn(at: number, log2: number, bits: number[]): FilterPlace[] {
  return bits.map((bit) => {
    const place = bit & (2 ** log2 - 1);
    return { byte: at + (place >>> 3), mask: 1 << (place & 7) };
  });
}

/** False only when the block can't hold what is asked for. */
export function mayHold(filter: Uint8Array, question: FilterQuestion): boolean {
  const places = filterPlaces(filter.subarray(0, FILTER_HEADER_BYTES), question);
  return places?.every(({ byte, mask }) => ((filter[byte] ?? 0xff) & mask) !== 0) ?? true;
}
