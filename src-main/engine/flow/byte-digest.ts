import {
  ADD,
  AND_VECTOR,
  ANY_BIT,
  BELOW,
  block,
  constant,
  constantVector,
  EQUAL_BYTES,
  get,
  INDEX_BYTES,
  leave,
  leaveIf,
  loadVector,
  loop,
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
  tee,
  when,
  XOR,
  XOR_VECTOR,
} from './machine-code.ts';
import { HITS_AT, RESTS_AT } from './byte-layout.ts';
import { AT, END, TABLE, FOUND, VECTOR, moved, UPPER_HALVES } from './byte-loop.ts';

/* Hashes of whole texts, and whether two are the same. */

const SUM = VECTOR + 1;
const REST = VECTOR + 2;
const UNKNOWN = VECTOR + 3;
const UNSURE = VECTOR + 4;

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
export const DIGEST = [
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

export const IS_SAME = [
  ...loop(
    [...get(AT), ...loadVector(0), ...set(VECTOR), ...IS_REST, ...KEEP_REST],
    [...get(VECTOR), ...get(TABLE), ...loadVector(0), ...XOR_VECTOR, ...ANY_BIT],
    when([...constant(0), ...RETURN]),
    moved(TABLE, 16),
    [...get(AT), ...constant(16), ...ADD, ...tee(AT), ...get(END), ...BELOW, ...leaveIf(0)],
  ),
  ...constant(1),
];
