/** A path further than this is not told apart: nobody reads longer routes, and the time it may take is bounded. */
const MAX_PATH_BYTES = 256;
const MAX_SEGMENTS = 12;
const PRIME = 0x01000193;
const OTHER_PRIME = 0x85ebca6b;
const QUESTION = 63;
const SLASH = 47;
const HASH = 35;
const COLON = 58;

/** How much a byte adds to the count of digits, of letters a to f, and of other letters, ten bits each. */
const WEIGHTS = new Uint32Array(256);
for (let byte = 48; byte <= 57; byte += 1) WEIGHTS[byte] = 1;
for (let byte = 97; byte <= 122; byte += 1) WEIGHTS[byte] = byte <= 102 ? 1 << 10 : 1 << 20;
for (let byte = 65; byte <= 90; byte += 1) WEIGHTS[byte] = byte <= 70 ? 1 << 10 : 1 << 20;
for (let byte = 128; byte < 256; byte += 1) WEIGHTS[byte] = 1 << 20;

/**
 * Is this part of a path the name of one thing rather than of a kind of thing: a number, a date, a UUID, a hash, a token?
 * @param weights sum of WEIGHTS over its bytes
 */
function isIdentifier(weights: number, length: number): boolean {
  const digits = weights & 1023;
  if (digits === 0) return false;
  const others = weights >>> 20;
  if (weights === digits) return true;
  if (others === 0 && length >= 8) return true;
  if (digits >= 4 && digits * 3 >= length) return true;
  return length >= 20 && digits >= 5;
}

/**
 * Tells the route of a request without making a string: the method and the path, with `:id` for whatever names one thing,
 * and without the query. Two hashes stand for it; with both seeds random, nobody outside can make two routes one.
 */
export class RouteReader {
  readonly #seed: number;
  readonly #otherSeed: number;
  /** Of the route read last. */
  hash = 0;
  otherHash = 0;

  constructor(random: () => number = Math.random) {
    this.#seed = Math.floor(random() * 0x7fffffff) | 1;
    this.#otherSeed = Math.floor(random() * 0x7fffffff) | 1;
  }

  read(bytes: Uint8Array, methodStart: number, methodEnd: number, start: number, end: number): void {
    let hash = this.#seed;
    let other = this.#otherSeed;
    for (let at = methodStart; at < methodEnd && at < methodStart + 16; at += 1)
      hash = Math.imul(hash ^ (bytes[at] ?? 0), PRIME);
    let part = 0;
    let weights = 0;
    const from = pathStart(bytes, start, end);
    const to = Math.min(end, from + MAX_PATH_BYTES);
    let partStart = from;
    let segments = 0;
    for (let at = from; at <= to; at += 1) {
      const byte = at === to ? SLASH : (bytes[at] ?? 0);
      const ends = byte === QUESTION || byte === HASH;
      if (byte !== SLASH && !ends) {
        part = Math.imul(part ^ byte, PRIME) + byte;
        weights += WEIGHTS[byte] ?? 0;
        continue;
      }
      const value = at === partStart ? SLASH : isIdentifier(weights, at - partStart) ? COLON : part;
      hash = Math.imul(hash ^ value, PRIME) ^ (hash >>> 15);
      other = Math.imul(other + value, OTHER_PRIME) ^ (other >>> 13);
      segments += 1;
      if (ends || segments > MAX_SEGMENTS) break;
      part = 0;
      weights = 0;
      partStart = at + 1;
    }
    this.hash = hash >>> 0;
    this.otherHash = other >>> 0;
  }

  /** The route in words: `GET /api/orders/:id`. Same cuts as `read`. */
  name(bytes: Buffer, methodStart: number, methodEnd: number, start: number, end: number): string {
    const method = bytes.toString('latin1', methodStart, Math.min(methodEnd, methodStart + 16));
    const from = pathStart(bytes, start, end);
    const path = bytes.toString('utf8', from, Math.min(end, from + MAX_PATH_BYTES)).split(/[?#]/)[0] ?? '';
    const parts = path.split('/').slice(0, MAX_SEGMENTS + 1);
    const named = parts.map((part) => (isIdentifierText(part) ? ':id' : part));
    return `${method} ${named.join('/')}`.trim();
  }
}

function isIdentifierText(part: string): boolean {
  const bytes = Buffer.from(part);
  let weights = 0;
  for (const byte of bytes) weights += WEIGHTS[byte] ?? 0;
  return isIdentifier(weights, bytes.length);
}

/** Some programs log the whole URL: the path begins behind the host. */
function pathStart(bytes: Uint8Array, start: number, end: number): number {
  if (bytes[start] === SLASH) return start;
  for (let at = start; at < Math.min(end, start + 12); at += 1) {
    if (bytes[at] !== COLON || bytes[at + 1] !== SLASH || bytes[at + 2] !== SLASH) continue;
    let host = at + 3;
    while (host < end && bytes[host] !== SLASH && bytes[host] !== QUESTION) host += 1;
    return host;
  }
  return start;
}
