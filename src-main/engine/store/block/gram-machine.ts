import {
  ADD,
  AND,
  AND_VECTOR,
  BELOW,
  BITS_OF_BYTES,
  EQUAL_BYTES,
  FIRST_ONE,
  I32,
  I64,
  LESS_BYTES,
  LESS_SIGNED,
  MULTIPLY,
  MULTIPLY_64,
  NARROW,
  OR,
  OR_64,
  OR_VECTOR,
  SHIFT_LEFT,
  SHIFT_LEFT_64,
  SHIFT_RIGHT,
  SHIFT_RIGHT_64,
  SUBTRACT,
  SUBTRACT_BYTES,
  V128,
  WIDEN,
  constant,
  constant64,
  constantVector,
  get,
  leaveIf,
  load64,
  loadByte,
  loadSigned,
  loadVector,
  loop,
  moduleCode,
  set,
  store64,
  store8,
  storeVector,
  tee,
  when,
  type MachineFunction,
} from '../../flow/machine-code.ts';
import { NUMBER_LENGTH, NUMBERS } from './number-list.ts';

/**
 * Marks which runs of bytes a text has, as machine code: JavaScript can't read eight bytes at any place at once, and spends
 * four times as long on a byte as this does (0.9 instead of 3.7 ns). The module is put together here from its instructions,
 * one line each; a test holds it to {@link shortBit}, {@link middleBit} and {@link longPlace}.
 */

/** Runs of three bytes: bits, and their number (as its logarithm). */
export const SHORT = { length: 3, log2: 15 } as const;
/** Runs of five letters, digits, underscores and bytes outside of ASCII, but for those of digits alone: these are listed. */
export const MIDDLE = { length: 5, log2: 17 } as const;
/** Runs of six bytes: half a byte for each of the places, and in it a bit for each frame of the text. */
export const LONG = { length: 6, places: 3 * 2 ** 14 } as const;
/** The first half of the places are the lower halves of the bytes. */
export const LONG_BYTES = LONG.places / 2;

/** Large odd numbers spread low bits upwards (Knuth, multiplicative hashing); the top bits are used. */
const SPREAD_SHORT = 0x9e3779b1;
const SPREAD_MIDDLE = 0x9e3779b97f4a7c15n;
/** As filters had it at first; the lower bits of the same numbers are those of a smaller table. */
export const MIDDLE_NUMBER_LOG2 = 18;
const SPREAD_LONG = 0xc2b2ae3d27d4eb4fn;

/** Where things lie in the machine's memory: a byte for each mark, the same packed to bits, those of one frame and of all. */
const SHORT_AT = 0;
const MIDDLE_AT = SHORT_AT + 2 ** SHORT.log2;
const PACKED_AT = MIDDLE_AT + 2 ** MIDDLE.log2;
const FRAME_AT = PACKED_AT + PACKED_AT / 8;
const LONG_AT = FRAME_AT + LONG.places;
const PAGE = 65_536;
/** Text that is taken at once; a frame of a usual log is smaller. */
const PIECE = 4 * PAGE;
/** A run that begins in one piece may end in the next; behind the last piece there are zeros. */
const OVERLAP = 32;
/** Behind the tables: of each place whether a run of the middle length is of word bytes; and the text. */
const WORDS_AT = 4 * PAGE;
const TEXT_AT = WORDS_AT + PIECE + PAGE;
/** And of each run of five digits a byte: the frames that have it. */
const NUMBERS_AT = TEXT_AT + PIECE + PAGE;
const PAGES = NUMBERS_AT / PAGE + Math.ceil(NUMBERS / PAGE);

const MIDDLE_MASK = 2 ** MIDDLE.log2 - 1;

/** The run's bits as they stand in a table of full size, of the middle length with one bit more in front: what the machine does, for a few runs of a query. */
export function shortBit(run: Uint8Array): number {
  return Math.imul(Number(littleEndian(run, SHORT.length)) << 8, SPREAD_SHORT) >>> (32 - SHORT.log2);
}

export function middleBit(run: Uint8Array): number {
  return spreadBits(littleEndian(run, MIDDLE.length) << 24n, SPREAD_MIDDLE, MIDDLE_NUMBER_LOG2);
}

/** Whether a run has no blank and no punctuation: of these the machine marks in the middle table those not of digits alone. */
export function isOfWord(run: Uint8Array): boolean {
  return run.every(
    (byte) =>
      (byte >= 0x30 && byte <= 0x39) || (byte >= 0x61 && byte <= 0x7a) || byte === 0x5f || byte >= 0x80,
  );
}

/** The place of a run in a table of full size. */
export function longPlace(run: Uint8Array): number {
  const spread = spreadBits(littleEndian(run, LONG.length) << 16n, SPREAD_LONG, 32);
  return Number((BigInt(spread) * BigInt(LONG.places)) >> 32n);
}

/** Where in its byte the bits of a place begin. */
export function longShift(place: number): number {
  return place < LONG_BYTES ? 0 : 4;
}

/** As filters of the version before had runs of seven: bits of a table of 2^17. */
export function olderLongBit(run: Uint8Array): number {
  return spreadBits(littleEndian(run, 7) << 8n, SPREAD_LONG, 17);
}

function littleEndian(run: Uint8Array, length: number): bigint {
  let value = 0n;
  for (let index = length - 1; index >= 0; index -= 1) value = (value << 8n) | BigInt(run[index] ?? 0);
  return value;
}

function spreadBits(value: bigint, spread: bigint, log2: number): number {
  return Number(BigInt.asUintN(64, value * spread) >> BigInt(64 - log2));
}

/** Bits and bytes to be set besides those of the text. */
export interface ExtraMarks {
  middle: number[];
  /** Places in the long table, and the frames of each. */
  long: number[];
  longFrames: number[];
}

/** Tables of marks. Views of the machine's memory, good until its next use. */
export interface GramTables {
  /** Packed, as the next: bit n is bit n mod 8 of byte n / 8. */
  short: Uint8Array;
  middle: Uint8Array;
  /** Bit n of half a byte is frame n; see {@link longShift}. */
  long: Uint8Array;
  /** Of each run of five digits the frames that have it, a bit each. */
  numbers: Uint8Array;
}

/**
 * Marks all runs of a text, ASCII letters in lower case. Runs that begin in one line and end in the next are marked too,
 * which costs a few needless bits and no branch.
 * @param frameEnds where in the text each of its frames ends, four at the most
 */
export function markGrams(text: Uint8Array, frameEnds: readonly number[], extra: ExtraMarks): GramTables {
  const { memory, lower, words, mark, gather, pack } = (machine ??= build());
  memory.fill(0, SHORT_AT, PACKED_AT);
  memory.fill(0, LONG_AT, LONG_AT + LONG_BYTES);
  memory.fill(0, NUMBERS_AT, NUMBERS_AT + NUMBERS);
  let start = 0;
  for (const [frame, end] of frameEnds.entries()) {
    for (let from = start; from < end; from += PIECE) {
      const piece = text.subarray(from, Math.min(end, from + PIECE + OVERLAP));
      memory.set(piece, TEXT_AT);
      memory.fill(0, TEXT_AT + piece.length, TEXT_AT + piece.length + OVERLAP);
      lower(piece.length + OVERLAP / 2);
      words(piece.length, 1 << frame);
      mark(Math.min(piece.length, PIECE));
    }
    gather(frame);
    start = end;
  }
  for (const bit of extra.middle) memory[MIDDLE_AT + (bit & MIDDLE_MASK)] = 1;
  for (const [index, place] of extra.long.entries()) {
    const at = LONG_AT + (place % LONG_BYTES);
    memory[at] = (memory[at] ?? 0) | ((extra.longFrames[index] ?? 0) << longShift(place));
  }
  pack(PACKED_AT);
  const packed = (marksAt: number, log2: number): Uint8Array => {
    const at = PACKED_AT + marksAt / 8;
    return memory.subarray(at, at + 2 ** log2 / 8);
  };
  return {
    short: packed(SHORT_AT, SHORT.log2),
    middle: packed(MIDDLE_AT, MIDDLE.log2),
    long: memory.subarray(LONG_AT, LONG_AT + LONG_BYTES),
    numbers: memory.subarray(NUMBERS_AT, NUMBERS_AT + NUMBERS),
  };
}

interface Machine {
  memory: Uint8Array;
  lower: (length: number) => void;
  words: (length: number, frame: number) => void;
  mark: (count: number) => void;
  gather: (frame: number) => void;
  pack: (marks: number) => void;
}

/** What is used of WebAssembly; the types of Node leave it out. */
declare const WebAssembly: {
  Module: new (code: Uint8Array) => object;
  Instance: new (module: object) => {
    exports: {
      memory: { buffer: ArrayBuffer };
      lower: (length: number) => void;
      words: (length: number, frame: number) => void;
      mark: (count: number) => void;
      gather: (frame: number) => void;
      pack: (marks: number) => void;
    };
  };
};

/** One per thread, made when it is first needed. */
let machine: Machine | undefined;

function build(): Machine {
  const { memory, ...functions } = new WebAssembly.Instance(
    new WebAssembly.Module(moduleCode(FUNCTIONS, PAGES)),
  ).exports;
  return { memory: new Uint8Array(memory.buffer), ...functions };
}

/** What functions are given: a place or a number, and the bit of a frame; and their locals. */
const AT = 0;
const FRAME = 1;
const END = 2;
const BITS = 3;
const PLACE = 4;
const WORD = 5;
const BYTES = 6;
const DIGITS = 7;

/** Repeats while the place is below the end; both are locals, and the end is at least one step away. */
const repeat = (step: number, body: number[][]): number[] => [
  ...loop(...body, [...get(AT), ...constant(step), ...ADD, ...tee(AT), ...get(END), ...BELOW, ...leaveIf(0)]),
];

/** What a function that is given its end begins with. */
const FROM_START = [...get(AT), ...set(END), ...constant(0), ...set(AT)];

/** Of sixteen bytes on the stack those from one to another. */
const between = (first: number, last: number): number[] => [
  ...[...constantVector(first), ...SUBTRACT_BYTES, ...constantVector(last - first + 1), ...LESS_BYTES],
];

/** What bytes are: DIGIT, OTHER of those that words are made of, or 0. Both have the bits of OTHER. */
const DIGIT = 0xff;
const OTHER = 0xfe;

/** ASCII upper case to lower case; and what each byte is. */
const LOWER = [
  ...FROM_START,
  ...repeat(16, [
    [...get(AT)],
    [...get(AT), ...loadVector(TEXT_AT), ...tee(BYTES)],
    [...get(BYTES), ...between(0x41, 0x5a), ...constantVector(0x20), ...AND_VECTOR],
    [...OR_VECTOR, ...tee(BYTES), ...storeVector(TEXT_AT)],
    [...get(BYTES), ...between(0x30, 0x39), ...set(DIGITS)],
    [...get(AT)],
    [...get(BYTES), ...between(0x61, 0x7a)],
    [...get(BYTES), ...constantVector(0x5f), ...EQUAL_BYTES, ...OR_VECTOR],
    // Bytes of 128 and more are no ASCII.
    [...get(BYTES), ...constantVector(0), ...LESS_SIGNED, ...OR_VECTOR],
    [...constantVector(OTHER), ...AND_VECTOR, ...get(DIGITS), ...OR_VECTOR, ...storeVector(WORDS_AT)],
  ]),
];

/** The digits of a run as one number: of their bytes first, in which each is 0x30 more. */
const NUMBER = [
  ...[...get(PLACE), ...loadByte(TEXT_AT)],
  ...Array.from({ length: NUMBER_LENGTH - 1 }, (_, index) => [
    ...[...constant(10), ...MULTIPLY, ...get(PLACE), ...loadByte(TEXT_AT + index + 1), ...ADD],
  ]).flat(),
  ...[...constant(0x30 * Number('1'.repeat(NUMBER_LENGTH))), ...SUBTRACT],
];

/** Of sixteen places those where a run of digits begins, one by one. */
const TAKE_NUMBERS = loop(
  [...get(AT), ...get(BITS), ...FIRST_ONE, ...ADD, ...set(PLACE)],
  [...NUMBER, ...tee(PLACE), ...get(PLACE), ...loadByte(NUMBERS_AT)],
  [...get(FRAME), ...OR, ...store8(NUMBERS_AT)],
  [...get(BITS), ...constant(1), ...SUBTRACT, ...get(BITS), ...AND, ...tee(BITS), ...leaveIf(0)],
);

/** At each place whether a run of the middle length is of words and not of digits alone, in place of what its own byte is. */
const WORDS = [
  ...FROM_START,
  ...repeat(16, [
    [...get(AT)],
    [...get(AT), ...loadVector(WORDS_AT)],
    ...Array.from({ length: MIDDLE.length - 1 }, (_, index) => [
      ...[...get(AT), ...loadVector(WORDS_AT + index + 1), ...AND_VECTOR],
    ]),
    [...tee(BYTES), ...constantVector(OTHER), ...EQUAL_BYTES, ...storeVector(WORDS_AT)],
    [...get(BYTES), ...constantVector(DIGIT), ...EQUAL_BYTES, ...BITS_OF_BYTES, ...tee(BITS)],
    when(TAKE_NUMBERS),
  ]),
];

/** At each place the next eight bytes are read; shifting left drops those beyond the run. */
const MARK = [
  ...FROM_START,
  ...repeat(1, [
    [...get(AT), ...load64(TEXT_AT), ...set(WORD)],
    [...get(WORD), ...NARROW, ...constant(8), ...SHIFT_LEFT, ...constant(SPREAD_SHORT), ...MULTIPLY],
    [...constant(32 - SHORT.log2), ...SHIFT_RIGHT, ...constant(1), ...store8(SHORT_AT)],
    [...get(WORD), ...constant64(24n), ...SHIFT_LEFT_64, ...constant64(SPREAD_MIDDLE), ...MULTIPLY_64],
    [...constant64(BigInt(64 - MIDDLE_NUMBER_LOG2)), ...SHIFT_RIGHT_64, ...NARROW],
    // What is of no word goes to the first mark: one that is needlessly set, instead of a branch.
    [...constant(MIDDLE_MASK), ...AND, ...get(AT), ...loadSigned(WORDS_AT), ...AND],
    [...constant(1), ...store8(MIDDLE_AT)],
    [...get(WORD), ...constant64(16n), ...SHIFT_LEFT_64, ...constant64(SPREAD_LONG), ...MULTIPLY_64],
    [...constant64(32n), ...SHIFT_RIGHT_64, ...constant64(BigInt(LONG.places)), ...MULTIPLY_64],
    [...constant64(32n), ...SHIFT_RIGHT_64, ...NARROW, ...constant(1), ...store8(FRAME_AT)],
  ]),
];

/** Adds the marks of a frame to those of all, as the bit of its number, and takes them back. */
const GATHER = [
  ...[...get(AT), ...WIDEN, ...set(WORD), ...constant(LONG_BYTES), ...set(END), ...constant(0), ...set(AT)],
  ...repeat(8, [
    [...get(AT), ...get(AT), ...load64(LONG_AT)],
    [...get(AT), ...load64(FRAME_AT + LONG_BYTES), ...constant64(4n), ...SHIFT_LEFT_64],
    [...get(AT), ...load64(FRAME_AT), ...OR_64],
    [...get(WORD), ...SHIFT_LEFT_64, ...OR_64, ...store64(LONG_AT)],
    [...get(AT), ...constant64(0n), ...store64(FRAME_AT)],
    [...get(AT), ...constant64(0n), ...store64(FRAME_AT + LONG_BYTES)],
  ]),
];

/** Eight marks to a byte: the product brings bytes of 0 or 1 together in its top byte, in their order. */
const PACK = [
  ...FROM_START,
  ...repeat(8, [
    [...get(AT), ...constant(3), ...SHIFT_RIGHT],
    [...get(AT), ...load64(0), ...constant64(0x0102040810204080n), ...MULTIPLY_64],
    [...constant64(56n), ...SHIFT_RIGHT_64, ...NARROW, ...store8(PACKED_AT)],
  ]),
];

const FUNCTIONS = Object.entries({ lower: LOWER, words: WORDS, mark: MARK, gather: GATHER, pack: PACK }).map(
  ([name, body]): MachineFunction => ({
    name,
    parameters: 2,
    answers: false,
    locals: [
      [3, I32],
      [1, I64],
      [2, V128],
    ],
    body,
  }),
);
