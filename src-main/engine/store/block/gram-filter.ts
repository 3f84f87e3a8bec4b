/**
 * Tells which blocks can't hold a text, so that a search need not unpack them. It never says no wrongly.
 *
 * Every run of three bytes of the lines, ASCII letters in lower case, sets one bit (a Bloom filter with one hash). Byte
 * trigrams serve every substring of three bytes or more: words that cross punctuation, parts of words, and Japanese, whose
 * characters are three bytes each. Case outside ASCII is not folded here; the search leaves such letters out of what it
 * asks for (text-query.ts). Two letters fold into ASCII from outside, the Kelvin sign (k) and the long s (s): blocks that
 * hold one say so and are not skipped.
 *
 * Left out: longer grams. They tell random identifiers apart better, but need filters four times as large.
 */

/** Bits of the largest filter: 16 kB, below 2 % of a usual block's text. */
const LARGEST_BITS_LOG2 = 17;
const SMALLEST_BITS_LOG2 = 10;
const VERSION = 1;
/** version, log2 of the bits, flags, reserved. */
const HEADER_BYTES = 4;
const FLAG_FOLDS_INTO_ASCII = 1;
/** A filter is halved while no more than this share of its bits would be set. */
const FILL_LIMIT = 0.25;

const KELVIN_SIGN = Buffer.from('\u212a', 'utf8');
const LONG_S = Buffer.from('\u017f', 'utf8');

/** ASCII upper case to lower case, every other byte as it is. */
export const LOWER_CASE = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= 0x41 && byte <= 0x5a ? byte + 32 : byte,
);

const words = new Uint32Array(2 ** (LARGEST_BITS_LOG2 - 5));

/** Multiplying by a large odd number spreads the low bits upwards (Knuth, multiplicative hashing); the top bits are used. */
function gramHash(gram: number): number {
  return Math.imul(gram, 0x9e3779b1) >>> (32 - LARGEST_BITS_LOG2);
}

/** FNV-1a over UTF-16 units, for whole values such as an address. */
function tokenHash(token: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < token.length; index += 1) {
    hash = Math.imul(hash ^ token.charCodeAt(index), 0x01000193);
  }
  return gramHash(hash ^ (hash >>> 15));
}

/**
 * @param text the lines' bytes, one after another
 * @param tokens whole values to find a block by: `address:…`, `source:…`, `stream:…`
 */
export function buildFilter(text: Uint8Array, tokens: Iterable<string>): Uint8Array<ArrayBuffer> {
  words.fill(0);
  let gram = ((LOWER_CASE[text[0] ?? 0] ?? 0) << 8) | (LOWER_CASE[text[1] ?? 0] ?? 0);
  for (let index = 2; index < text.length; index += 1) {
    gram = ((gram << 8) | (LOWER_CASE[text[index] ?? 0] ?? 0)) & 0xffffff;
    const hash = Math.imul(gram, 0x9e3779b1) >>> (32 - LARGEST_BITS_LOG2);
    words[hash >>> 5] = (words[hash >>> 5] ?? 0) | (1 << hash);
  }
  for (const token of tokens) setBit(tokenHash(token));
  return pack(foldsIntoAscii(text) ? FLAG_FOLDS_INTO_ASCII : 0);
}

function setBit(bit: number): void {
  words[bit >>> 5] = (words[bit >>> 5] ?? 0) | (1 << bit);
}

/** Whether the text has a letter from outside ASCII that folds to one of it. */
export function foldsIntoAscii(text: Uint8Array): boolean {
  const bytes = Buffer.from(text.buffer, text.byteOffset, text.byteLength);
  return bytes.includes(LONG_S) || bytes.includes(KELVIN_SIGN);
}

/** Lays the upper half over the lower one while that keeps the filter sparse: a small block gets a small filter. */
function pack(flags: number): Uint8Array<ArrayBuffer> {
  let log2 = LARGEST_BITS_LOG2;
  let size = words.length;
  while (log2 > SMALLEST_BITS_LOG2 && countBits(size) <= size * 32 * (FILL_LIMIT / 2)) {
    size /= 2;
    log2 -= 1;
    for (let index = 0; index < size; index += 1) {
      words[index] = (words[index] ?? 0) | (words[index + size] ?? 0);
    }
  }
  const filter = new Uint8Array(HEADER_BYTES + size * 4);
  filter.set([VERSION, log2, flags, 0]);
  const view = new DataView(filter.buffer);
  for (let index = 0; index < size; index += 1) {
    view.setUint32(HEADER_BYTES + index * 4, words[index] ?? 0, true);
  }
  return filter;
}

function countBits(size: number): number {
  let bits = 0;
  for (let index = 0; index < size; index += 1) {
    let word = words[index] ?? 0;
    word -= (word >>> 1) & 0x55555555;
    word = (word & 0x33333333) + ((word >>> 2) & 0x33333333);
    bits += Math.imul((word + (word >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
  }
  return bits;
}

/** What a search asks filters for: all of it must be possible. */
export interface FilterQuestion {
  hashes: number[];
  /** Asked for although the text could also be written with the Kelvin sign or the long s. */
  foldable: boolean;
}

/**
 * @param parts byte runs (ASCII in lower case) that each must occur; shorter than three bytes they ask nothing
 * @param tokens whole values that must occur
 */
export function filterQuestion(parts: Uint8Array[], tokens: string[]): FilterQuestion {
  const hashes = new Set<number>();
  let foldable = false;
  for (const part of parts) {
    for (let index = 2; index < part.length; index += 1) {
      hashes.add(
        gramHash(((part[index - 2] ?? 0) << 16) | ((part[index - 1] ?? 0) << 8) | (part[index] ?? 0)),
      );
    }
    foldable ||= part.includes(0x6b) || part.includes(0x73);
  }
  const tokenHashes = tokens.map(tokenHash);
  return { hashes: [...tokenHashes, ...hashes], foldable: foldable && hashes.size > 0 };
}

/** False only when the block can't hold what is asked for. An unknown version may hold anything. */
export function mayHold(filter: Uint8Array, question: FilterQuestion): boolean {
  if (filter[0] !== VERSION) return true;
  if (question.foldable && ((filter[2] ?? 0) & FLAG_FOLDS_INTO_ASCII) !== 0) return true;
  const mask = 2 ** (filter[1] ?? 0) - 1;
  for (const hash of question.hashes) {
    const bit = hash & mask;
    // Words are little-endian, so bit n is bit n mod 8 of byte n / 8.
    if (((filter[HEADER_BYTES + (bit >>> 3)] ?? 0xff) & (1 << (bit & 7))) === 0) return false;
  }
  return true;
}
