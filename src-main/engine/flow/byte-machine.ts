import {
  ADD,
  AND,
  AND_VECTOR,
  ANY_BIT,
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
  MULTIPLY_NUMBERS,
  NOT_BELOW,
  numberOf,
  OR,
  OR_VECTOR,
  RETURN,
  set,
  SHIFT_BYTES_RIGHT,
  SHIFT_LEFT,
  SHIFT_NUMBERS_RIGHT,
  SHIFT_RIGHT,
  SPREAD_NUMBER,
  store32,
  SUBTRACT,
  SUBTRACT_BYTES,
  tee,
  V128,
  bytesVector,
  when,
  XOR,
  XOR_VECTOR,
  type MachineFunction,
} from './machine-code.ts';

/* The loops of `byte-scan.ts`, instruction by instruction. */

/** Places that one call finds at most; whoever gets so many asks again behind the last. */
export const MOST_HITS = 16_384;
/** Bits of a hit: at which places of a piece its pair stands; and that a pair of a short literal begins here or in one of the next two places. */
export const PIECE_PLACES = 7;
export const SHORT_PAIR = 8;
export const HIT_BITS = 4;
/** In bytes. */
export const PIECE_LENGTH = 4;
/** The shortest card number has 14 digits. */
export const DIGIT_RUN = 14;

export const PAGE = 65_536;
export const HITS_AT = 0;
export const HITS_END = MOST_HITS * 4;
export const SCRATCH_AT = HITS_END + 64;
/** Texts up to so many bytes are copied in before they are looked through. */
export const SCRATCH = PAGE;
/** Vectors are read beyond the last place by so much; it is zeros. */
export const OVERLAP = 16;
/** Sixteen bytes of ones and sixteen of zeros: read at a distance, as many ones as there is rest. */
export const RESTS_AT = SCRATCH_AT + SCRATCH + OVERLAP;
export const FREE_AT = RESTS_AT + 32;

/**
 * Tables of one {@link ByteSet}, one behind the other: by two bytes' low five bits, by three bytes', of whole pieces by
 * their hash, and of single bytes by half a byte.
 */
export const PAIRS = 1 << 10;
export const TRIPLES = 1 << 15;
export const PIECES_LOG2 = 13;
export const PIECES_AT = PAIRS + TRIPLES;
export const SINGLES_AT = PIECES_AT + (1 << PIECES_LOG2);
export const SINGLES = 16;
export const TABLES = SINGLES_AT + SINGLES;
/** The bit of the case, in four bytes; and a large odd number, whose products have their top bits spread. */
const FOLD = 0x20202020;
const SPREAD = 0x9e3779b1;

/** The entry of four bytes, lowest first. */
export function pieceEntry(bytes: number): number {
  return PIECES_AT + (Math.imul(bytes | FOLD, SPREAD) >>> (32 - PIECES_LOG2));
}

/** An instance's functions: ranges of its memory in, a number out. */
export interface ByteMachine {
  memory: {
    /** Another one after growing. */
    readonly buffer: ArrayBuffer;
    grow(pages: number): number;
  };
  pieces: (from: number, to: number, tables: number, shorts: number) => number;
  members: (from: number, to: number, table: number, foreign: number) => number;
  digitRuns: (from: number, to: number, table: number, option: number) => number;
  digest: (from: number, to: number, tables: number, option: number) => number;
  isSame: (from: number, to: number, place: number, option: number) => number;
}

/** What is used of WebAssembly; the types of Node leave it out. */
declare const WebAssembly: {
  Module: new (code: Uint8Array) => object;
  Instance: new (module: object) => { exports: ByteMachine };
};

/** Made once per thread, when first needed. */
let compiled: object | undefined;

export function byteMachine(): ByteMachine {
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
      // Fewer than one in ten of what is left is none of the pieces after this.
      ...Array.from({ length: PIECE_LENGTH - 1 }, (_, place) =>
        block(
          [...get(FOUND), ...constant(1 << place), ...AND, ...IS_ZERO, ...leaveIf(0)],
          [...get(AT), ...constant(place), ...SUBTRACT, ...load32(1), ...constant(FOLD), ...OR],
          [...constant(SPREAD), ...MULTIPLY, ...constant(32 - PIECES_LOG2), ...SHIFT_RIGHT],
          [...get(TABLE), ...ADD, ...loadByte(PIECES_AT), ...leaveIf(0)],
          [...get(FOUND), ...constant(1 << place), ...XOR, ...set(FOUND)],
        ),
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

/** The bit of each upper half of a byte. */
const UPPER_HALVES = bytesVector([1, 2, 4, 8, 16, 32, 64, 128]);

/** A byte below 128 is in the set when the bit of its upper half is set in the entry of its lower half. */
const FIND_MEMBERS = [
  ...[...constant(HITS_AT), ...set(OUT)],
  ...block(
    loop(
      [...get(AT), ...get(END), ...NOT_BELOW, ...leaveIf(1)],
      [...get(AT), ...loadVector(0), ...set(VECTOR)],
      [...get(TABLE), ...loadVector(0), ...get(VECTOR), ...constantVector(15), ...AND_VECTOR, ...INDEX_BYTES],
      [...UPPER_HALVES, ...get(VECTOR), ...constant(4), ...SHIFT_BYTES_RIGHT],
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

const SUM = 11;
const REST = 12;
const UNKNOWN = 13;
const UNSURE = 14;

/** Of fewer than sixteen bytes those that there are. */
const KEEP_REST = when(
  [
    ...constant(RESTS_AT + 16),
    ...get(END),
    ...get(AT),
    ...SUBTRACT,
    ...SUBTRACT,
    ...loadVector(0),
    ...set(REST),
  ],
  [...get(VECTOR), ...get(REST), ...AND_VECTOR, ...set(VECTOR)],
);
const IS_REST = [...get(END), ...get(AT), ...SUBTRACT, ...constant(16), ...BELOW];
/** Which bytes in hand are in the set that a table of sixteen bytes tells. */
const inTable = (offset: number): number[] => [
  ...[
    ...get(TABLE),
    ...loadVector(offset),
    ...get(VECTOR),
    ...constantVector(15),
    ...AND_VECTOR,
    ...INDEX_BYTES,
  ],
  ...[...UPPER_HALVES, ...get(VECTOR), ...constant(4), ...SHIFT_BYTES_RIGHT, ...INDEX_BYTES, ...AND_VECTOR],
];
/** Large odd numbers, as in xxHash (Collet): what is mixed by them spreads over all bits. */
const mixed = (by: number): number[] => [...constant(by), ...MULTIPLY];

/** Four sums side by side, of every fourth of the text's numbers of four bytes. */
const DIGEST = [
  ...[
    ...get(END),
    ...get(AT),
    ...SUBTRACT,
    ...SPREAD_NUMBER,
    ...set(SUM),
    ...constantVector(255),
    ...set(REST),
  ],
  ...block(
    loop(
      [...get(AT), ...get(END), ...NOT_BELOW, ...leaveIf(1)],
      [...get(AT), ...loadVector(0), ...set(VECTOR), ...IS_REST, ...KEEP_REST],
      [
        ...get(SUM),
        ...get(VECTOR),
        ...XOR_VECTOR,
        ...constant(0x9e3779b1),
        ...SPREAD_NUMBER,
        ...MULTIPLY_NUMBERS,
      ],
      [...tee(SUM), ...get(SUM), ...constant(15), ...SHIFT_NUMBERS_RIGHT, ...XOR_VECTOR, ...set(SUM)],
      [...inTable(0), ...constantVector(0), ...EQUAL_BYTES, ...get(REST), ...AND_VECTOR],
      [...get(UNKNOWN), ...OR_VECTOR, ...set(UNKNOWN)],
      [...inTable(16), ...get(UNSURE), ...OR_VECTOR, ...set(UNSURE)],
      [...get(AT), ...constant(16), ...ADD, ...set(AT), ...leave(0)],
    ),
  ),
  ...[...constant(HITS_AT), ...get(UNKNOWN), ...ANY_BIT],
  ...[...get(UNSURE), ...ANY_BIT, ...constant(1), ...SHIFT_LEFT, ...OR, ...store32(0)],
  ...[...get(SUM), ...numberOf(0), ...mixed(0x85ebca77), ...get(SUM), ...numberOf(1), ...XOR],
  ...[...mixed(0xc2b2ae3d), ...get(SUM), ...numberOf(2), ...XOR],
  ...[...mixed(0x27d4eb2f), ...get(SUM), ...numberOf(3), ...XOR, ...tee(FOUND)],
  ...[...get(FOUND), ...constant(16), ...SHIFT_RIGHT, ...XOR, ...mixed(0x165667b1), ...tee(FOUND)],
  ...[...get(FOUND), ...constant(13), ...SHIFT_RIGHT, ...XOR],
];

const IS_SAME = [
  ...loop(
    [...get(AT), ...loadVector(0), ...set(VECTOR), ...IS_REST, ...KEEP_REST],
    [...get(VECTOR), ...get(TABLE), ...loadVector(0), ...XOR_VECTOR, ...ANY_BIT],
    when([...constant(0), ...RETURN]),
    [...get(TABLE), ...constant(16), ...ADD, ...set(TABLE)],
    [...get(AT), ...constant(16), ...ADD, ...tee(AT), ...get(END), ...BELOW, ...leaveIf(0)],
  ),
  ...constant(1),
];

const FUNCTIONS = Object.entries({
  pieces: FIND_PIECES,
  members: FIND_MEMBERS,
  digitRuns: FIND_DIGIT_RUNS,
  digest: DIGEST,
  isSame: IS_SAME,
}).map(([name, body]): MachineFunction => ({
  name,
  parameters: 4,
  answers: true,
  locals: [
    [6, I32],
    [5, V128],
  ],
  body,
}));
