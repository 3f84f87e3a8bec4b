/**
 * Tells which blocks can't hold a text, so that a search need not unpack them. It never says no wrongly.
 *
 * Every run of three and of six bytes of the lines, ASCII letters in lower case, sets a bit in the table of its length
 * (Bloom filters with one hash). Byte grams serve every substring of three bytes or more: words that cross punctuation,
 * parts of words, and Japanese, whose characters are three bytes each. Three bytes alone can't tell one address or
 * identifier from another, as a few thousand lines hold nearly every run of three digits; of six they hold a tenth.
 *
 * Case outside ASCII is not folded here; the search leaves such letters out of what it asks for (needle.ts). Two letters
 * fold into ASCII from outside, the Kelvin sign (k) and the long s (s): blocks that hold one say so and are not skipped.
 */

const VERSION = 1;
/** version, flags, log2 of the bits of the short and of the long table. */
const HEADER_BYTES = 4;
const FLAG_FOLDS_INTO_ASCII = 1;

const SHORT_LENGTH = 3;
const LONG_LENGTH = 6;
/** 8 kB and 32 kB at the most: together below 4 % of a usual block's text. */
const SHORT_BITS_LOG2 = 16;
const LONG_BITS_LOG2 = 18;
const SMALLEST_BITS_LOG2 = 9;
/** A table is halved while at most this share of its bits is set: then at most twice as many are afterwards. */
const HALVE_BELOW = 0.15;

/** Large odd numbers spread low bits upwards (Knuth, multiplicative hashing); the top bits are used. */
const SPREAD = 0x9e3779b1;
const SPREAD_OLDER = 0x85ebca6b;

const KELVIN_SIGN = Buffer.from('\u212a', 'utf8');
const LONG_S = Buffer.from('\u017f', 'utf8');

/** ASCII upper case to lower case, every other byte as it is. */
const LOWER_CASE = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= 0x41 && byte <= 0x5a ? byte + 32 : byte,
);

/**
 * One byte a bit while grams are collected, packed afterwards: a byte is stored without reading what was there, which
 * makes the hot loop a fifth quicker.
 */
const shortMarks = new Uint8Array(2 ** SHORT_BITS_LOG2);
const longMarks = new Uint8Array(2 ** LONG_BITS_LOG2);

/**
 * @param text the lines' bytes, one after another
 * @param tokens whole values to find a block by: `address:…`, `source:…`, `stream:…`
 */
export function buildFilter(text: Uint8Array, tokens: Iterable<string>): Uint8Array<ArrayBuffer> {
  shortMarks.fill(0);
  longMarks.fill(0);
  addGrams(text);
  for (const token of tokens) {
    const { short, long } = tokenBits(token);
    shortMarks[short] = 1;
    longMarks[long] = 1;
  }
  const short = halved(packed(shortMarks), SHORT_BITS_LOG2);
  const long = halved(packed(longMarks), LONG_BITS_LOG2);
  const filter = new Uint8Array(HEADER_BYTES + (short.table.length + long.table.length) * 4);
  filter.set([VERSION, foldsIntoAscii(text) ? FLAG_FOLDS_INTO_ASCII : 0, short.log2, long.log2]);
  writeWords(filter, HEADER_BYTES, short.table);
  writeWords(filter, HEADER_BYTES + short.table.length * 4, long.table);
  return filter;
}

/**
 * The hot loop: some nanoseconds a byte for all of it. `recent` holds the last four bytes, `older` the two before.
 * Grams that begin in one line and end in the next are set too, which costs a few needless bits and no branch.
 */
function addGrams(text: Uint8Array): void {
  let recent = 0;
  let older = 0;
  for (let index = 0; index < text.length; index += 1) {
    older = ((older << 8) | (recent >>> 24)) & 0xffff;
    recent = (recent << 8) | (LOWER_CASE[text[index] ?? 0] ?? 0);
    shortMarks[shortBit(recent & 0xffffff)] = 1;
    longMarks[longBit(older, recent)] = 1;
  }
}

function shortBit(gram: number): number {
  return Math.imul(gram, SPREAD) >>> (32 - SHORT_BITS_LOG2);
}

function longBit(older: number, recent: number): number {
  return (Math.imul(recent, SPREAD) ^ Math.imul(older + 1, SPREAD_OLDER)) >>> (32 - LONG_BITS_LOG2);
}

/** FNV-1a over UTF-16 units, for whole values such as an address. */
function tokenBits(token: string): { short: number; long: number } {
  let hash = 0x811c9dc5;
  for (let index = 0; index < token.length; index += 1) {
    hash = Math.imul(hash ^ token.charCodeAt(index), 0x01000193);
  }
  return { short: shortBit(hash), long: longBit(hash & 0xff, hash) };
}

/** Eight times four marks to a word. The product brings four bytes of 0 or 1 together in its top byte. */
function packed(marks: Uint8Array<ArrayBuffer>): Uint32Array {
  const fours = new Uint32Array(marks.buffer);
  const table = new Uint32Array(marks.length / 32);
  for (let word = 0; word < table.length; word += 1) {
    let bits = 0;
    for (let four = 0; four < 8; four += 1) {
      bits |= ((Math.imul(fours[word * 8 + four] ?? 0, 0x01020408) >>> 24) & 15) << (four * 4);
    }
    table[word] = bits;
  }
  return table;
}

/** Whether the text has a letter from outside ASCII that folds to one of it. */
export function foldsIntoAscii(text: Uint8Array): boolean {
  const bytes = Buffer.from(text.buffer, text.byteOffset, text.byteLength);
  return bytes.includes(LONG_S) || bytes.includes(KELVIN_SIGN);
}

/** Lays the upper half over the lower one while the table stays sparse: a small block gets a small filter. */
function halved(full: Uint32Array, bitsLog2: number): { log2: number; table: Uint32Array } {
  let log2 = bitsLog2;
  let table = full;
  while (log2 > SMALLEST_BITS_LOG2 && countBits(table) <= table.length * 32 * HALVE_BELOW) {
    const upper = table.subarray(table.length / 2);
    table = table.subarray(0, table.length / 2).map((word, index) => word | (upper[index] ?? 0));
    log2 -= 1;
  }
  return { log2, table };
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

/** Little-endian on every machine: files move between them. */
function writeWords(filter: Uint8Array<ArrayBuffer>, at: number, table: Uint32Array): void {
  const view = new DataView(filter.buffer, at);
  for (let index = 0; index < table.length; index += 1) view.setUint32(index * 4, table[index] ?? 0, true);
}

/** What a search asks filters for: all of it must be possible. */
export interface FilterQuestion {
  short: number[];
  long: number[];
  /** Asked for although the text could also be written with the Kelvin sign or the long s. */
  foldable: boolean;
}

/**
 * @param parts byte runs (ASCII in lower case) that each must occur; shorter than three bytes they ask nothing
 * @param tokens whole values that must occur
 */
export function filterQuestion(parts: Uint8Array[], tokens: string[]): FilterQuestion {
  const short = new Set<number>();
  const long = new Set<number>();
  for (const token of tokens) {
    const bits = tokenBits(token);
    short.add(bits.short);
    long.add(bits.long);
  }
  for (const part of parts) {
    let recent = 0;
    let older = 0;
    for (const [index, byte] of part.entries()) {
      older = ((older << 8) | (recent >>> 24)) & 0xffff;
      recent = (recent << 8) | byte;
      if (index >= SHORT_LENGTH - 1) short.add(shortBit(recent & 0xffffff));
      if (index >= LONG_LENGTH - 1) long.add(longBit(older, recent));
    }
  }
  const foldable = parts.some((part) => part.includes(0x6b) || part.includes(0x73));
  return { short: [...short], long: [...long], foldable };
}

export function asksNothing(question: FilterQuestion): boolean {
  return question.short.length === 0;
}

/** False only when the block can't hold what is asked for. An unknown version may hold anything. */
export function mayHold(filter: Uint8Array, question: FilterQuestion): boolean {
  if (filter[0] !== VERSION) return true;
  if (question.foldable && ((filter[1] ?? 0) & FLAG_FOLDS_INTO_ASCII) !== 0) return true;
  const shortLog2 = filter[2] ?? 0;
  const longAt = HEADER_BYTES + 2 ** shortLog2 / 8;
  return (
    hasAll(filter, longAt, filter[3] ?? 0, question.long) &&
    hasAll(filter, HEADER_BYTES, shortLog2, question.short)
  );
}

/** Words are little-endian, so bit n is bit n mod 8 of byte n / 8. */
function hasAll(filter: Uint8Array, at: number, log2: number, bits: number[]): boolean {
  const mask = 2 ** log2 - 1;
  for (const bit of bits) {
    const place = bit & mask;
    if (((filter[at + (place >>> 3)] ?? 0xff) & (1 << (place & 7))) === 0) return false;
  }
  return true;
}
