/**
 * What kinds of bytes a field holds, told in one pass that also hashes it: most fields of real traffic hold nothing that
 * any attack needs.
 */

/** Bits of a field's bytes. */
export const BYTES = {
  /** Quotes, brackets, percent, blanks, anything an attack is spelled with. */
  sharp: 1,
  /** `..`, `/.`, `://`: harmless bytes in an order that needs a look. */
  order: 2,
  /** `=` before what may be base64; in other fields also what decoding would change: `+` and `&`. */
  unsure: 4,
  /** A target's `%`: harmless where it only writes Japanese (see `writesOnlyJapanese`). */
  escape: 8,
} as const;

const CLASS = new Uint8Array(256).fill(BYTES.sharp);
for (const character of 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/_-.=&?,:~@') {
  CLASS[character.charCodeAt(0)] = 0;
}
CLASS['='.charCodeAt(0)] = BYTES.unsure;
const PERCENT = 37;
/** Kinds of bytes in an agent or a referer. In an agent these are ordinary: `Mozilla/5.0 (X11; Linux x86_64; rv:1) …`. */
const AGENT_CLASS = CLASS.slice();
for (const character of ' ();,') AGENT_CLASS[character.charCodeAt(0)] = 0;
for (const character of '+&=') AGENT_CLASS[character.charCodeAt(0)] = BYTES.unsure;

/** The bytes of an agent or a referer that are of a kind; 0: ordinary. */
export function agentBytes(kind: number): number[] {
  return [...AGENT_CLASS.keys()].filter((byte) => AGENT_CLASS[byte] === kind);
}

CLASS[PERCENT] = BYTES.escape;

const DOT = 46;
const SLASH = 47;
const QUESTION = 63;

/** Reads a target. Results are in the object itself: allocating one per line would cost more than the pass. */
export class TargetScan {
  bits = 0;
  /** Hashes, stable over processes: of the whole target, of its path before `?`, and of the path's first directory. */
  whole = 0;
  path = 0;
  directory = 0;

  read(bytes: Uint8Array, start: number, end: number): void {
    let bits = 0;
    let hash = 0x811c9dc5 | 0;
    let directory = 0;
    let slashes = 0;
    let previous = 0;
    let at = start;
    for (; at < end; at += 1) {
      const byte = bytes[at] ?? 0;
      if (byte === QUESTION) break;
      bits |= CLASS[byte] ?? 0;
      if (byte === SLASH || byte === DOT) {
        if (previous === DOT || previous === SLASH) bits |= BYTES.order;
        if (byte === SLASH) {
          slashes += 1;
          if (slashes === 2) directory = hash;
        }
      }
      previous = byte;
      hash = Math.imul(hash ^ byte, 0x01000193);
    }
    this.path = hash;
    this.directory = directory === 0 ? hash : directory;
    for (; at < end; at += 1) {
      const byte = bytes[at] ?? 0;
      bits |= CLASS[byte] ?? 0;
      if ((byte === DOT || byte === SLASH) && (previous === DOT || previous === SLASH)) bits |= BYTES.order;
      previous = byte;
      hash = Math.imul(hash ^ byte, 0x01000193);
    }
    this.whole = hash;
    this.bits = bits;
  }
}

/**
 * Whether every escape of a target is part of a kanji or kana: U+3040–30FF and U+4000–9FFF, three bytes each. None of them
 * normalises to anything an attack is spelled with, which can't be said of full-width letters, blanks and punctuation.
 */
export function writesOnlyJapanese(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) {
    if (bytes[at] !== PERCENT) continue;
    if (at + 9 > end || bytes[at + 3] !== PERCENT || bytes[at + 6] !== PERCENT) return false;
    const lead = escaped(bytes, at);
    const second = escaped(bytes, at + 3);
    const third = escaped(bytes, at + 6);
    const kana = lead === 0xe3 && second >= 0x81 && second <= 0x83;
    if (!kana && (lead < 0xe4 || lead > 0xe9)) return false;
    if (second < 0x80 || second > 0xbf || third < 0x80 || third > 0xbf) return false;
    at += 8;
  }
  return true;
}

/** The byte that `%XX` stands for; 0 where it is no escape. */
function escaped(bytes: Uint8Array, at: number): number {
  const high = HEX[bytes[at + 1] ?? 0] ?? 255;
  const low = HEX[bytes[at + 2] ?? 0] ?? 255;
  return high > 15 || low > 15 ? 0 : high * 16 + low;
}

const HEX = new Uint8Array(256).fill(255);
Array.from('0123456789abcdef').forEach((digit, value) => {
  HEX[digit.charCodeAt(0)] = value;
  HEX[digit.toUpperCase().charCodeAt(0)] = value;
});

/** Stable hash of a text's bytes (FNV-1a), for buckets and snapshots. */
export function stableHash(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5 | 0;
  for (let at = start; at < end; at += 1) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193);
  return hash;
}

/** The same over a text's UTF-16 units. */
export function textHash(text: string): number {
  let hash = 0x811c9dc5 | 0;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash;
}
