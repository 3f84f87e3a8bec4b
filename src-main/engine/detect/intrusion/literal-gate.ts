/** Expressions that one gate can tell apart: bits of a number. */
export const MAX_EXPRESSIONS = 31;
const CODES = 128;
/** Literals of five characters and more share one table, by this many bits of a hash. */
const SLOT_BITS = 12;
const LONGEST_PIECE = 5;
/** Four characters of seven bits. */
const FOUR = 0xfffffff;
/** Three of them. */
const THREE = 0x1fffff;
/** Tells keys of four characters from those of three. */
const OF_FOUR = 1 << 28;

/** Every character as a code below 128, lower case; what is not ASCII is one code that no literal has. */
const FOLDED = new Uint8Array(256).fill(CODES - 1);
for (let code = 1; code < CODES - 1; code += 1) {
  FOLDED[code] = String.fromCharCode(code).toLowerCase().charCodeAt(0);
}

/** Letters by how much they tell: the rarest five characters of a literal stand for it. */
const COMMON = 'etaoinsrhldcumfpgwybvk/=.? 10';
const TWO = 0x3fff;
const TWO_BLANKS = (32 << 7) | 32;
const ENDS_BITS = 15;
/** What may end at a place: a literal of up to four characters, the piece of a longer one. */
const SHORT = 1;
const LONG = 2;
/** Every expression. */
export const ANY = -1;

/** A literal of five characters or more, found by its rarest five. */
interface LongLiteral {
  codes: readonly number[];
  /** How many characters stand behind the rarest five. */
  behind: number;
  bit: number;
}

/**
 * Tells in one pass over a text which of many expressions could match it, by literals that they need. May name one that
 * does not match, never misses one that does.
 */
export class LiteralGate {
  /** By a hash of the last three characters: whether a literal's piece may end there. Nearly every place ends here. */
  readonly #ends = new Uint8Array(1 << ENDS_BITS);
  /** Characters that end a literal of one or two: too many places would have to be marked for those. */
  readonly #tiny = new Uint8Array(CODES);
  readonly #one = new Int32Array(CODES);
  readonly #two = new Int32Array(CODES * CODES);
  /** Literals of three and of four characters by hash. */
  readonly #short = new Map<number, number>();
  readonly #long = new Array<LongLiteral[] | undefined>(1 << SLOT_BITS);
  readonly #joinsBlanks: boolean;
  /** Expressions without known literals: always candidates. */
  #always = 0;

  /**
   * @param literals of each expression: one of them must be in what it matches; undefined: nothing is known
   * @param joinsBlanks decoding makes one blank of two: then any expression may match
   */
  constructor(literals: readonly (readonly string[] | undefined)[], joinsBlanks = false) {
    this.#joinsBlanks = joinsBlanks;
    literals.forEach((list, index) => {
      if (index >= MAX_EXPRESSIONS) return;
      if (list === undefined) this.#always |= 1 << index;
      else for (const text of list) this.#add(text, 1 << index);
    });
    for (let before = 0; joinsBlanks && before < CODES; before += 1) {
      const end = endOf((before << 14) | TWO_BLANKS);
      this.#ends[end] = (this.#ends[end] ?? 0) | SHORT;
    }
  }

  /** Bits of the expressions that may match; those beyond what a gate can tell apart are the caller's to run. */
  candidates(text: string): number {
    const ends = this.#ends;
    const tiny = this.#tiny;
    let mask = this.#always;
    let before = 0;
    for (let at = 0; at < text.length; at += 1) {
      const code = foldedAt(text, at);
      const four = ((before << 7) | code) & FOUR;
      const kind = (ends[endOf(four & THREE)] ?? 0) | (tiny[code] ?? 0);
      if ((kind & SHORT) !== 0) mask |= this.#shortMarks(four, code);
      if ((kind & LONG) !== 0) {
        const literals = this.#long[slotOf(hashFive(before, code))];
        if (literals !== undefined)
          mask |= standing(literals, at, text.length, (place) => foldedAt(text, place));
      }
      before = four;
    }
    return mask;
  }

  /** The same for bytes: of a literal every character is ASCII. */
  candidatesInBytes(bytes: Uint8Array, from: number, to: number): number {
    const ends = this.#ends;
    const tiny = this.#tiny;
    let mask = this.#always;
    let before = 0;
    for (let at = from; at < to; at += 1) {
      const code = FOLDED[bytes[at] ?? 0] ?? 0;
      const four = ((before << 7) | code) & FOUR;
      const kind = (ends[endOf(four & THREE)] ?? 0) | (tiny[code] ?? 0);
      if (kind !== 0) {
        if (this.#joinsBlanks && (four & TWO) === TWO_BLANKS) return ANY;
        if ((kind & SHORT) !== 0) mask |= this.#shortMarks(four, code);
        const literals = (kind & LONG) === 0 ? undefined : this.#long[slotOf(hashFive(before, code))];
        if (literals !== undefined) {
          const codeAt = (place: number): number => FOLDED[bytes[from + place] ?? 0] ?? 0;
          mask |= standing(literals, at - from, to - from, codeAt);
        }
      }
      before = four;
    }
    return mask;
  }

  /** Marks of literals of up to four characters that end here. */
  #shortMarks(four: number, code: number): number {
    const mask = (this.#one[code] ?? 0) | (this.#two[four & 0x3fff] ?? 0);
    if (this.#short.size === 0) return mask;
    return mask | (this.#short.get(four & THREE) ?? 0) | (this.#short.get(four | OF_FOUR) ?? 0);
  }

  #add(text: string, bit: number): void {
    const codes = Array.from(text).map((character) => character.charCodeAt(0));
    const start = rarest(text);
    const piece = codes.slice(start, start + LONGEST_PIECE);
    const last = piece.at(-1) ?? 0;
    let before = 0;
    for (const code of piece.slice(0, -1)) before = (before << 7) | code;
    const whole = ((before << 7) | last) & FOUR;
    const end = endOf(whole & THREE);
    if (piece.length < 3) this.#tiny[last] = SHORT;
    else this.#ends[end] = (this.#ends[end] ?? 0) | (piece.length < LONGEST_PIECE ? SHORT : LONG);
    if (piece.length === 1) this.#one[whole] = (this.#one[whole] ?? 0) | bit;
    else if (piece.length === 2) this.#two[whole] = (this.#two[whole] ?? 0) | bit;
    else if (piece.length === 3) this.#short.set(whole, (this.#short.get(whole) ?? 0) | bit);
    else if (piece.length === 4) {
      this.#short.set(whole | OF_FOUR, (this.#short.get(whole | OF_FOUR) ?? 0) | bit);
    } else {
      const hash = hashFive(before & FOUR, last);
      const behind = codes.length - start - LONGEST_PIECE;
      (this.#long[slotOf(hash)] ??= []).push({ codes, behind, bit });
    }
  }
}

/** Bits of those literals that stand where their piece ends. */
function standing(
  literals: readonly LongLiteral[],
  at: number,
  length: number,
  codeAt: (place: number) => number,
): number {
  let mask = 0;
  for (const literal of literals) if (endsAt(literal, length, at, codeAt)) mask |= literal.bit;
  return mask;
}

/** Whether the whole literal stands where its five rarest characters end at `at`. */
function endsAt(
  literal: LongLiteral,
  length: number,
  at: number,
  codeAt: (place: number) => number,
): boolean {
  const end = at + literal.behind;
  const start = end - literal.codes.length + 1;
  if (start < 0 || end >= length) return false;
  for (let index = 0; index < literal.codes.length; index += 1)
    if (codeAt(start + index) !== literal.codes[index]) return false;
  return true;
}

/** Whether the expression at `index` is among the candidates. */
export function isCandidate(mask: number, index: number): boolean {
  return index >= MAX_EXPRESSIONS || (mask & (1 << index)) !== 0;
}

function hashFive(before: number, code: number): number {
  return Math.imul(Math.imul(before, 0x85ebca6b) + code, 0x9e3779b1) | 0;
}

function endOf(three: number): number {
  return Math.imul(three, 0x9e3779b1) >>> (32 - ENDS_BITS);
}

function slotOf(hash: number): number {
  return hash >>> (32 - SLOT_BITS);
}

function foldedAt(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return code < 256 ? (FOLDED[code] ?? 0) : foldWide(code);
}

/** Two letters beyond Latin-1 equal ASCII ones where case does not count: the long s and the Kelvin sign. */
function foldWide(code: number): number {
  return code === 0x17f ? 115 : code === 0x212a ? 107 : CODES - 1;
}

/** Where the rarest five characters begin. */
function rarest(text: string): number {
  const cost = (piece: string): number =>
    Array.from(piece).reduce((sum, character) => {
      const place = COMMON.indexOf(character);
      return sum + (place < 0 ? 0 : COMMON.length - Math.min(place, COMMON.length - 5));
    }, 0);
  let chosen = 0;
  for (let at = 1; at + LONGEST_PIECE <= text.length; at += 1) {
    const here = text.slice(at, at + LONGEST_PIECE);
    if (cost(here) < cost(text.slice(chosen, chosen + LONGEST_PIECE))) chosen = at;
  }
  return chosen;
}
