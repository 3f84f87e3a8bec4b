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
  load16,
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
import {
  PIECE_PLACES,
  SHORT_PAIR,
  HIT_BITS,
  PIECE_LENGTH,
  DIGIT_RUN,
  PAGE,
  HITS_AT,
  HITS_END,
  RESTS_AT,
  FREE_AT,
  PAIRS,
  PIECES_LOG2,
  PIECES_AT,
  PIECE_ENTRY,
  SHORT_ENTRY,
  FOLD,
  SPREAD,
} from './byte-layout.ts';

/* The loops of `byte-scan.ts`, instruction by instruction. */

/** An instance's functions: ranges of its memory in, a number out. */
export interface ByteMachine {
  memory: {
    /** Another one after growing. */
    readonly buffer: ArrayBuffer;
    grow(pages: number): number;
  };
  pieces: (from: number, to: number, tables: number, shorts: number) => number;
  words: (from: number, to: number, tables: number, option: number) => number;
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

const moved = (local: number, by: number): number[] => [
  ...get(local),
  ...constant(by),
  ...ADD,
  ...set(local),
];

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

/** What stands in the table of hashes for the two bytes at a distance. */
const shortEntry = (distance: number): number[] => [
  ...[...get(AT), ...load16(distance), ...constant(FOLD & 0xffff), ...OR],
  ...[...constant(SPREAD), ...MULTIPLY, ...constant(32 - PIECES_LOG2), ...SHIFT_RIGHT],
  ...[...get(TABLE), ...ADD, ...loadByte(PIECES_AT)],
];

/** From here on `AT` is the place before the pair, and `END` the last such place. */
const FIND_PIECES = [
  ...[...constant(HITS_AT), ...set(OUT)],
  ...[...moved(AT, -1), ...moved(END, -2)],
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
          [...get(TABLE), ...ADD, ...loadByte(PIECES_AT), ...constant(PIECE_ENTRY), ...AND, ...leaveIf(0)],
          [...get(FOUND), ...constant(1 << place), ...XOR, ...set(FOUND)],
        ),
      ),
      block(
        [...get(OPTION), ...IS_ZERO, ...leaveIf(0)],
        [...get(PLACES), ...entry(0, pairOfBytes(lowBits(2), lowBits(3))), ...OR],
        [...entry(0, pairOfBytes(lowBits(3), [...get(AT), ...loadByte(4), ...constant(31), ...AND])), ...OR],
        [...constant(SHORT_PAIR), ...AND, ...IS_ZERO, ...leaveIf(0)],
        // Digits and letters have their low bits in common: the pair itself rules nearly all of them out.
        [
          ...shortEntry(1),
          ...shortEntry(2),
          ...OR,
          ...shortEntry(3),
          ...OR,
          ...constant(SHORT_ENTRY),
          ...AND,
        ],
        [...IS_ZERO, ...leaveIf(0), ...get(FOUND), ...constant(SHORT_PAIR), ...OR, ...set(FOUND)],
      ),
      block(
        [...get(FOUND), ...IS_ZERO, ...leaveIf(0)],
        note(
          [...get(AT), ...constant(1), ...ADD, ...constant(HIT_BITS), ...SHIFT_LEFT, ...get(FOUND), ...OR],
          2,
        ),
      ),
      [...moved(AT, PIECE_LENGTH - 1), ...leave(0)],
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

/** Notes the place of each bit; leaves `depth` blocks when there is no more room. */
const noteBits = (depth: number, ...before: number[][]): number[] =>
  block(
    loop(
      [...get(BITS), ...IS_ZERO, ...leaveIf(1)],
      [...get(AT), ...get(BITS), ...FIRST_ONE, ...ADD, ...set(PAIR)],
      [...get(BITS), ...constant(1), ...SUBTRACT, ...get(BITS), ...AND, ...set(BITS)],
      ...before,
      note([...get(PAIR), ...constant(HIT_BITS), ...SHIFT_LEFT], depth),
      leave(0),
    ),
  );

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
      noteBits(3),
      [...moved(AT, 16), ...leave(0)],
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
        [...moved(AT, 16), ...leave(0)],
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
      [...moved(AT, 16), ...leave(0)],
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
    moved(TABLE, 16),
    [...get(AT), ...constant(16), ...ADD, ...tee(AT), ...get(END), ...BELOW, ...leaveIf(0)],
  ),
  ...constant(1),
];

/** For each of a word's bytes two tables, of the groups it may belong to by its lower and by its upper half. */
const HALVES = Array.from({ length: PIECE_LENGTH * 2 }, (_, table) => UNSURE + 1 + table);
const groupsOf = (place: number): number[] => [
  ...[...get(AT), ...loadVector(place), ...tee(VECTOR), ...constantVector(15), ...AND_VECTOR, ...set(REST)],
  ...[...get(HALVES[2 * place] ?? 0), ...get(REST), ...INDEX_BYTES],
  ...[
    ...get(HALVES[2 * place + 1] ?? 0),
    ...get(VECTOR),
    ...constant(4),
    ...SHIFT_BYTES_RIGHT,
    ...INDEX_BYTES,
  ],
  ...AND_VECTOR,
];

/** Places where bytes of one group stand one after another, checked whole. */
const FIND_WORDS = [
  ...[...constant(HITS_AT), ...set(OUT), ...moved(END, 1 - PIECE_LENGTH)],
  ...HALVES.flatMap((local, table) => [...get(TABLE), ...loadVector(16 * table), ...set(local)]),
  ...block(
    loop(
      [...get(AT), ...get(END), ...NOT_BELOW, ...leaveIf(1)],
      [
        ...groupsOf(0),
        ...groupsOf(1),
        ...AND_VECTOR,
        ...groupsOf(2),
        ...AND_VECTOR,
        ...groupsOf(3),
        ...AND_VECTOR,
      ],
      [...constantVector(0), ...EQUAL_BYTES, ...BITS_OF_BYTES, ...constant(0xffff), ...XOR, ...set(BITS)],
      WITHOUT_REST,
      noteBits(
        3,
        [...get(PAIR), ...load32(0), ...constant(FOLD), ...OR],
        [...constant(SPREAD), ...MULTIPLY, ...constant(32 - PIECES_LOG2), ...SHIFT_RIGHT],
        [...get(TABLE), ...ADD, ...loadByte(16 * HALVES.length), ...IS_ZERO, ...leaveIf(0)],
      ),
      [...moved(AT, 16), ...leave(0)],
    ),
  ),
  ...COUNT_HITS,
];

const FUNCTIONS = Object.entries({
  pieces: FIND_PIECES,
  words: FIND_WORDS,
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
    [5 + 2 * PIECE_LENGTH, V128],
  ],
  body,
}));
