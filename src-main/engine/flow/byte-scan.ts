import {
  MOST_HITS,
  SHORT_PAIR,
  HIT_BITS,
  PIECE_LENGTH,
  PAGE,
  HITS_AT,
  SCRATCH_AT,
  SCRATCH,
  OVERLAP,
  RESTS_AT,
  FREE_AT,
  PAIRS,
  PIECES_AT,
  SINGLES_AT,
  SINGLES,
  TABLES,
  GROUP_TABLES,
  WORD_TABLES,
  hashEntry,
  pairEntry,
  PIECE_ENTRY,
  SHORT_ENTRY,
} from './byte-layout.ts';
import { byteMachine } from './byte-machine.ts';

export { DIGIT_RUN, MOST_HITS, PIECE_LENGTH, PIECE_PLACES, SHORT_PAIR } from './byte-layout.ts';

/**
 * Looks through the bytes of a chunk for what detection and masking are after, as machine code: JavaScript checks every
 * index and can't read four bytes at once, nor sixteen.
 *
 * A **piece** is four bytes that stand for a literal, in either case. Of its three pairs one always begins at every third
 * place, so that only those are looked at: a table tells which pair may stand there, a second one asks the byte beside it,
 * and nearly every place ends at the first. (Stride and pair tables: FDR, Wang et al., "Hyperscan", NSDI 2019, 4.2.)
 */

const NEWLINE = 10;

/** The memory that texts are looked through in. A few megabytes; goes with the last that uses it. */
export class ByteScanner {
  readonly #machine = byteMachine();
  #memory = new Uint8Array(this.#machine.memory.buffer);
  /** Hits of the last call, good until the next: see {@link place}. */
  #hits = new Int32Array(this.#machine.memory.buffer, HITS_AT, MOST_HITS);
  #free = FREE_AT;
  #textAt = 0;
  #textRoom = 0;
  #text: Uint8Array | undefined;
  /** What is added to an index of the bytes in hand to have their place here. */
  #shift = 0;

  /** A set of bytes with nothing but the newline. */
  readonly #newline: number;

  /** Whether the bytes in hand are still what was loaded. */
  readonly #trusts: boolean;

  /** @param unchanging whoever uses it does not change bytes that it holds, so that they need not be loaded again */
  constructor({ unchanging = false } = {}) {
    this.#trusts = unchanging;
    this.#memory.fill(255, RESTS_AT, RESTS_AT + 16);
    this.#newline = this.reserve(SINGLES);
    this.at(this.#newline, SINGLES)[NEWLINE & 15] = 1 << (NEWLINE >> 4);
  }

  /** Room for tables, zeros. Kept as long as the scanner. */
  reserve(length: number): number {
    const at = this.#free;
    this.#free = Math.ceil((at + length) / 16) * 16;
    this.#grow(this.#free + OVERLAP);
    return at;
  }

  /** The memory from a place on; not to be kept. */
  at(place: number, length: number): Uint8Array {
    return this.#memory.subarray(place, place + length);
  }

  /** Where {@link ByteSet.pieces} and the others found something: an index of the bytes they were given. */
  place(hit: number): number {
    return ((this.#hits[hit] ?? 0) >>> HIT_BITS) - this.#shift;
  }

  bits(hit: number): number {
    return (this.#hits[hit] ?? 0) & ((1 << HIT_BITS) - 1);
  }

  pieces(bytes: Uint8Array, from: number, to: number, tables: number, shorts: boolean): number {
    const shift = this.#take(bytes, from, to);
    return this.#machine.pieces(from + shift, to + shift, tables, shorts ? SHORT_PAIR : 0);
  }

  words(bytes: Uint8Array, from: number, to: number, tables: number): number {
    const shift = this.#take(bytes, from, to);
    return this.#machine.words(from + shift, to + shift, tables, 0);
  }

  members(bytes: Uint8Array, from: number, to: number, tables: number, foreign: boolean): number {
    const shift = this.#take(bytes, from, to);
    return this.#machine.members(from + shift, to + shift, tables, foreign ? 0xffff : 0);
  }

  /** Places in runs of DIGIT_RUN or more digits, blanks and dashes, one or more for each run. */
  digitRuns(bytes: Uint8Array, from: number, to: number): number {
    const shift = this.#take(bytes, from, to);
    return this.#machine.digitRuns(from + shift, to + shift, 0, 0);
  }

  /**
   * A hash of the bytes, the same wherever and whenever it is asked for; and what kinds of bytes there are: {@link kinds}.
   * @param tables of {@link byteKinds}
   */
  digest(bytes: Uint8Array, from: number, to: number, tables: number): number {
    const shift = this.#take(bytes, from, to);
    return this.#machine.digest(from + shift, to + shift, tables, 0);
  }

  /** Of the bytes last digested. */
  get kinds(): number {
    return this.#hits[0] ?? 0;
  }

  /** Keeps a copy in memory that was reserved, zeros behind it up to a whole sixteen. */
  keep(bytes: Uint8Array, from: number, to: number, place: number): void {
    const shift = this.#take(bytes, from, to);
    this.#memory.copyWithin(place, from + shift, to + shift);
    this.#memory.fill(0, place + to - from, place + Math.max(16, Math.ceil((to - from) / 16) * 16));
  }

  /** Whether a copy of the same length is the same. */
  isKept(bytes: Uint8Array, from: number, to: number, place: number): boolean {
    const shift = this.#take(bytes, from, to);
    return this.#machine.isSame(from + shift, to + shift, place, 0) === 1;
  }

  /** Places of newlines. */
  newlines(bytes: Uint8Array, from: number, to: number): number {
    return this.members(bytes, from, to, this.#newline, false);
  }

  /** Copies a chunk in, unless it is the one in hand and has not changed since. */
  hold(bytes: Uint8Array): void {
    if (!this.#trusts || bytes !== this.#text) this.load(bytes);
  }

  /** Copies a chunk in, whose fields are to be looked through one by one. It must not change until the next is loaded. */
  load(bytes: Uint8Array): void {
    if (bytes.length >= this.#textRoom) {
      // The room before is lost, so that the next must be much larger.
      this.#textRoom = Math.max(this.#textRoom * 2, bytes.length + PAGE);
      this.#textAt = this.reserve(this.#textRoom + OVERLAP);
    }
    this.#copy(bytes, this.#textAt);
    this.#text = bytes;
  }

  /** What is not the chunk in hand is short, nearly always, and copied every time. */
  #take(bytes: Uint8Array, from: number, to: number): number {
    if (bytes !== this.#text) {
      if (to - from <= SCRATCH) {
        this.#copy(bytes.subarray(from, to), SCRATCH_AT);
        return (this.#shift = SCRATCH_AT - from);
      }
      this.load(bytes);
    }
    return (this.#shift = this.#textAt);
  }

  #copy(bytes: Uint8Array, place: number): void {
    this.#memory.set(bytes, place);
    this.#memory.fill(0, place + bytes.length, place + bytes.length + OVERLAP);
  }

  #grow(length: number): void {
    const { memory } = this.#machine;
    const missing = length - memory.buffer.byteLength;
    if (missing <= 0) return;
    memory.grow(Math.ceil(missing / PAGE));
    this.#memory = new Uint8Array(memory.buffer);
    this.#hits = new Int32Array(memory.buffer, HITS_AT, MOST_HITS);
  }
}

let shared: ByteScanner | undefined;

/** One of the thread, for who has no chunk loaded in one of their own. Whatever is reserved in it is kept for good. */
export function threadScanner(): ByteScanner {
  return (shared ??= new ByteScanner());
}

/** Kinds of bytes that a digest tells: none of those that are known, and one of those that are unsure. */
export const KIND = { unknown: 1, unsure: 2 } as const;

/**
 * Tables for {@link ByteScanner.digest}.
 * @param known ASCII, all others are unknown
 */
export function byteKinds(scanner: ByteScanner, known: Iterable<number>, unsure: Iterable<number>): number {
  const place = scanner.reserve(2 * SINGLES);
  const tables = scanner.at(place, 2 * SINGLES);
  for (const [table, bytes] of [known, unsure].entries()) {
    for (const byte of bytes) {
      const entry = table * SINGLES + (byte & 15);
      tables[entry] = (tables[entry] ?? 0) | (1 << (byte >> 4));
    }
  }
  return place;
}

/**
 * Bytes, pairs and pieces that are looked for together: which of them stand where is for the caller to find out, from the
 * few places that are named.
 */
export class ByteSet {
  readonly scanner: ByteScanner;
  readonly #tables: number;
  #hasSingles = false;
  #hasForeign = false;
  #hasPairs = false;

  constructor(scanner: ByteScanner) {
    this.scanner = scanner;
    this.#tables = scanner.reserve(TABLES);
  }

  /** One byte, as it is. */
  addByte(byte: number): void {
    this.#hasSingles = true;
    if (byte >= 128) this.#hasForeign = true;
    else mark(this.#table(), SINGLES_AT + (byte & 15), 1 << (byte >> 4));
  }

  /** Two bytes that begin a literal too short for a piece. */
  addPair(first: number, second: number): void {
    this.#hasPairs = true;
    const table = this.#table();
    mark(table, pairOf(first, second), SHORT_PAIR);
    mark(table, PIECES_AT + pairEntry(first, second), SHORT_ENTRY);
  }

  /** Four bytes, at a place of others. */
  addPiece(bytes: ArrayLike<number>, at: number): void {
    const table = this.#table();
    for (let place = 0; place < PIECE_LENGTH - 1; place += 1) {
      const pair = pairOf(bytes[at + place] ?? 0, bytes[at + place + 1] ?? 0);
      mark(table, pair, 1 << place);
      if (place < PIECE_LENGTH - 2)
        mark(table, PAIRS + ((pair << 5) | ((bytes[at + place + 2] ?? 0) & 31)), 1 << place);
    }
    mark(table, PIECES_AT + hashEntry(bytes, at), PIECE_ENTRY);
  }

  /** Finds places where pieces and pairs may stand; see {@link ByteScanner.place}. @returns how many, MOST_HITS at most */
  pieces(bytes: Uint8Array, from: number, to: number): number {
    return this.scanner.pieces(bytes, from, to, this.#tables, this.#hasPairs);
  }

  /** Finds the bytes of the set, exactly. */
  singles(bytes: Uint8Array, from: number, to: number): number {
    return this.#hasSingles
      ? this.scanner.members(bytes, from, to, this.#tables + SINGLES_AT, this.#hasForeign)
      : 0;
  }

  #table(): Uint8Array {
    return this.scanner.at(this.#tables, TABLES);
  }
}

function mark(table: Uint8Array, entry: number, bits: number): void {
  table[entry] = (table[entry] ?? 0) | bits;
}

/**
 * A few dozen words of four bytes, in either case. Sixteen places are looked at at once: by the halves of each byte tables
 * tell which groups of words it may belong to (Teddy, as in Hyperscan). How many places have to be looked at again depends
 * on which words are grouped.
 */
export class WordSet {
  readonly scanner: ByteScanner;
  readonly #tables: number;

  /** @param groups eight at most, of words in lower case */
  constructor(scanner: ByteScanner, groups: readonly (readonly string[])[]) {
    this.scanner = scanner;
    this.#tables = scanner.reserve(WORD_TABLES);
    const tables = scanner.at(this.#tables, WORD_TABLES);
    for (const [group, words] of groups.entries()) {
      for (const word of words) {
        for (const bytes of [Buffer.from(word), Buffer.from(word.toUpperCase())]) {
          for (const [place, byte] of bytes.entries()) {
            for (const [half, entry] of [byte & 15, byte >> 4].entries()) {
              const at = (2 * place + half) * 16 + entry;
              tables[at] = (tables[at] ?? 0) | (1 << group);
            }
          }
        }
        tables[GROUP_TABLES + hashEntry(Buffer.from(word), 0)] = 1;
      }
    }
  }

  /** Finds places where one of the words stands, nearly always. @returns how many, MOST_HITS at most */
  words(bytes: Uint8Array, from: number, to: number): number {
    return this.scanner.words(bytes, from, to, this.#tables);
  }
}

function pairOf(first: number, second: number): number {
  return ((first & 31) << 5) | (second & 31);
}
