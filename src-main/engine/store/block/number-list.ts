import { ALL_FRAMES, MOST_FRAMES } from './frame-layout.ts';

/*
 * Which runs of five digits a block has, exactly, and in which frames: numbers are what is looked for most, and a table of
 * hashes that tells them apart in four of five frames takes more room than the list of them.
 *
 * Ten sections, by the first digit, so that a search reads a tenth. A section is a list, ascending, a byte for each number of
 * a frame: its frame above, and below the distance from the one before (63: no number here, 63 further on). Where so many
 * numbers are there that this would take more than 2 kB, it is a bit for each of the 10,000 and says nothing of frames;
 * its length tells.
 */

export const NUMBER_LENGTH = 5;
/** All runs of five digits. */
export const NUMBERS = 10 ** NUMBER_LENGTH;
export const SECTIONS = 10;
const SECTION = NUMBERS / SECTIONS;

const DISTANCE_BITS = 6;
const FURTHER = 2 ** DISTANCE_BITS - 1;
const BITS_BYTES = SECTION / 8;
const LONGEST_LIST = 2048;

/** The sections one after another. */
export interface NumberList {
  bytes: Uint8Array<ArrayBuffer>;
  /** Where each ends. */
  ends: number[];
}

export function sectionsOf({ bytes, ends }: NumberList): Uint8Array[] {
  return ends.map((end, section) => bytes.subarray(ends[section - 1] ?? 0, end));
}

const all = new Uint8Array(SECTIONS * LONGEST_LIST);
/** A list's section in the making; it is left once it is too long, behind four numbers. */
const section = new Uint8Array(LONGEST_LIST + 4 * MOST_FRAMES + Math.ceil(SECTION / FURTHER) + 1);
/** Where in a section four numbers begin of which there is any. */
const filled = new Uint16Array(SECTION / 4 + 1);

/** @param marks of each number the frames that have it, a bit each; begins at a multiple of four in its memory */
export function listNumbers(marks: Uint8Array): NumberList {
  const ends: number[] = [];
  let end = 0;
  for (let first = 0; first < NUMBERS; first += SECTION) {
    const ofSection = marks.subarray(first, first + SECTION);
    const length = writeList(new Int32Array(marks.buffer, ofSection.byteOffset, SECTION / 4));
    const written = length <= LONGEST_LIST ? section.subarray(0, length) : bitsOf(ofSection);
    all.set(written, end);
    end += written.length;
    ends.push(end);
  }
  return { bytes: all.slice(0, end), ends };
}

/**
 * @param fours the marks of a section, four at a time, the first of them lowest
 * @returns its length; more than LONGEST_LIST when it was left for being too long
 */
function writeList(fours: Int32Array): number {
  // A fifth of them has any, at random: to leave the others out without a branch takes a third of the time.
  let count = 0;
  for (let four = 0; four < fours.length; four += 1) {
    filled[count] = four;
    count += fours[four] === 0 ? 0 : 1;
  }
  let length = 0;
  let before = 0;
  for (let index = 0; index < count && length <= LONGEST_LIST; index += 1) {
    const four = filled[index] ?? 0;
    for (let bits = fours[four] ?? 0; bits !== 0; bits &= bits - 1) {
      const bit = 31 - Math.clz32(bits & -bits);
      const number = four * 4 + (bit >>> 3);
      let distance = number - before;
      for (; distance >= FURTHER; distance -= FURTHER) section[length++] = FURTHER;
      section[length++] = ((bit & 7) << DISTANCE_BITS) | distance;
      before = number;
    }
  }
  // That length is the bits' own.
  if (length === BITS_BYTES) section[length++] = FURTHER;
  return length;
}

/** Of each number of a section whether any frame has it. */
function bitsOf(marks: Uint8Array): Uint8Array {
  const bits = new Uint8Array(BITS_BYTES);
  for (let index = 0; index < SECTION; index += 1)
    if (marks[index] !== 0) bits[index >>> 3] = (bits[index >>> 3] ?? 0) | (1 << (index & 7));
  return bits;
}

/** The number of a run of five digits; undefined of any other. */
export function numberOf(run: Uint8Array): number | undefined {
  if (run.length !== NUMBER_LENGTH || !run.every((byte) => byte >= 0x30 && byte <= 0x39)) return undefined;
  return run.reduce((number, byte) => number * 10 + byte - 0x30, 0);
}

/** The section that a number is in. */
export function sectionOf(number: number): number {
  return Math.floor(number / SECTION);
}

/** The frames that have a number, a bit each. */
export function framesWith(number: number, section: Uint8Array): number {
  const wanted = number % SECTION;
  if (section.length === BITS_BYTES)
    return ((section[wanted >>> 3] ?? 0) & (1 << (wanted & 7))) === 0 ? 0 : ALL_FRAMES;
  let frames = 0;
  let at = 0;
  for (let index = 0; index < section.length; index += 1) {
    const byte = section[index] ?? 0;
    const distance = byte & FURTHER;
    at += distance;
    if (at > wanted) break;
    if (at === wanted && distance !== FURTHER) frames |= 1 << (byte >>> DISTANCE_BITS);
  }
  return frames;
}
