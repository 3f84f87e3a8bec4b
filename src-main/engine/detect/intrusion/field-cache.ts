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
  /** By set: which of the two is the older one. */
  readonly #turns: Uint8Array;
  /** By slot; the last slot is for the text in hand that is too long to keep. */
  readonly #hashes: Int32Array;
  readonly #lengths: Uint16Array;
  readonly #bytes: Uint8Array;
  readonly flags: Uint8Array;
  readonly verdicts: (readonly Verdict[])[];
  /** Stable hash of the text last asked for, and the kinds of its bytes. */
  hash = 0;
  bits = 0;
  readonly #classes: Uint8Array;

  /**
   * @param sets power of two
   * @param classes kinds of bytes, told along the way
   */
  constructor(sets: number, classes: Uint8Array) {
    this.#classes = classes;
    this.#turns = new Uint8Array(sets);
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
    const hash = this.#scan(bytes, from, to);
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
      const set = this.hash & this.#mask;
      const turn = this.#turns[set] ?? 0;
      this.#turns[set] = 1 - turn;
      slot = set * 2 + turn;
      this.#hashes[slot] = this.hash;
      this.#lengths[slot] = length;
      const start = slot * LONGEST;
      for (let at = 0; at < length; at += 1) this.#bytes[start + at] = bytes[from + at] ?? 0;
    }
    this.flags[slot] = 0;
    this.verdicts[slot] = CLEAN;
    return slot;
  }

  #isAt(slot: number, bytes: Uint8Array, from: number, to: number): boolean {
    const length = to - from;
    if (this.#lengths[slot] !== length) return false;
    const start = slot * LONGEST;
    for (let at = 0; at < length; at += 1) if (this.#bytes[start + at] !== bytes[from + at]) return false;
    return true;
  }

  /** One pass for the hash and the kinds of bytes. Four chains side by side: one would wait for each multiplication. */
  #scan(bytes: Uint8Array, from: number, to: number): number {
    const classes = this.#classes;
    let bits = 0;
    let one = to - from;
    let two = 0x1b873593;
    let three = 0x2c1b3c6d;
    let four = 0x297a2d39;
    let at = from;
    for (; at + 3 < to; at += 4) {
      const a = bytes[at] ?? 0;
      const b = bytes[at + 1] ?? 0;
      const c = bytes[at + 2] ?? 0;
      const d = bytes[at + 3] ?? 0;
      one = Math.imul(one ^ a, 0x01000193);
      two = Math.imul(two ^ b, 0x01000193);
      three = Math.imul(three ^ c, 0x01000193);
      four = Math.imul(four ^ d, 0x01000193);
      bits |= (classes[a] ?? 0) | (classes[b] ?? 0) | (classes[c] ?? 0) | (classes[d] ?? 0);
    }
    for (; at < to; at += 1) {
      const byte = bytes[at] ?? 0;
      one = Math.imul(one ^ byte, 0x01000193);
      bits |= classes[byte] ?? 0;
    }
    const mixed =
      one ^ Math.imul(two, 0x85ebca6b) ^ Math.imul(three, 0xc2b2ae35) ^ Math.imul(four, 0x9e3779b1);
    this.bits = bits;
    this.hash = mixed ^ (mixed >>> 16);
    return this.hash;
  }
}
