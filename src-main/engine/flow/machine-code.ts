/*
 * WebAssembly put together from its instructions, for the few loops over bytes that JavaScript can't do at the machine's
 * pace. The instructions that are used, by their codes (WebAssembly core specification 2.0, 5.4).
 */

export const I32 = 0x7f;
export const I64 = 0x7e;
export const V128 = 0x7b;

export const get = (local: number): number[] => [0x20, local];
export const set = (local: number): number[] => [0x21, local];
export const tee = (local: number): number[] => [0x22, local];
export const constant = (value: number): number[] => [0x41, ...signed(BigInt(value | 0))];
export const constant64 = (value: bigint): number[] => [0x42, ...signed(BigInt.asIntN(64, value))];
/** Four bytes at any place, lowest first. */
export const load32 = (offset: number): number[] => [0x28, 0, ...unsigned(offset)];
export const load16 = (offset: number): number[] => [0x2f, 0, ...unsigned(offset)];
export const loadByte = (offset: number): number[] => [0x2d, 0, ...unsigned(offset)];
export const load64 = (offset: number): number[] => [0x29, 0, ...unsigned(offset)];
export const loadVector = (offset: number): number[] => [0xfd, 0, 0, ...unsigned(offset)];
/** A byte as a number from -128 to 127. */
export const loadSigned = (offset: number): number[] => [0x2c, 0, ...unsigned(offset)];
export const storeVector = (offset: number): number[] => [0xfd, 0x0b, 0, ...unsigned(offset)];
/** The same byte sixteen times. */
export const constantVector = (byte: number): number[] => [0xfd, 0x0c, ...new Array<number>(16).fill(byte)];
/** Up to sixteen bytes, then zeros. */
export const bytesVector = (bytes: readonly number[]): number[] => [
  ...[0xfd, 0x0c, ...bytes, ...new Array<number>(16 - bytes.length).fill(0)],
];
export const store64 = (offset: number): number[] => [0x37, 0, ...unsigned(offset)];
export const store32 = (offset: number): number[] => [0x36, 0, ...unsigned(offset)];
export const store8 = (offset: number): number[] => [0x3a, 0, ...unsigned(offset)];

export const IS_ZERO = [0x45];
export const DIFFERS = [0x47];
export const BELOW = [0x49];
export const NOT_BELOW = [0x4f];
/** How many zeros stand above the highest one; and below the lowest. */
export const LAST_ONE = [0x67];
export const FIRST_ONE = [0x68];
export const ADD = [0x6a];
export const SUBTRACT = [0x6b];
export const MULTIPLY = [0x6c];
export const AND = [0x71];
export const OR = [0x72];
export const XOR = [0x73];
export const SHIFT_LEFT = [0x74];
export const SHIFT_RIGHT = [0x76];
export const MULTIPLY_64 = [0x7e];
export const OR_64 = [0x84];
export const SHIFT_LEFT_64 = [0x86];
export const SHIFT_RIGHT_64 = [0x88];
export const NARROW = [0xa7];
export const WIDEN = [0xad];
/** Of the first sixteen bytes those that the second name by their places; 0 where there is no such place. */
export const INDEX_BYTES = [0xfd, 0x0e];
/** One byte in all sixteen places. */
export const SPREAD_BYTE = [0xfd, 0x0f];
export const EQUAL_BYTES = [0xfd, 0x23];
/** Of sixteen bytes each: 255 where it is less, the first as a number of either sign; 0 elsewhere. */
export const LESS_SIGNED = [0xfd, 0x25];
/** The same of bytes from 0 to 255. */
export const LESS_BYTES = [0xfd, 0x26];
/** Each byte by itself, zeros come in. */
export const SHIFT_BYTES_RIGHT = [0xfd, 0x6d];
export const SUBTRACT_BYTES = [0xfd, 0x71];
export const AND_VECTOR = [0xfd, 0x4e];
export const OR_VECTOR = [0xfd, 0x50];
export const XOR_VECTOR = [0xfd, 0x51];
/** Whether any bit is set. */
export const ANY_BIT = [0xfd, 0x53];
/** A vector as four numbers. */
export const SPREAD_NUMBER = [0xfd, 0x11];
export const numberOf = (place: number): number[] => [0xfd, 0x1b, place];
export const MULTIPLY_NUMBERS = [0xfd, 0xb5, 1];
export const SHIFT_NUMBERS_RIGHT = [0xfd, 0xad, 1];
/** The highest bit of each of sixteen bytes, as a number. */
export const BITS_OF_BYTES = [0xfd, 0x64];

export const block = (...body: number[][]): number[] => [0x02, 0x40, ...body.flat(), 0x0b];
export const loop = (...body: number[][]): number[] => [0x03, 0x40, ...body.flat(), 0x0b];
/** Done if the number on the stack is not 0. */
export const when = (...body: number[][]): number[] => [0x04, 0x40, ...body.flat(), 0x0b];
/** Leaves that many blocks beside the innermost; of a loop it is its next turn. */
export const leave = (blocks: number): number[] => [0x0c, blocks];
export const leaveIf = (blocks: number): number[] => [0x0d, blocks];
export const RETURN = [0x0f];

/** A function that is exported: numbers in, at most one out. */
export interface MachineFunction {
  name: string;
  parameters: number;
  answers: boolean;
  /** How many further locals of which type, behind the parameters. */
  locals: [count: number, type: number][];
  body: number[];
}

/** @param pages of 64 kB, at the start */
export function moduleCode(functions: MachineFunction[], pages: number): Uint8Array {
  const exported = (name: string, kind: number, index: number): number[] => [
    ...counted([...Buffer.from(name)]),
    kind,
    index,
  ];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(
      1,
      functions.map(({ parameters, answers }) => [
        0x60,
        ...counted(new Array<number>(parameters).fill(I32)),
        ...(answers ? [1, I32] : [0]),
      ]),
    ),
    ...section(
      3,
      functions.map((_, index) => [index]),
    ),
    ...section(5, [[0, ...unsigned(pages)]]),
    ...section(7, [
      exported('memory', 2, 0),
      ...functions.map(({ name }, index) => exported(name, 0, index)),
    ]),
    ...section(
      10,
      functions.map(({ locals, body }) => counted([locals.length, ...locals.flat(), ...body, 0x0b])),
    ),
  ]);
}

function section(id: number, items: number[][]): number[] {
  return [id, ...counted([...unsigned(items.length), ...items.flat()])];
}

function counted(bytes: number[]): number[] {
  return [...unsigned(bytes.length), ...bytes];
}

/** Seven bits a byte, lowest first. */
function unsigned(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >>> 7)];
}

function signed(value: bigint): number[] {
  const low = Number(value & 127n);
  const rest = value >> 7n;
  const last = (rest === 0n && low < 64) || (rest === -1n && low >= 64);
  return last ? [low] : [low | 128, ...signed(rest)];
}
