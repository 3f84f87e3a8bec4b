import { BYTE, isDigit } from '../bytes.ts';
import { hashOf, type ScannedShape } from './shape-scanner.ts';
import { VALUE } from './template-token.ts';

/** Parts of a path that are looked at; what lies deeper is one value. */
const MAX_SEGMENTS = 10;
/** A longer part is a value: names of routes are words. */
const MAX_SEGMENT_BYTES = 32;
const MAX_TARGET_BYTES = 2048;

/**
 * The shape of a request: method, path and status. Parts of the path with digits or escapes are values, a version such
 * as v2 is not; the query says what was asked of the route and is left out.
 */
export class RouteScanner implements ScannedShape {
  high = 0;
  low = 0;
  #methodStart = 0;
  #methodEnd = 0;
  #status = 0;
  #count = 0;
  readonly #starts = new Int32Array(MAX_SEGMENTS + 1);
  /** End of the part; the negative end of one that is a value. */
  readonly #ends = new Int32Array(MAX_SEGMENTS + 1);

  /** @param methodStart the method's place; methodEnd equals it where there is none */
  scan(
    bytes: Uint8Array,
    methodStart: number,
    methodEnd: number,
    targetStart: number,
    targetEnd: number,
    status: number,
  ): void {
    this.#methodStart = methodStart;
    this.#methodEnd = Math.min(methodEnd, methodStart + MAX_SEGMENT_BYTES);
    this.#status = status;
    this.#count = 0;
    let hash = hashOf(bytes, this.#methodStart, this.#methodEnd) ^ Math.imul(status + 1, 0x9e3779b1);
    let low = Math.imul(hash, 0x27d4eb2f);
    const limit = Math.min(targetEnd, targetStart + MAX_TARGET_BYTES);
    let at = targetStart;
    while (at < limit && this.#count < MAX_SEGMENTS) {
      const byte = bytes[at] ?? 0;
      if (byte === QUERY || byte === BYTE.hash) break;
      if (byte === BYTE.slash) {
        hash = Math.imul(hash ^ 47, 0x5bd1e995);
        low = Math.imul(low ^ 47, 0x165667b1);
        at += 1;
      }
      const start = at;
      let wild = false;
      let text = 0x811c9dc5 | 0;
      while (at < limit) {
        const inner = bytes[at] ?? 0;
        if (inner === BYTE.slash || inner === QUERY || inner === BYTE.hash) break;
        if (WILD[inner] === 1) wild = true;
        text = Math.imul(text ^ inner, 0x01000193);
        at += 1;
      }
      if (at - start > MAX_SEGMENT_BYTES) wild = true;
      else if (wild && isVersion(bytes, start, at)) wild = false;
      this.#starts[this.#count] = start;
      this.#ends[this.#count] = wild ? -at : at;
      this.#count += 1;
      hash = Math.imul(hash ^ (wild ? 2 : text), 0x5bd1e995) + 0x3c6ef372;
      low = Math.imul(((low << 13) | (low >>> 19)) ^ (wild ? 3 : text), 0x165667b1);
    }
    if (at < targetEnd && bytes[at] !== QUERY && bytes[at] !== BYTE.hash && this.#count > 0) {
      this.#ends[this.#count - 1] = -at;
      hash ^= 0x55555555;
    }
    this.high = hash | 0;
    this.low = low | 0;
  }

  tokens(bytes: Uint8Array): string[] {
    const tokens: string[] = [];
    if (this.#methodEnd > this.#methodStart)
      tokens.push(decoder.decode(bytes.subarray(this.#methodStart, this.#methodEnd)), ' ');
    for (let index = 0; index < this.#count; index += 1) {
      const start = this.#starts[index] ?? 0;
      const end = this.#ends[index] ?? 0;
      if (bytes[start - 1] === BYTE.slash) tokens.push('/');
      if (end < 0) tokens.push(VALUE);
      else if (end > start) tokens.push(decoder.decode(bytes.subarray(start, end)));
    }
    if (this.#count === 0) tokens.push('-');
    if (this.#status > 0) tokens.push(' ', String(this.#status));
    return tokens;
  }
}

const decoder = new TextDecoder();
const QUERY = 63;

const WILD = new Uint8Array(256);
for (let byte = 0; byte < 256; byte += 1) {
  // Digits, escapes, and all that a route's own name is not written with.
  if (
    isDigit(byte) ||
    byte <= BYTE.space ||
    '%&=;:,@!*\'"()<>{}[]|\\^`$+'.includes(String.fromCharCode(byte))
  )
    WILD[byte] = 1;
}

/** v1, v20: part of the route's name. */
function isVersion(bytes: Uint8Array, start: number, end: number): boolean {
  if ((bytes[start] ?? 0) !== 118 || end - start < 2 || end - start > 3) return false;
  return isDigit(bytes[start + 1]) && (end - start === 2 || isDigit(bytes[start + 2]));
}
