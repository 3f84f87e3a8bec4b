import type { Place } from './text-view.ts';
import type { CompiledLineRule } from './line-rules.ts';

/** What the rules said about one field's text. */
export interface Verdict {
  rule: CompiledLineRule;
  place: Place;
  text: string;
}

/** Nothing found: shared, so that a clean field costs no object. */
export const CLEAN: readonly Verdict[] = [];

/** Longer texts are judged anew each time. */
const LONGEST = 256;

/**
 * Remembers what the rules said about texts seen before. Two ways a set, the older gives way: bounded without counting,
 * and a flood of unique texts costs each of them one miss, no more. Texts are compared byte by byte, so nobody can have
 * one taken for another.
 */
export class FieldCache {
  readonly #mask: number;
  /** By slot; the last slot is for the text in hand that is too long to keep. */
  readonly #hashes: Int32Array;
  readonly #lengths: Uint16Array;
  readonly #bytes: Uint8Array;
  readonly flags: Uint8Array;
  readonly verdicts: (readonly Verdict[])[];
  /** Stable hash of the text last asked for. */
  hash = 0;

  /** @param sets power of two */
  constructor(sets: number) {
    const slots = sets * 2 + 1;
    this.#mask = sets - 1;
    this.#hashes = new Int32Array(slots);
    this.#lengths = new Uint16Array(slots);
    this.#bytes = new Uint8Array((slots - 1) * LONGEST);
    this.flags = new Uint8Array(slots);
    this.verdicts = new Array<readonly Verdict[]>(slots).fill(CLEAN);
  }

  /** The slot of a text, or -1 where it is not known. */
  find(bytes: Uint8Array, from: number, to: number): number {
    const hash = quickHash(bytes, from, to);
    this.hash = hash;
    const slot = (hash & this.#mask) * 2;
    if (this.#hashes[slot] === hash && this.#isAt(slot, bytes, from, to)) return slot;
    if (this.#hashes[slot + 1] === hash && this.#isAt(slot + 1, bytes, from, to)) return slot + 1;
    return -1;
  }

  /** A slot for the text that `find` did not know; the older of its set is forgotten. */
  claim(bytes: Uint8Array, from: number, to: number): number {
    const length = to - from;
    let slot = this.#hashes.length - 1;
    if (length <= LONGEST) {
      slot = (this.hash & this.#mask) * 2;
      this.#move(slot, slot + 1);
      this.#hashes[slot] = this.hash;
      this.#lengths[slot] = length;
      const start = slot * LONGEST;
      for (let at = 0; at < length; at += 1) this.#bytes[start + at] = bytes[from + at] ?? 0;
    }
    this.flags[slot] = 0;
    this.verdicts[slot] = CLEAN;
    return slot;
  }

  #move(from: number, to: number): void {
    this.#hashes[to] = this.#hashes[from] ?? 0;
    this.#lengths[to] = this.#lengths[from] ?? 0;
    this.flags[to] = this.flags[from] ?? 0;
    this.verdicts[to] = this.verdicts[from] ?? CLEAN;
    const start = from * LONGEST;
    this.#bytes.copyWithin(to * LONGEST, start, start + (this.#lengths[from] ?? 0));
  }

  #isAt(slot: number, bytes: Uint8Array, from: number, to: number): boolean {
    const length = to - from;
    if (this.#lengths[slot] !== length) return false;
    const start = slot * LONGEST;
    for (let at = 0; at < length; at += 1) if (this.#bytes[start + at] !== bytes[from + at]) return false;
    return true;
  }
}

/** Stable over processes. Four chains side by side: a single one would wait for each multiplication. */
function quickHash(bytes: Uint8Array, from: number, to: number): number {
  let one = to - from;
  let two = 0x1b873593;
  let three = 0x2c1b3c6d;
  let four = 0x297a2d39;
  let at = from;
  for (; at + 3 < to; at += 4) {
    one = Math.imul(one ^ (bytes[at] ?? 0), 0x01000193);
    two = Math.imul(two ^ (bytes[at + 1] ?? 0), 0x01000193);
    three = Math.imul(three ^ (bytes[at + 2] ?? 0), 0x01000193);
    four = Math.imul(four ^ (bytes[at + 3] ?? 0), 0x01000193);
  }
  for (; at < to; at += 1) one = Math.imul(one ^ (bytes[at] ?? 0), 0x01000193);
  const mixed = one ^ Math.imul(two, 0x85ebca6b) ^ Math.imul(three, 0xc2b2ae35) ^ Math.imul(four, 0x9e3779b1);
  return mixed ^ (mixed >>> 16);
}
