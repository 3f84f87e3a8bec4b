import {
  ADD,
  AND,
  BELOW,
  block,
  constant,
  FIRST_ONE,
  get,
  IS_ZERO,
  leave,
  leaveIf,
  loop,
  NOT_BELOW,
  set,
  SHIFT_LEFT,
  SHIFT_RIGHT,
  store32,
  SUBTRACT,
  tee,
  bytesVector,
  when,
} from './machine-code.ts';
import { HIT_BITS, HITS_AT, HITS_END } from './byte-layout.ts';

/* What the loops over bytes have in common: their variables, and how they note what they find. */

/** The range that is looked through, and the tables for it. */
export const AT = 0;
export const END = 1;
export const TABLE = 2;
export const OPTION = 3;
export const OUT = 4;
export const BYTES_HERE = 5;
export const PAIR = 6;
export const PLACES = 7;
export const FOUND = 8;
export const BITS = 9;
export const VECTOR = 10;

export const moved = (local: number, by: number): number[] => [
  ...get(local),
  ...constant(by),
  ...ADD,
  ...set(local),
];

/** Notes a hit; leaves the loop and the block around it, `depth` blocks out, when there is no more room. */
export const note = (hit: number[], depth: number): number[] => [
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

export const COUNT_HITS = [...get(OUT), ...constant(HITS_AT), ...SUBTRACT, ...constant(2), ...SHIFT_RIGHT];

/** Clears the bits of bytes behind the end. */
export const WITHOUT_REST = [
  ...[...get(END), ...get(AT), ...SUBTRACT, ...constant(16), ...BELOW],
  ...when(
    [...constant(1), ...get(END), ...get(AT), ...SUBTRACT, ...SHIFT_LEFT, ...constant(1), ...SUBTRACT],
    [...get(BITS), ...AND, ...set(BITS)],
  ),
];

/** The bit of each upper half of a byte. */
export const UPPER_HALVES = bytesVector([1, 2, 4, 8, 16, 32, 64, 128]);

/** Notes the place of each bit; leaves `depth` blocks when there is no more room. */
export const noteBits = (depth: number, ...before: number[][]): number[] =>
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
