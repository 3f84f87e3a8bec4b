import {
  ADD,
  AND,
  AND_VECTOR,
  BELOW,
  BITS_OF_BYTES,
  block,
  constant,
  DIFFERS,
  EQUAL_BYTES,
  FIRST_ONE,
  get,
  I32,
  IS_ZERO,
  leave,
  leaveIf,
  loadByte,
  loadVector,
  loop,
  moduleCode,
  NOT_BELOW,
  OR,
  OR_VECTOR,
  RETURN,
  set,
  SPREAD_BYTE,
  SUBTRACT,
  tee,
  V128,
} from '../../flow/machine-code.ts';

/**
 * Finds a byte run, ASCII letters in either case, as machine code that looks at sixteen places at once: two bytes of the
 * run, those least common in logs, must stand where they would; only then is the rest compared. A block of 1 MB takes
 * 0.15 ms with its copying, where a regular expression takes 0.6 (0.3 of it to make a string of the bytes).
 */

/** A run made ready to be looked for. */
export interface ByteRun {
  /** ASCII letters in lower case. */
  bytes: Uint8Array;
  /** What is set in a byte before it is compared: 0x20, the bit of the case, where the run has a letter. */
  masks: Uint8Array;
  /** The places in the run of the two bytes that are looked for first. */
  first: number;
  second: number;
}

/** In bytes; the longest query is shorter. */
export const LONGEST_RUN = 16_384;

/** @param bytes 1 to LONGEST_RUN of them, ASCII letters in lower case */
export function byteRun(bytes: Uint8Array): ByteRun {
  const places = [...bytes.keys()].sort((a, b) => commonness(bytes[a] ?? 0) - commonness(bytes[b] ?? 0));
  const [first = 0, second = first] = places;
  return { bytes, masks: bytes.map((byte) => (isLetter(byte) ? 0x20 : 0)), first, second };
}

/** Rarest first, as they come in access, sign-in and application logs; what is not named is rarer. */
const BY_COMMONNESS = 'zqjxkvywbfghmupdlcnirsatoe9876543210';
const IN_EVERY_LINE = ' ./:-"[]=';

function commonness(byte: number): number {
  const letter = String.fromCharCode(byte);
  if (IN_EVERY_LINE.includes(letter)) return 100;
  return BY_COMMONNESS.indexOf(letter);
}

function isLetter(byte: number): boolean {
  return byte >= 0x61 && byte <= 0x7a;
}

/** Where things lie in the machine's memory. */
const RUN_AT = 0;
const MASKS_AT = LONGEST_RUN;
const PAGE = 65_536;
const TEXT_AT = PAGE;
/** Vectors are read beyond the last place by so much. */
const OVERLAP = LONGEST_RUN + 16;
/** Text of a usual block. */
const PAGES = 20;

let machine: Machine | undefined;
let inMemory: Uint8Array | undefined;

/**
 * Makes ready to find a run in a text, which must not change any more: it is copied once for all runs.
 * @returns the place of the first hit that begins at `from` or later, -1 where there is none; good until the next call
 */
export function searchBytes(text: Uint8Array, run: ByteRun): (from: number) => number {
  const { memory, find } = (machine ??= build());
  take(text, memory);
  const bytes = new Uint8Array(memory.buffer);
  bytes.set(run.bytes, RUN_AT);
  bytes.set(run.masks, MASKS_AT);
  const { length } = run.bytes;
  const end = text.length - length + 1;
  return (from) => (from >= end ? -1 : find(from, end, length, run.first, run.second));
}

function take(text: Uint8Array, memory: MachineMemory): void {
  if (inMemory === text) return;
  const missing = TEXT_AT + text.length + OVERLAP - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
  new Uint8Array(memory.buffer).set(text, TEXT_AT);
  inMemory = text;
}

interface MachineMemory {
  /** Another one after growing. */
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

interface Machine {
  memory: MachineMemory;
  find: (from: number, end: number, length: number, first: number, second: number) => number;
}

/** What is used of WebAssembly; the types of Node leave it out. */
declare const WebAssembly: {
  Module: new (code: Uint8Array) => object;
  Instance: new (module: object) => { exports: Machine };
};

function build(): Machine {
  const code = moduleCode(
    [
      {
        name: 'find',
        parameters: 5,
        answers: true,
        locals: [
          [3, I32],
          [4, V128],
        ],
        body: FIND,
      },
    ],
    PAGES,
  );
  return new WebAssembly.Instance(new WebAssembly.Module(code)).exports;
}

const AT = 0;
const END = 1;
const LENGTH = 2;
const FIRST = 3;
const SECOND = 4;
const BITS = 5;
const HIT = 6;
const COMPARED = 7;
const BYTE_1 = 8;
const MASK_1 = 9;
const BYTE_2 = 10;
const MASK_2 = 11;

const spread = (place: number, at: number, into: number): number[] => [
  ...[...get(place), ...loadByte(at), ...SPREAD_BYTE, ...set(into)],
];

/** Whether the sixteen bytes at a distance from the place are the wanted one. */
const equal = (place: number, mask: number, byte: number): number[] => [
  ...[...get(AT), ...get(place), ...ADD, ...loadVector(TEXT_AT)],
  ...[...get(mask), ...OR_VECTOR, ...get(byte), ...EQUAL_BYTES],
];

const COMPARE = loop(
  [...get(HIT), ...get(COMPARED), ...ADD, ...loadByte(TEXT_AT)],
  [...get(COMPARED), ...loadByte(MASKS_AT), ...OR, ...get(COMPARED), ...loadByte(RUN_AT), ...DIFFERS],
  leaveIf(1),
  [...get(COMPARED), ...constant(1), ...ADD, ...tee(COMPARED), ...get(LENGTH), ...BELOW, ...leaveIf(0)],
  [...get(HIT), ...RETURN],
);

/** Takes the places of sixteen one by one; the block around it is left when none is left. */
const TAKE_HITS = loop(
  [...get(BITS), ...IS_ZERO, ...leaveIf(1)],
  [...get(AT), ...get(BITS), ...FIRST_ONE, ...ADD, ...set(HIT)],
  [...get(BITS), ...constant(1), ...SUBTRACT, ...get(BITS), ...AND, ...set(BITS)],
  // The end: out of this, of the block around it, of the loop over all, and of that one's block.
  [...get(HIT), ...get(END), ...NOT_BELOW, ...leaveIf(3)],
  [...constant(0), ...set(COMPARED)],
  block(COMPARE),
  leave(0),
);

const FIND = [
  ...spread(FIRST, RUN_AT, BYTE_1),
  ...spread(FIRST, MASKS_AT, MASK_1),
  ...spread(SECOND, RUN_AT, BYTE_2),
  ...spread(SECOND, MASKS_AT, MASK_2),
  ...block(
    loop(
      [...get(AT), ...get(END), ...NOT_BELOW, ...leaveIf(1)],
      [...equal(FIRST, MASK_1, BYTE_1), ...equal(SECOND, MASK_2, BYTE_2), ...AND_VECTOR],
      [...BITS_OF_BYTES, ...set(BITS)],
      block(TAKE_HITS),
      [...get(AT), ...constant(16), ...ADD, ...set(AT), ...leave(0)],
    ),
  ),
  ...constant(-1),
];
