/**
 * What kinds of bytes a field holds, told in one pass that also hashes it: most fields of real traffic hold nothing that
 * any attack needs, and most of the others have been seen before.
 */

/** Bits of a field's bytes. */
export const BYTES = {
  /** Quotes, brackets, percent, blanks, anything an attack is spelled with. */
  sharp: 1,
  /** `..`, `/.`, `://`: harmless bytes in an order that needs a look. */
  order: 2,
  /** `=` before what may be base64; in other fields also what decoding would change: `+`, `&`, a second blank. */
  unsure: 4,
} as const;

const CLASS = new Uint8Array(256).fill(BYTES.sharp);
for (const character of 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/_-.=&?,:~@') {
  CLASS[character.charCodeAt(0)] = 0;
}
CLASS['='.charCodeAt(0)] = BYTES.unsure;
/** In an agent these are ordinary: `Mozilla/5.0 (X11; Linux x86_64; rv:1) …`. */
const AGENT_CLASS = CLASS.slice();
for (const character of ' ();,') AGENT_CLASS[character.charCodeAt(0)] = 0;
for (const character of '+&=') AGENT_CLASS[character.charCodeAt(0)] = BYTES.unsure;

const DOT = 46;
const SLASH = 47;
const QUESTION = 63;
const BLANK = 32;

/**
 * Reads a field. Results are in the object itself: allocating one per field would cost more than the pass.
 * Two hashes with secret seeds of this process: nobody outside can construct two texts that share both.
 */
export class FieldScan {
  first = 0;
  second = 0;
  bits = 0;
  /** Hash of the path before `?`, and of its first directory; stable over processes, for buckets. */
  path = 0;
  directory = 0;
  readonly #seedOne: number;
  readonly #seedTwo: number;

  constructor(seedOne: number, seedTwo: number) {
    this.#seedOne = seedOne | 0;
    this.#seedTwo = seedTwo | 0;
  }

  agent(bytes: Uint8Array, start: number, end: number): void {
    let one = this.#seedOne;
    let two = this.#seedTwo;
    let bits = 0;
    let previous = 0;
    for (let at = start; at < end; at += 1) {
      const byte = bytes[at] ?? 0;
      bits |= AGENT_CLASS[byte] ?? 0;
      if (byte === BLANK && previous === BLANK) bits |= BYTES.unsure;
      previous = byte;
      one = Math.imul(one ^ byte, 0x01000193);
      two = Math.imul(two + byte, 0x85ebca6b) ^ (two >>> 15);
    }
    this.first = one;
    this.second = two;
    this.bits = bits;
  }

  target(bytes: Uint8Array, start: number, end: number): void {
    let one = this.#seedOne;
    let two = this.#seedTwo;
    let bits = 0;
    let stable = 0x811c9dc5 | 0;
    let path = 0;
    let directory = 0;
    let slashes = 0;
    let inQuery = false;
    let previous = 0;
    for (let at = start; at < end; at += 1) {
      const byte = bytes[at] ?? 0;
      bits |= CLASS[byte] ?? 0;
      one = Math.imul(one ^ byte, 0x01000193);
      two = Math.imul(two + byte, 0x85ebca6b) ^ (two >>> 15);
      if (!inQuery) {
        if (byte === QUESTION) {
          inQuery = true;
          path = stable;
        } else {
          if (byte === SLASH) {
            slashes += 1;
            if (slashes === 2) directory = stable;
          }
          stable = Math.imul(stable ^ byte, 0x01000193);
        }
      }
      if ((byte === DOT || byte === SLASH) && (previous === DOT || previous === SLASH)) bits |= BYTES.order;
      previous = byte;
    }
    if (!inQuery) path = stable;
    this.first = one;
    this.second = two;
    this.bits = bits;
    this.path = path;
    this.directory = directory === 0 ? path : directory;
  }
}

/** Stable hash of a text's bytes, for buckets and snapshots. */
export function stableHash(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5 | 0;
  for (let at = start; at < end; at += 1) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193);
  return hash;
}
