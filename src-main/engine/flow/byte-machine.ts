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
  load16,
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
  SUBTRACT,
  SUBTRACT_BYTES,
  tee,
  V128,
  XOR,
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
  FREE_AT,
  PAIRS,
  PIECES_LOG2,
  PIECES_AT,
  PIECE_ENTRY,
  SHORT_ENTRY,
  FOLD,
  SPREAD,
} from './byte-layout.ts';
import { DIGEST, IS_SAME } from './byte-digest.ts';
import {
  AT,
  END,
  TABLE,
  OPTION,
  OUT,
  BYTES_HERE,
  PAIR,
  PLACES,
  FOUND,
  BITS,
  VECTOR,
  moved,
  note,
  COUNT_HITS,
  WITHOUT_REST,
  UPPER_HALVES,
  noteBits,
} from './byte-loop.ts';

/* The loops of `byte-scan.ts`, instruction by instruction; those of whole texts are in `byte-digest.ts`. */

/** An instance's functions: ranges of its memory in, a number out. */
interface ByteMachine {
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

/** The lower halves of the bytes in hand. */
const LOWER_HALVES = VECTOR + 1;
/** For each of a word's bytes two tables, of the groups it may belong to by its lower and by its upper half. */
const HALVES = Array.from({ length: PIECE_LENGTH * 2 }, (_, table) => LOWER_HALVES + 1 + table);
const groupsOf = (place: number): number[] => [
  ...[
    ...get(AT),
    ...loadVector(place),
    ...tee(VECTOR),
    ...constantVector(15),
    ...AND_VECTOR,
    ...set(LOWER_HALVES),
  ],
  ...[...get(HALVES[2 * place] ?? 0), ...get(LOWER_HALVES), ...INDEX_BYTES],
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
