import { isAscii } from 'node:buffer';
import { ALL_FRAMES, MOST_FRAMES } from './frame-layout.ts';
import {
  isOfWord,
  LONG,
  LONG_BYTES,
  longPlace,
  longShift,
  markGrams,
  MIDDLE,
  middleBit,
  MIDDLE_NUMBER_LOG2,
  olderLongBit,
  SHORT,
  shortBit,
  type ExtraMarks,
} from './gram-machine.ts';
import { listNumbers, numberOf, NUMBER_LENGTH, type NumberList } from './number-list.ts';

/**
 * Tells which blocks can't hold a text, and which frames of a block, so that a search need not unpack them. It never says no
 * wrongly.
 *
 * Runs of three, of five and of six bytes of the lines, ASCII letters in lower case, are marked in a table of their length
 * (Bloom filters with one hash). Runs of bytes serve every substring of three bytes or more: words that cross punctuation,
 * parts of words, and Japanese, whose characters are three bytes each.
 *
 * - Three bytes alone can't tell one number from another: a few thousand lines hold nearly every run of three digits.
 * - Of five, only those within words are marked. In access logs four of five runs have punctuation, from the addresses; with
 *   these in the table it said yes needlessly twice as often. Those of digits alone are not in it either: they are listed
 *   exactly, beside the filter (number-list.ts).
 * - Of six, all are marked, and for each frame by itself: half a byte of the table has a bit for each. As most of these
 *   runs are in one line only this takes hardly more room than a table of the block as a whole.
 *
 * Measured on access lines / sign-in lines with as many distinct values, of blocks without it are read needlessly for an
 * address 4 / 3 %, for a word with a number behind 1 / 10 %, for a number of five digits none. Of the blocks that have
 * an address one frame or two are unpacked, for a number of five digits those that have it.
 */

const VERSION = 4;
/** Without a list of numbers: runs of five digits are in the table with the others of five bytes. */
const UNLISTED_VERSION = 3;
/** With runs of five (all of them) and of seven bytes, both for the block as a whole. */
const OLDEST_VERSION = 2;
/** version, flags, log2 of the bits of the short and of the middle table, log2 of a third of the long one; the rest is zero. */
export const FILTER_HEADER_BYTES = 8;
const FLAG_FOLDS_INTO_ASCII = 1;
/** There are addresses that do not stand in their lines, and so are among the whole values. */
const FLAG_LISTS_ADDRESSES = 2;
const SMALLEST_BITS_LOG2 = 9;
/** A table is halved while at most this share of its bits is set: then at most twice as many are afterwards. */
const HALVE_BELOW = 0.15;

const KELVIN_SIGN = Buffer.from('\u212a', 'utf8');
const LONG_S = Buffer.from('\u017f', 'utf8');

/** Whole values to find a block by: their hashes (see `tokenHash`), and the frames that have each. */
export interface FilterTokens {
  hashes: number[];
  frames: number[];
  /** How many of them are addresses. */
  addresses: number;
}

/** What tells of a block what it can hold. */
export interface BlockFilter {
  filter: Uint8Array<ArrayBuffer>;
  numbers: NumberList;
}

/**
 * @param text the lines' bytes, one after another
 * @param frameEnds where its frames end
 * @param tokens of `source:…`, `stream:…`, and `address:…` for addresses that do not stand in their lines
 */
export function buildFilter(
  text: Uint8Array,
  frameEnds: readonly number[],
  tokens: FilterTokens,
): BlockFilter {
  const marked = markGrams(text, frameEnds, placesOf(tokens));
  const tables = [
    halved(marked.short, 1),
    halved(marked.middle, 1),
    // Bits of frames that the block does not have are never set.
    halved(marked.long, frameEnds.length / MOST_FRAMES),
  ];
  const [short = 0, middle = 0, long = 0] = tables.map(({ length }) => length);
  const filter = new Uint8Array(FILTER_HEADER_BYTES + short + middle + long);
  const flags =
    (foldsIntoAscii(text) ? FLAG_FOLDS_INTO_ASCII : 0) | (tokens.addresses > 0 ? FLAG_LISTS_ADDRESSES : 0);
  filter.set([VERSION, flags, Math.log2(short * 8), Math.log2(middle * 8), Math.log2(long / 3)]);
  let at = FILTER_HEADER_BYTES;
  for (const table of tables) {
    filter.set(table, at);
    at += table.length;
  }
  return { filter, numbers: listNumbers(marked.numbers) };
}

const MIDDLE_SPREADS = [0x9e3779b1, 0xc2b2ae35] as const;
const LONG_SPREAD = 0x85ebca6b;

/** Thousands in a block. */
function placesOf({ hashes, frames }: FilterTokens): ExtraMarks {
  const middle: number[] = [];
  const long: number[] = [];
  for (const hash of hashes) {
    middle.push(middleNumber(hash, MIDDLE_SPREADS[0]), middleNumber(hash, MIDDLE_SPREADS[1]));
    long.push(longPlaceOf(hash));
  }
  return { middle, long, longFrames: frames };
}

function middleNumber(hash: number, spread: number): number {
  return Math.imul(hash, spread) >>> (32 - MIDDLE_NUMBER_LOG2);
}

function longPlaceOf(hash: number): number {
  return Math.floor(((Math.imul(hash, LONG_SPREAD) >>> 0) / 2 ** 32) * LONG.places);
}

const ADDRESS = 'address:';

/** The whole value that a filter knows an address by. */
export function addressToken(address: string): string {
  return ADDRESS + address;
}

/** FNV-1a over UTF-16 units, for whole values such as an address: `address:192.0.2.7`. */
export function tokenHash(token: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < token.length; index += 1)
    hash = Math.imul(hash ^ token.charCodeAt(index), 0x01000193);
  return hash;
}

/** Whether the text has a letter from outside ASCII that folds to one of it. */
export function foldsIntoAscii(text: Uint8Array): boolean {
  if (isAscii(text)) return false;
  const bytes = Buffer.from(text.buffer, text.byteOffset, text.byteLength);
  return bytes.includes(LONG_S) || bytes.includes(KELVIN_SIGN);
}

/**
 * Lays the upper half over the lower one while the table stays sparse: a small block gets a small filter.
 * @param share of its bits that could be set at all
 */
function halved(full: Uint8Array, share: number): Uint8Array {
  // In words: a table begins at a multiple of eight.
  let table = new Uint32Array(full.buffer, full.byteOffset, full.length / 4);
  const least = 2 ** SMALLEST_BITS_LOG2;
  while (table.length * 32 >= least * 2 && countBits(table) <= table.length * 32 * HALVE_BELOW * share) {
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

/** What a search asks filters for: all of it must be possible. */
export interface FilterQuestion {
  /** Runs of five digits that each must occur: those nearer the end, which tell more, come first. */
  numbers: number[];
  /** By the filter's version. Without a list of numbers the older ones are asked for more. */
  places: ReadonlyMap<number, TablePlaces>;
  /** Whether the list of numbers says all there is to ask. */
  ofNumbers: boolean;
  /** Whether it is for an address that does not stand in its line: most blocks have none at all, and their header says so. */
  ofAddresses: boolean;
  /** Asked for although the text could also be written with the Kelvin sign or the long s. */
  foldable: boolean;
}

/** Places in tables of full size. */
interface TablePlaces {
  short: number[];
  middle: number[];
  long: number[];
}

/** A run that must occur, and where in its part it is. */
interface AskedRun {
  run: Uint8Array;
  part: Uint8Array;
  from: number;
}

/**
 * @param parts byte runs (ASCII in lower case) that each must occur; shorter than three bytes they ask nothing
 * @param tokens whole values that must occur
 */
export function filterQuestion(parts: Uint8Array[], tokens: string[]): FilterQuestion {
  const hashes = tokens.map(tokenHash);
  const values = hashes.flatMap((hash) => MIDDLE_SPREADS.map((spread) => middleNumber(hash, spread)));
  const short = runsOf(parts, SHORT.length);
  const middle = runsOf(parts, MIDDLE.length).map(({ run }) => run);
  const ofWords = middle.filter(isOfWord);
  const long = [...hashes.map(longPlaceOf), ...runsOf(parts, LONG.length).map(({ run }) => longPlace(run))];
  const places = new Map<number, TablePlaces>([
    [
      VERSION,
      {
        short: distinct(short.filter((asked) => !isInNumber(asked)).map(({ run }) => shortBit(run))),
        middle: distinct([...values, ...ofWords.filter((run) => numberOf(run) === undefined).map(middleBit)]),
        long: distinct(long),
      },
    ],
    [
      UNLISTED_VERSION,
      {
        short: distinct(short.map(({ run }) => shortBit(run))),
        middle: distinct([...values, ...ofWords.map(middleBit)]),
        long: distinct(long),
      },
    ],
    [
      OLDEST_VERSION,
      {
        short: distinct(short.map(({ run }) => shortBit(run))),
        middle: distinct([...values, ...middle.map(middleBit)]),
        long: distinct([
          ...hashes.map((hash) => Math.imul(hash, LONG_SPREAD) >>> (32 - 17)),
          ...runsOf(parts, 7).map(({ run }) => olderLongBit(run)),
        ]),
      },
    ],
  ]);
  return {
    numbers: distinct(middle.flatMap((run) => numberOf(run) ?? [])).reverse(),
    places,
    ofNumbers: isEmpty(places.get(VERSION)),
    ofAddresses: tokens.some((token) => token.startsWith(ADDRESS)),
    foldable: parts.some((part) => part.includes(0x6b) || part.includes(0x73)),
  };
}

function runsOf(parts: Uint8Array[], length: number): AskedRun[] {
  return parts.flatMap((part) =>
    Array.from({ length: Math.max(0, part.length - length + 1) }, (_, from) => ({
      run: part.subarray(from, from + length),
      part,
      from,
    })),
  );
}

/** Whether a run of three is in a run of five digits: where those are listed it need not be asked for. */
function isInNumber({ part, from }: AskedRun): boolean {
  return [from - 2, from - 1, from].some(
    (start) => start >= 0 && numberOf(part.subarray(start, start + NUMBER_LENGTH)) !== undefined,
  );
}

function distinct(places: number[]): number[] {
  return [...new Set(places)];
}

function isEmpty(places: TablePlaces | undefined): boolean {
  return places === undefined || places.short.length + places.middle.length + places.long.length === 0;
}

export function asksNothing({ numbers, ofNumbers }: FilterQuestion): boolean {
  return numbers.length === 0 && ofNumbers;
}

/** A byte of a filter, and what to look for in it. */
export interface FilterPlace {
  byte: number;
  /** The bit that all frames need; undefined: each frame needs its own. */
  mask: number | undefined;
  /** Where in the byte the bits of frames begin. */
  shift: number;
}

/** What no filter has: the header alone says no. */
export const NOWHERE: FilterPlace = { byte: 0, mask: 0, shift: 0 };

/**
 * What tells whether a block can hold what is asked for, the longest runs first: they say no most often.
 * @param header the first FILTER_HEADER_BYTES of the filter
 * @returns undefined when the block may hold anything: an unknown version, or letters from outside ASCII that fold into it
 */
export function filterPlaces(header: Uint8Array, question: FilterQuestion): FilterPlace[] | undefined {
  const [version = 0, flags = 0, shortLog2 = 0, middleLog2 = 0, longLog2 = 0] = header;
  const places = question.places.get(version);
  if (places === undefined) return undefined;
  if (question.foldable && (flags & FLAG_FOLDS_INTO_ASCII) !== 0) return undefined;
  if (version === VERSION && question.ofAddresses && (flags & FLAG_LISTS_ADDRESSES) === 0) return [NOWHERE];
  const middleAt = FILTER_HEADER_BYTES + 2 ** shortLog2 / 8;
  const longAt = middleAt + 2 ** middleLog2 / 8;
  const short = bitsIn(FILTER_HEADER_BYTES, shortLog2, places.short);
  const middle = bitsIn(middleAt, middleLog2, places.middle);
  if (version === OLDEST_VERSION) return [...bitsIn(longAt, longLog2, places.long), ...middle, ...short];
  const long = places.long.map((place) => ({
    byte: longAt + ((place % LONG_BYTES) % (3 * 2 ** longLog2)),
    mask: undefined,
    shift: longShift(place),
  }));
  return [...long, ...middle, ...short];
}

function bitsIn(at: number, log2: number, bits: number[]): FilterPlace[] {
  return bits.map((bit) => {
    const place = bit & (2 ** log2 - 1);
    return { byte: at + (place >>> 3), mask: 1 << (place & 7), shift: 0 };
  });
}

/**
 * The frames that a byte at a place allows, a bit each.
 * @param byte undefined where the filter has none: it says nothing
 */
export function framesAllowed({ mask, shift }: FilterPlace, byte: number | undefined): number {
  if (byte === undefined) return ALL_FRAMES;
  if (mask === undefined) return (byte >>> shift) & ALL_FRAMES;
  return (byte & mask) === 0 ? 0 : ALL_FRAMES;
}
