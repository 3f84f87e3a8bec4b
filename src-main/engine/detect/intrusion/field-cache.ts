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

/** What is known of a text. */
export interface JudgedText {
  bytes: Uint8Array;
  /** Stable hash, for buckets. */
  hash: number;
  flags: number;
  verdicts: readonly Verdict[];
}

/** Longer texts are judged anew each time: the cache stays small whatever comes. */
const LONGEST = 1024;

/**
 * Remembers what the rules said about texts seen before. Two ways a set, the older gives way: bounded without counting,
 * and a flood of unique texts costs each of them one miss, no more. Texts are compared byte by byte, so nobody can have
 * one taken for another.
 */
export class FieldCache {
  readonly #hashes: Int32Array;
  readonly #texts: (JudgedText | undefined)[];
  readonly #mask: number;

  /** @param sets power of two */
  constructor(sets: number) {
    this.#mask = sets - 1;
    this.#hashes = new Int32Array(sets * 2);
    this.#texts = new Array<JudgedText | undefined>(sets * 2);
  }

  /** What is known of the text, or what `judge` says of it. */
  get(bytes: Buffer, from: number, to: number, judge: () => Omit<JudgedText, 'bytes'>): JudgedText {
    const hash = quickHash(bytes, from, to);
    const slot = (hash & this.#mask) * 2;
    for (let way = slot; way < slot + 2; way += 1) {
      const known = this.#texts[way];
      if (this.#hashes[way] === hash && known !== undefined && isSame(known.bytes, bytes, from, to))
        return known;
    }
    const short = to - from <= LONGEST;
    const text: JudgedText = {
      bytes: short ? Uint8Array.from(bytes.subarray(from, to)) : NOTHING,
      ...judge(),
    };
    if (!short) return text;
    this.#hashes[slot + 1] = this.#hashes[slot] ?? 0;
    this.#texts[slot + 1] = this.#texts[slot];
    this.#hashes[slot] = hash;
    this.#texts[slot] = text;
    return text;
  }
}

const NOTHING = new Uint8Array(0);

/** Four chains side by side: a single one would wait for each multiplication. */
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

function isSame(known: Uint8Array, bytes: Uint8Array, from: number, to: number): boolean {
  if (known.length !== to - from) return false;
  for (let at = 0; at < known.length; at += 1) if (known[at] !== bytes[from + at]) return false;
  return true;
}
