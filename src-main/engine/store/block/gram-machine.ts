import {
  ADD,
  AND,
  ADD_64,
  AND_64,
  BELOW,
  I32,
  I64,
  MULTIPLY,
  MULTIPLY_64,
  NARROW,
  OR_64,
  SHIFT_LEFT,
  SHIFT_LEFT_64,
  SHIFT_RIGHT,
  SHIFT_RIGHT_64,
  XOR_64,
  constant,
  constant64,
  get,
  leaveIf,
  load64,
  loop,
  moduleCode,
  set,
  store64,
  store8,
  tee,
  type MachineFunction,
} from './machine-code.ts';

/**
 * Marks which runs of bytes a text has, as machine code: JavaScript can't read eight bytes at any place at once, and spends
 * four times as long on a byte as this does (0.9 instead of 3.7 ns). The module is put together here from its instructions,
 * one line each; a test holds it to {@link shortBit}, {@link middleBit} and {@link longBit}.
 */

/** Lengths of the runs, in bytes, and the number of bits of the table each has (as its logarithm). */
export const SHORT = { length: 3, log2: 15 } as const;
export const MIDDLE = { length: 5, log2: 17 } as const;
export const LONG = { length: 7, log2: 17 } as const;

/** Large odd numbers spread low bits upwards (Knuth, multiplicative hashing); the top bits are used. */
const SPREAD_SHORT = 0x9e3779b1;
const SPREAD_MIDDLE = 0x9e3779b97f4a7c15n;
/** Filters made before have twice as many bits for runs of the middle length: their numbers have one bit more. */
export const OLDER_MIDDLE_LOG2 = 18;
const SPREAD_LONG = 0xc2b2ae3d27d4eb4fn;

/** Where things lie in the machine's memory: a byte for each mark, the same packed to bits, and the text. */
const SHORT_AT = 0;
const MIDDLE_AT = SHORT_AT + 2 ** SHORT.log2;
const LONG_AT = MIDDLE_AT + 2 ** MIDDLE.log2;
const PACKED_AT = LONG_AT + 2 ** LONG.log2;
const PAGE = 65_536;
const TEXT_AT = 8 * PAGE;
/** Text that is taken at once; a block of a usual access log. */
const PIECE = 16 * PAGE;
/** A run that begins in one piece may end in the next; behind the last piece there are zeros. */
const OVERLAP = 8;
const PAGES = 25;

const MIDDLE_MASK = 2 ** MIDDLE.log2 - 1;

/** The run's bits as they stand in a table of full size, of the middle length with one bit more in front: what the machine does, for a few runs of a query. */
export function shortBit(run: Uint8Array): number {
  return Math.imul(Number(littleEndian(run, SHORT.length)) << 8, SPREAD_SHORT) >>> (32 - SHORT.log2);
}

export function middleBit(run: Uint8Array): number {
  return spreadBits(littleEndian(run, MIDDLE.length) << 24n, SPREAD_MIDDLE, OLDER_MIDDLE_LOG2);
}

export function longBit(run: Uint8Array): number {
  return spreadBits(littleEndian(run, LONG.length) << 8n, SPREAD_LONG, LONG.log2);
}

function littleEndian(run: Uint8Array, length: number): bigint {
  let value = 0n;
  for (let index = length - 1; index >= 0; index -= 1) value = (value << 8n) | BigInt(run[index] ?? 0);
  return value;
}

function spreadBits(value: bigint, spread: bigint, log2: number): number {
  return Number(BigInt.asUintN(64, value * spread) >> BigInt(64 - log2));
}

/** Tables of marks, packed: bit n is bit n mod 8 of byte n / 8. Views of the machine's memory, good until its next use. */
export interface GramTables {
  short: Uint8Array;
  middle: Uint8Array;
  long: Uint8Array;
}

/**
 * Marks all runs of a text, ASCII letters in lower case, and these bits besides. Runs that begin in one line and end in
 * the next are marked too, which costs a few needless bits and no branch.
 */
export function markGrams(text: Uint8Array, middleBits: number[], longBits: number[]): GramTables {
  const { memory, lower, mark, pack } = (machine ??= build());
  memory.fill(0, SHORT_AT, PACKED_AT);
  for (let from = 0; from < text.length; from += PIECE) {
    const piece = text.subarray(from, from + PIECE + OVERLAP);
    memory.set(piece, TEXT_AT);
    memory.fill(0, TEXT_AT + piece.length, TEXT_AT + piece.length + OVERLAP);
    lower(piece.length);
    mark(Math.min(piece.length, PIECE));
  }
  for (const bit of middleBits) memory[MIDDLE_AT + (bit & MIDDLE_MASK)] = 1;
  for (const bit of longBits) memory[LONG_AT + bit] = 1;
  pack(PACKED_AT);
  const table = (marksAt: number, log2: number): Uint8Array => {
    const at = PACKED_AT + marksAt / 8;
    return memory.subarray(at, at + 2 ** log2 / 8);
  };
  return {
    short: table(SHORT_AT, SHORT.log2),
    middle: table(MIDDLE_AT, MIDDLE.log2),
    long: table(LONG_AT, LONG.log2),
  };
}

interface Machine {
  memory: Uint8Array;
  lower: (length: number) => void;
  mark: (count: number) => void;
  pack: (marks: number) => void;
}

/** What is used of WebAssembly; the types of Node leave it out. */
declare const WebAssembly: {
  Module: new (code: Uint8Array) => object;
  Instance: new (module: object) => {
    exports: {
      memory: { buffer: ArrayBuffer };
      lower: (length: number) => void;
      mark: (count: number) => void;
      pack: (marks: number) => void;
    };
  };
};

/** One per thread, made when it is first needed. */
let machine: Machine | undefined;

function build(): Machine {
  const { memory, lower, mark, pack } = new WebAssembly.Instance(
    new WebAssembly.Module(moduleCode(FUNCTIONS, PAGES)),
  ).exports;
  return { memory: new Uint8Array(memory.buffer), lower, mark, pack };
}

const AT = 0;
const END = 1;
const WORD = 2;
const OTHER = 3;

/** Repeats while the place is below the end; both are locals, and the end is at least one step away. */
const repeat = (step: number, body: number[][]): number[] => [
  ...loop(...body, [...get(AT), ...constant(step), ...ADD, ...tee(AT), ...get(END), ...BELOW, ...leaveIf(0)]),
];

const BYTES = 0x0101010101010101n;

/** ASCII upper case to lower case, eight bytes at a time: bit 7 of a byte says "at least A", of another "beyond Z". */
const LOWER = [
  ...[...get(AT), ...set(END), ...constant(0), ...set(AT)],
  ...repeat(8, [
    [...get(AT), ...load64(TEXT_AT), ...set(WORD)],
    [...get(AT)],
    [...get(WORD)],
    [...get(WORD), ...constant64(BYTES * 0x7fn), ...AND_64, ...tee(OTHER)],
    [...constant64(BYTES * BigInt(0x80 - 0x41)), ...ADD_64],
    [...get(OTHER), ...constant64(BYTES * BigInt(0x7f - 0x5a)), ...ADD_64, ...XOR_64],
    // Bytes of 128 and more are no ASCII.
    [...get(WORD), ...constant64(-1n), ...XOR_64, ...AND_64],
    [...constant64(BYTES * 0x80n), ...AND_64, ...constant64(2n), ...SHIFT_RIGHT_64, ...OR_64],
    [...store64(TEXT_AT)],
  ]),
];

/** At each place the next eight bytes are read; shifting left drops those beyond the run. */
const MARK = [
  ...[...get(AT), ...set(END), ...constant(0), ...set(AT)],
  ...repeat(1, [
    [...get(AT), ...load64(TEXT_AT), ...set(WORD)],
    [...get(WORD), ...NARROW, ...constant(8), ...SHIFT_LEFT, ...constant(SPREAD_SHORT), ...MULTIPLY],
    [...constant(32 - SHORT.log2), ...SHIFT_RIGHT, ...constant(1), ...store8(SHORT_AT)],
    [...get(WORD), ...constant64(24n), ...SHIFT_LEFT_64, ...constant64(SPREAD_MIDDLE), ...MULTIPLY_64],
    [...constant64(BigInt(64 - OLDER_MIDDLE_LOG2)), ...SHIFT_RIGHT_64, ...NARROW],
    [...constant(MIDDLE_MASK), ...AND, ...constant(1), ...store8(MIDDLE_AT)],
    [...get(WORD), ...constant64(8n), ...SHIFT_LEFT_64, ...constant64(SPREAD_LONG), ...MULTIPLY_64],
    [...constant64(BigInt(64 - LONG.log2)), ...SHIFT_RIGHT_64, ...NARROW],
    [...constant(1), ...store8(LONG_AT)],
  ]),
];

/** Eight marks to a byte: the product brings bytes of 0 or 1 together in its top byte, in their order. */
const PACK = [
  ...[...get(AT), ...set(END), ...constant(0), ...set(AT)],
  ...repeat(8, [
    [...get(AT), ...constant(3), ...SHIFT_RIGHT],
    [...get(AT), ...load64(0), ...constant64(0x0102040810204080n), ...MULTIPLY_64],
    [...constant64(56n), ...SHIFT_RIGHT_64, ...NARROW, ...store8(PACKED_AT)],
  ]),
];

const FUNCTIONS = Object.entries({ lower: LOWER, mark: MARK, pack: PACK }).map(
  ([name, body]): MachineFunction => ({
    name,
    parameters: 1,
    answers: false,
    locals: [
      [1, I32],
      [2, I64],
    ],
    body,
  }),
);
