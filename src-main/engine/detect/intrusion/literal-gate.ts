/** Expressions that one gate can tell apart: bits of a number. */
export const MAX_EXPRESSIONS = 31;
const CODES = 128;
/** Pieces longer than two characters share one table; a slot is this many bits of their hash. */
const SLOT_BITS = 14;
/** In a slot that two pieces want: whatever comes there is a hit, which only costs a look. */
const ANY_HASH = 0;
const LONGEST_PIECE = 5;
/** Four characters of seven bits. */
const FOUR = 0xfffffff;

/** Every character as a code below 128, lower case; what is not ASCII is one code that no literal has. */
const FOLDED = new Uint8Array(256).fill(CODES - 1);
for (let code = 1; code < CODES - 1; code += 1) {
  FOLDED[code] = String.fromCharCode(code).toLowerCase().charCodeAt(0);
}

/** Letters by how much they tell: the rarest five characters of a literal stand for it. */
const COMMON = 'etaoinsrhldcumfpgwybvk/=.? 10';
/** Pieces that ordinary addresses are full of stand for a literal only where it has no other. */
const ORDINARY = /api|earch|http/;
const ORDINARY_COST = 100;

/**
 * Tells in one pass over a text which of many expressions could match it, by pieces of up to five characters that they
 * need. May name one that does not match, never misses one that does.
 */
export class LiteralGate {
  /** By the last two characters: whether a piece of one or two letters ends there, or a longer one may. */
  readonly #ends = new Uint8Array(CODES * CODES);
  readonly #one = new Int32Array(CODES);
  readonly #two = new Int32Array(CODES * CODES);
  readonly #masks = new Int32Array(1 << SLOT_BITS);
  readonly #hashes = new Int32Array(1 << SLOT_BITS);
  /** Expressions without known literals: always candidates. */
  #always = 0;

  /** @param literals of each expression: one of them must be in what it matches; undefined: nothing is known */
  constructor(literals: readonly (readonly string[] | undefined)[]) {
    literals.forEach((list, index) => {
      if (index >= MAX_EXPRESSIONS) return;
      if (list === undefined) this.#always |= 1 << index;
      else for (const text of list) this.#add(text, 1 << index);
    });
  }

  /** Bits of the expressions that may match; those beyond what a gate can tell apart are the caller's to run. */
  candidates(text: string): number {
    let mask = this.#always;
    let before = 0;
    for (let at = 0; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      const folded = code < 256 ? (FOLDED[code] ?? 0) : foldWide(code);
      const four = ((before << 7) | folded) & FOUR;
      if (this.#ends[four & 0x3fff] !== 0) mask |= this.#marks(before, folded, four);
      before = four;
    }
    return mask;
  }

  /** The same for ASCII bytes that no decoding would change. */
  candidatesInBytes(bytes: Uint8Array, from: number, to: number): number {
    let mask = this.#always;
    let before = 0;
    for (let at = from; at < to; at += 1) {
      const folded = FOLDED[bytes[at] ?? 0] ?? 0;
      const four = ((before << 7) | folded) & FOUR;
      if (this.#ends[four & 0x3fff] !== 0) mask |= this.#marks(before, folded, four);
      before = four;
    }
    return mask;
  }

  /** Marks of all pieces that end in `code`, given the four characters before it. */
  #marks(before: number, code: number, four: number): number {
    return (
      (this.#one[code] ?? 0) |
      (this.#two[four & 0x3fff] ?? 0) |
      this.#marksOf(hash(four & 0x1fffff)) |
      this.#marksOf(hashFour(four)) |
      this.#marksOf(hashFive(before, code))
    );
  }

  #marksOf(hashed: number): number {
    const slot = hashed >>> (32 - SLOT_BITS);
    const mask = this.#masks[slot] ?? 0;
    if (mask === 0) return 0;
    const wanted = this.#hashes[slot] ?? ANY_HASH;
    return wanted === hashed || wanted === ANY_HASH ? mask : 0;
  }

  #add(text: string, bit: number): void {
    const piece = rarest(text);
    const codes = Array.from(piece).map((character) => character.charCodeAt(0));
    const last = codes.at(-1) ?? 0;
    let before = 0;
    for (const code of codes.slice(0, -1)) before = (before << 7) | code;
    const whole = ((before << 7) | last) & FOUR;
    if (codes.length > 1) this.#ends[whole & 0x3fff] = 1;
    else for (let first = 0; first < CODES; first += 1) this.#ends[(first << 7) | last] = 1;
    if (codes.length === 1) this.#one[whole] = (this.#one[whole] ?? 0) | bit;
    else if (codes.length === 2) this.#two[whole] = (this.#two[whole] ?? 0) | bit;
    else if (codes.length === 3) this.#mark(hash(whole), bit);
    else if (codes.length === 4) this.#mark(hashFour(whole), bit);
    else this.#mark(hashFive(before, last), bit);
  }

  #mark(hashed: number, bit: number): void {
    const slot = hashed >>> (32 - SLOT_BITS);
    const taken = this.#masks[slot] ?? 0;
    this.#hashes[slot] = taken === 0 || this.#hashes[slot] === hashed ? hashed : ANY_HASH;
    this.#masks[slot] = taken | bit;
  }
}

/** Whether the expression at `index` is among the candidates. */
export function isCandidate(mask: number, index: number): boolean {
  return index >= MAX_EXPRESSIONS || (mask & (1 << index)) !== 0;
}

function hash(codes: number): number {
  return Math.imul(codes, 0x9e3779b1) | 0;
}

function hashFour(codes: number): number {
  return Math.imul(codes, 0xc2b2ae35) | 0;
}

function hashFive(before: number, code: number): number {
  return Math.imul(Math.imul(before, 0x85ebca6b) + code, 0x9e3779b1) | 0;
}

/** Two letters beyond Latin-1 equal ASCII ones where case does not count: the long s and the Kelvin sign. */
function foldWide(code: number): number {
  return code === 0x17f ? 115 : code === 0x212a ? 107 : CODES - 1;
}

function rarest(text: string): string {
  const cost = (piece: string): number =>
    Array.from(piece).reduce(
      (sum, character) => {
        const place = COMMON.indexOf(character);
        return sum + (place < 0 ? 0 : COMMON.length - Math.min(place, COMMON.length - 5));
      },
      ORDINARY.test(piece) ? ORDINARY_COST : 0,
    );
  let chosen = text.slice(0, LONGEST_PIECE);
  for (let at = 1; at + LONGEST_PIECE <= text.length; at += 1) {
    const piece = text.slice(at, at + LONGEST_PIECE);
    if (cost(piece) < cost(chosen)) chosen = piece;
  }
  return chosen;
}
