import {
  ADD,
  AND,
  AND_VECTOR,
  BELOW,
  BITS_OF_BYTES,
  block,
  constant,
  constantVector,
  DIFFERS,
  EQUAL_BYTES,
  FIRST_ONE,
  get,
  I32,
  INDEX_BYTES,
  IS_ZERO,
  LAST_ONE,
  leave,
  leaveIf,
  LESS_BYTES,
  load32,
  loadByte,
  loadVector,
  loop,
  moduleCode,
  MULTIPLY,
  NOT_BELOW,
  OR,
  OR_VECTOR,
  set,
  SHIFT_BYTES_RIGHT,
  SHIFT_LEFT,
  SHIFT_RIGHT,
  store32,
  SUBTRACT,
  SUBTRACT_BYTES,
  tee,
  V128,
  bytesVector,
  when,
  XOR,
  type MachineFunction,
} from './machine-code.ts';

/**
 * Looks through the bytes of a chunk for what detection and masking are after, as machine code: JavaScript checks every
 * index and can't read four bytes at once, nor sixteen.
 *
 * A **piece** is four bytes that stand for a literal, in either case. Of its three pairs one always begins at every third
 * place, so that only those are looked at: a table tells which pair may stand there, a second one asks the byte beside it,
 * and nearly every place ends at the first. (Stride and pair tables: FDR, Wang et al., "Hyperscan", NSDI 2019, 4.2.)
 */

/** Places that one call finds at most; whoever gets so many asks again behind the last. */
export const MOST_HITS = 16_384;
/** Bits of a hit: at which places of a piece its pair stands; and that a pair of a short literal begins here or in one of the next two places. */
export const PIECE_PLACES = 7;
export const SHORT_PAIR = 8;
const HIT_BITS = 4;
/** In bytes. */
export const PIECE_LENGTH = 4;
/** The shortest card number has 14 digits. */
export const DIGIT_RUN = 14;

const PAGE = 65_536;
const HITS_AT = 0;
const HITS_END = MOST_HITS * 4;
const SCRATCH_AT = HITS_END + 64;
/** Texts up to so many bytes are copied in before they are looked through. */
const SCRATCH = PAGE;
/** Vectors are read beyond the last place by so much; it is zeros. */
const OVERLAP = 16;
const FREE_AT = SCRATCH_AT + SCRATCH + OVERLAP;

/** Tables of one {@link ByteSet}: by two bytes' low five bits, by three bytes', and of single bytes by half a byte. */
const PAIRS = 1 << 10;
const TRIPLES = 1 << 15;
const SINGLES = 16;
const TABLES = PAIRS + TRIPLES + SINGLES;

/** The memory that texts are looked through in. A few megabytes; goes with the last that uses it. */
export class ByteScanner {
  readonly #machine: Machine = instance();
  #memory = new Uint8Array(this.#machine.memory.buffer);
  /** Hits of the last call, good until the next: see {@link place}. */
  #hits = new Int32Array(this.#machine.memory.buffer, HITS_AT, MOST_HITS);
  #free = FREE_AT;
  #textAt = 0;
  #textRoom = 0;
  #text: Uint8Array | undefined;
  /** What is added to an index of the bytes in hand to have their place here. */
  #shift = 0;

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

  members(bytes: Uint8Array, from: number, to: number, tables: number, foreign: boolean): number {
    const shift = this.#take(bytes, from, to);
    return this.#machine.members(from + shift, to + shift, tables, foreign ? 0xffff : 0);
  }

  /** Places in runs of DIGIT_RUN or more digits, blanks and dashes, one or more for each run. */
  digitRuns(bytes: Uint8Array, from: number, to: number): number {
    const shift = this.#take(bytes, from, to);
    return this.#machine.digitRuns(from + shift, to + shift, 0, 0);
  }

  /** Copies a chunk in, whose fields are to be looked through one by one. It must not change until the next is loaded. */
  load(bytes: Uint8Array): void {
    if (bytes.length > this.#textRoom) {
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
    else this.#mark(PAIRS + TRIPLES + (byte & 15), 1 << (byte >> 4));
  }

  /** Two bytes that begin a literal too short for a piece. */
  addPair(first: number, second: number): void {
    this.#hasPairs = true;
    this.#mark(pairOf(first, second), SHORT_PAIR);
  }

  /** Four bytes, at a place of others. */
  addPiece(bytes: ArrayLike<number>, at: number): void {
    for (let place = 0; place < PIECE_LENGTH - 1; place += 1) {
      const pair = pairOf(bytes[at + place] ?? 0, bytes[at + place + 1] ?? 0);
      this.#mark(pair, 1 << place);
      if (place < PIECE_LENGTH - 2)
        this.#mark(PAIRS + ((pair << 5) | ((bytes[at + place + 2] ?? 0) & 31)), 1 << place);
    }
  }

  /** Finds places where pieces and pairs may stand; see {@link ByteScanner.place}. @returns how many, MOST_HITS at most */
  pieces(bytes: Uint8Array, from: number, to: number): number {
    return this.scanner.pieces(bytes, from, to, this.#tables, this.#hasPairs);
  }

  /** Finds the bytes of the set, exactly. */
  singles(bytes: Uint8Array, from: number, to: number): number {
    return this.#hasSingles
      ? this.scanner.members(bytes, from, to, this.#tables + PAIRS + TRIPLES, this.#hasForeign)
      : 0;
  }

  #mark(entry: number, bits: number): void {
    const table = this.scanner.at(this.#tables, TABLES);
    table[entry] = (table[entry] ?? 0) | bits;
  }
}

function pairOf(first: number, second: number): number {
  return ((first & 31) << 5) | (second & 31);
}

interface Machine {
  memory: {
    /** Another one after growing. */
    readonly buffer: ArrayBuffer;
    grow(pages: number): number;
  };
  pieces: (from: number, to: number, tables: number, shorts: number) => number;
  members: (from: number, to: number, table: number, foreign: number) => number;
  digitRuns: (from: number, to: number, table: number, option: number) => number;
}

/** What is used of WebAssembly; the types of Node leave it out. */
declare const WebAssembly: {
  Module: new (code: Uint8Array) => object;
  Instance: new (module: object) => { exports: Machine };
};

/** Made once per thread, when first needed. */
let compiled: object | undefined;

function instance(): Machine {
  compiled ??= new WebAssembly.Module(moduleCode(FUNCTIONS, Math.ceil(FREE_AT / PAGE)));
  return new WebAssembly.Instance(compiled).exports;
}

const AT = 0;
const END = 1;
const TABLE = 2;
const OPTION = 3;
const OUT = 4;
const BYTES_HERE = 5;
const PAIR = 6;
const PLACES = 7;
const FOUND = 8;
const BITS = 9;
const VECTOR = 10;

/** Notes a hit; leaves the loop and the block around it, `depth` blocks out, when there is no more room. */
const note = (hit: number[], depth: number): number[] => [
  ...[...get(OUT), ...hit, ...store32(0)],
  ...[
    ...get(OUT),
    ...constant(4),
    ...ADD,
    ...tee(OUT),
    ...constant(HITS_END),
    ...NOT_BELOW,
    ...leaveIf(depth),
  ],
];

const COUNT_HITS = [...get(OUT), ...constant(HITS_AT), ...SUBTRACT, ...constant(2), ...SHIFT_RIGHT];

/** Of the four bytes in hand: a byte's low five bits. */
const lowBits = (byte: number): number[] => [
  ...[...get(BYTES_HERE), ...constant(byte * 8), ...SHIFT_RIGHT, ...constant(31), ...AND],
];
const entry = (offset: number, index: number[]): number[] => [
  ...index,
  ...get(TABLE),
  ...ADD,
  ...loadByte(offset),
];
const pairOfBytes = (first: number[], second: number[]): number[] => [
  ...[...first, ...constant(5), ...SHIFT_LEFT, ...second, ...OR],
];

/** From here on `AT` is the place before the pair, and `END` the last such place. */
const FIND_PIECES = [
  ...[...constant(HITS_AT), ...set(OUT)],
  ...[
    ...get(AT),
    ...constant(1),
    ...SUBTRACT,
    ...set(AT),
    ...get(END),
    ...constant(2),
    ...SUBTRACT,
    ...set(END),
  ],
  ...block(
    loop(
      [...get(AT), ...get(END), ...NOT_BELOW, ...leaveIf(1)],
      [...get(AT), ...load32(0), ...set(BYTES_HERE), ...constant(0), ...set(FOUND)],
      [
        ...pairOfBytes(lowBits(1), lowBits(2)),
        ...tee(PAIR),
        ...get(TABLE),
        ...ADD,
        ...loadByte(0),
        ...set(PLACES),
      ],
      block(
        [...get(PLACES), ...constant(PIECE_PLACES), ...AND, ...IS_ZERO, ...leaveIf(0)],
        // Common letters make common pairs: the byte behind or before rules nearly all of them out.
        [...entry(PAIRS, pairOfBytes(get(PAIR), lowBits(3)))],
        [...entry(PAIRS, [...lowBits(0), ...constant(10), ...SHIFT_LEFT, ...get(PAIR), ...OR])],
        [...constant(2), ...AND, ...constant(1), ...SHIFT_LEFT, ...OR, ...get(PLACES), ...AND, ...set(FOUND)],
      ),
      block(
        [...get(OPTION), ...IS_ZERO, ...leaveIf(0)],
        [...get(PLACES), ...entry(0, pairOfBytes(lowBits(2), lowBits(3))), ...OR],
        [...entry(0, pairOfBytes(lowBits(3), [...get(AT), ...loadByte(4), ...constant(31), ...AND])), ...OR],
        [...constant(SHORT_PAIR), ...AND, ...get(FOUND), ...OR, ...set(FOUND)],
      ),
      block(
        [...get(FOUND), ...IS_ZERO, ...leaveIf(0)],
        note(
          [...get(AT), ...constant(1), ...ADD, ...constant(HIT_BITS), ...SHIFT_LEFT, ...get(FOUND), ...OR],
          2,
        ),
      ),
      [...get(AT), ...constant(PIECE_LENGTH - 1), ...ADD, ...set(AT), ...leave(0)],
    ),
  ),
  ...COUNT_HITS,
];

/** Clears the bits of bytes behind the end. */
const WITHOUT_REST = [
  ...[...get(END), ...get(AT), ...SUBTRACT, ...constant(16), ...BELOW],
  ...when(
    [...constant(1), ...get(END), ...get(AT), ...SUBTRACT, ...SHIFT_LEFT, ...constant(1), ...SUBTRACT],
    [...get(BITS), ...AND, ...set(BITS)],
  ),
];

/** A byte below 128 is in the set when the bit of its upper half is set in the entry of its lower half. */
const FIND_MEMBERS = [
  ...[...constant(HITS_AT), ...set(OUT)],
  ...block(
    loop(
      [...get(AT), ...get(END), ...NOT_BELOW, ...leaveIf(1)],
      [...get(AT), ...loadVector(0), ...set(VECTOR)],
      [...get(TABLE), ...loadVector(0), ...get(VECTOR), ...constantVector(15), ...AND_VECTOR, ...INDEX_BYTES],
      [...bytesVector([1, 2, 4, 8, 16, 32, 64, 128]), ...get(VECTOR), ...constant(4), ...SHIFT_BYTES_RIGHT],
      [...INDEX_BYTES, ...AND_VECTOR, ...constantVector(0), ...EQUAL_BYTES, ...BITS_OF_BYTES],
      [...constant(0xffff), ...XOR],
      [...get(VECTOR), ...BITS_OF_BYTES, ...get(OPTION), ...AND, ...OR, ...set(BITS)],
      WITHOUT_REST,
      block(
        loop(
          [...get(BITS), ...IS_ZERO, ...leaveIf(1)],
          note([...get(AT), ...get(BITS), ...FIRST_ONE, ...ADD, ...constant(HIT_BITS), ...SHIFT_LEFT], 3),
          [...get(BITS), ...constant(1), ...SUBTRACT, ...get(BITS), ...AND, ...set(BITS), ...leave(0)],
        ),
      ),
      [...get(AT), ...constant(16), ...ADD, ...set(AT), ...leave(0)],
    ),
  ),
  ...COUNT_HITS,
];

const CARRIED = PAIR;
const LEADING = PLACES;

/** Bytes that card numbers are written with. A run is followed over its blocks of sixteen by how many of them end one. */
const FIND_DIGIT_RUNS = [
  ...[...constant(HITS_AT), ...set(OUT), ...constant(0), ...set(CARRIED)],
  ...block(
    block(
      loop(
        [...get(AT), ...get(END), ...NOT_BELOW, ...leaveIf(1)],
        [...get(AT), ...loadVector(0), ...tee(VECTOR)],
        [...constantVector(0x30), ...SUBTRACT_BYTES, ...constantVector(10), ...LESS_BYTES],
        [...get(VECTOR), ...constantVector(0x20), ...EQUAL_BYTES, ...OR_VECTOR],
        [
          ...get(VECTOR),
          ...constantVector(0x2d),
          ...EQUAL_BYTES,
          ...OR_VECTOR,
          ...BITS_OF_BYTES,
          ...set(BITS),
        ],
        WITHOUT_REST,
        [...get(BITS), ...constant(-1), ...XOR, ...FIRST_ONE, ...set(LEADING)],
        block(
          [...get(CARRIED), ...get(LEADING), ...ADD, ...constant(DIGIT_RUN), ...BELOW, ...leaveIf(0)],
          note(
            [...get(AT), ...get(LEADING), ...IS_ZERO, ...SUBTRACT, ...constant(HIT_BITS), ...SHIFT_LEFT],
            3,
          ),
        ),
        // Fourteen of the sixteen, neither the first nor the last.
        block(
          [...get(BITS), ...constant(0x7ffe), ...DIFFERS, ...leaveIf(0)],
          note([...get(AT), ...constant(1), ...ADD, ...constant(HIT_BITS), ...SHIFT_LEFT], 3),
        ),
        [...get(LEADING), ...constant(4), ...SHIFT_RIGHT, ...get(CARRIED), ...MULTIPLY],
        [
          ...get(BITS),
          ...constant(16),
          ...SHIFT_LEFT,
          ...constant(-1),
          ...XOR,
          ...LAST_ONE,
          ...ADD,
          ...set(CARRIED),
        ],
        [...get(AT), ...constant(16), ...ADD, ...set(AT), ...leave(0)],
      ),
    ),
    [...get(CARRIED), ...constant(DIGIT_RUN), ...BELOW, ...leaveIf(0)],
    note([...get(AT), ...constant(1), ...SUBTRACT, ...constant(HIT_BITS), ...SHIFT_LEFT], 0),
  ),
  ...COUNT_HITS,
];

const FUNCTIONS = Object.entries({
  pieces: FIND_PIECES,
  members: FIND_MEMBERS,
  digitRuns: FIND_DIGIT_RUNS,
}).map(([name, body]): MachineFunction => ({
  name,
  parameters: 4,
  answers: true,
  locals: [
    [6, I32],
    [1, V128],
  ],
  body,
}));
