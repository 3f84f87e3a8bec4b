import {
  ByteScanner,
  ByteSet,
  MOST_HITS,
  PIECE_LENGTH,
  PIECE_PLACES,
  SHORT_PAIR,
} from '../../flow/byte-scan.ts';

/** Expressions that one gate can tell apart: bits of a number. */
export const MAX_EXPRESSIONS = 31;
/** Every expression. */
export const ANY = -1;

/** What stands for every character beyond ASCII. */
const FOREIGN = 127;
/** Every byte as a code of seven bits, lower case. */
const FOLDED = new Uint8Array(256).fill(FOREIGN);
for (let code = 0; code < FOREIGN; code += 1) {
  FOLDED[code] = String.fromCharCode(code).toLowerCase().charCodeAt(0);
}

/** Characters from the commonest in messages and requests on: the rarest ones of a literal stand for it. */
const COMMON = '/ etaoin0123456789srhldcumfpgwybvk=.?';
/** Of every code: how common it is; what is not among the common ones counts nothing, the last of them five alike. */
const COMMONNESS = new Uint8Array(FOREIGN + 1);
for (let place = 0; place < COMMON.length; place += 1)
  COMMONNESS[COMMON.charCodeAt(place)] = COMMON.length - Math.min(place, COMMON.length - 5);
/** Words of nearly every sign-in, and of many sites' paths: a literal with one of them is told by its other characters. */
const COMMON_WORDS = ['user', 'from', 'publickey', 'command', 'search', 'report', '/css'];
const SLOT_BITS = 12;
/** In the table of two codes: not a list, but two blanks. */
const TWO_BLANKS = 255;
const BLANK = 32;
const BLANKS = (BLANK << 7) | BLANK;
/** Texts as bytes, one at a time. */
let scratch = new Uint8Array(256);

/** A literal of two characters or more. */
interface Literal {
  codes: Uint8Array;
  /** How many characters stand before its piece. */
  before: number;
  bit: number;
}

/**
 * Tells in one pass over a text which of many expressions could match it, by literals that they need. May name one that
 * does not match, never misses one that does.
 *
 * A literal is found by its rarest four characters, a shorter one by two or one; {@link ByteSet} names the few places where
 * they may stand.
 */
export class LiteralGate {
  readonly #set: ByteSet;
  /** Of every byte: the expressions that need no more than it. */
  readonly #ones = new Int32Array(256);
  /** Pieces in an open hash table, four codes each; 0 is free. */
  readonly #pieces = new Int32Array(1 << SLOT_BITS);
  /** By the same slots: which of the lists below is the piece's. */
  readonly #lists = new Uint16Array(1 << SLOT_BITS);
  readonly #long: Literal[][] = [];
  /** By two codes: which of the lists below has literals of two or three characters with them, counted from 1; undefined where there is none. */
  #twos: Uint8Array | undefined;
  readonly #short: Literal[][] = [];
  /** Expressions without known literals: always candidates. */
  #always = 0;

  /**
   * @param literals of each expression, in lower case: one of them must be in what it matches; undefined: nothing is known
   * @param joinsBlanks decoding makes one blank of two: then any expression may match
   * @param scanner shared by gates that look through the same chunk
   */
  constructor(
    literals: readonly (readonly string[] | undefined)[],
    joinsBlanks = false,
    scanner = new ByteScanner(),
  ) {
    this.#set = new ByteSet(scanner);
    literals.forEach((list, index) => {
      if (index >= MAX_EXPRESSIONS) return;
      if (list === undefined) this.#always |= 1 << index;
      else for (const text of list) this.#add(text, 1 << index);
    });
    if (!joinsBlanks) return;
    this.#twos ??= new Uint8Array(1 << 14);
    this.#twos[BLANKS] = TWO_BLANKS;
    this.#set.addPair(BLANK, BLANK);
  }

  /** Bits of the expressions that may match; those beyond what a gate can tell apart are the caller's to run. */
  candidates(text: string): number {
    if (text.length > scratch.length) scratch = new Uint8Array(text.length * 2);
    for (let at = 0; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      scratch[at] = code < FOREIGN ? code : foldWide(code);
    }
    return this.candidatesInBytes(scratch, 0, text.length);
  }

  /** The same for bytes of UTF-8. */
  candidatesInBytes(bytes: Uint8Array, from: number, to: number): number {
    const { scanner } = this.#set;
    let mask = this.#always | this.#singles(bytes, from, to);
    let next = from;
    for (let hits = MOST_HITS; hits === MOST_HITS;) {
      hits = this.#set.pieces(bytes, next, to);
      for (let hit = 0; hit < hits; hit += 1) {
        const at = scanner.place(hit);
        const bits = scanner.bits(hit);
        next = at + PIECE_LENGTH - 1;
        if ((bits & PIECE_PLACES) !== 0)
          mask = this.#standing(bytes, at, bits & PIECE_PLACES, from, to, mask);
        if ((bits & SHORT_PAIR) !== 0) mask |= this.#shortAt(bytes, at, from, to);
      }
    }
    return mask;
  }

  #singles(bytes: Uint8Array, from: number, to: number): number {
    const { scanner } = this.#set;
    let mask = 0;
    let next = from;
    for (let hits = MOST_HITS; hits === MOST_HITS;) {
      hits = this.#set.singles(bytes, next, to);
      for (let hit = 0; hit < hits; hit += 1) {
        const at = scanner.place(hit);
        mask |= this.#ones[bytes[at] ?? 0] ?? 0;
        next = at + 1;
      }
    }
    return mask;
  }

  /** Adds the marks of the literals whose piece has the pair at `at` at one of the places. */
  #standing(bytes: Uint8Array, at: number, places: number, from: number, to: number, known: number): number {
    let mask = known;
    for (let left = places; left !== 0; left &= left - 1) {
      // The lowest bit is the first place.
      const start = at - 31 + Math.clz32(left & -left);
      if (start < from || start + PIECE_LENGTH > to) continue;
      const slot = this.#slotOf(pieceAt(bytes, start));
      if (this.#pieces[slot] === 0) continue;
      const list = this.#long[this.#lists[slot] ?? 0];
      if (list === undefined) continue;
      for (let index = 0; index < list.length; index += 1) {
        const literal = list[index];
        if (literal === undefined || (mask & literal.bit) !== 0) continue;
        if (standsAt(literal, bytes, start - literal.before, from, to)) mask |= literal.bit;
      }
    }
    return mask;
  }

  /** Marks of the short literals whose pair begins at one of three places. */
  #shortAt(bytes: Uint8Array, at: number, from: number, to: number): number {
    let mask = 0;
    for (let start = at; start < at + 3 && start + 1 < to; start += 1) {
      const two = ((FOLDED[bytes[start] ?? 0] ?? 0) << 7) | (FOLDED[bytes[start + 1] ?? 0] ?? 0);
      const found = this.#twos?.[two] ?? 0;
      if (found === 0) continue;
      if (found === TWO_BLANKS) return ANY;
      for (const literal of this.#short[found - 1] ?? [])
        if (standsAt(literal, bytes, start - literal.before, from, to)) mask |= literal.bit;
    }
    return mask;
  }

  /** Where a piece stands in the table, or the free slot where it would. */
  #slotOf(piece: number): number {
    let slot = Math.imul(piece, 0x9e3779b1) >>> (32 - SLOT_BITS);
    while (this.#pieces[slot] !== 0 && this.#pieces[slot] !== piece)
      slot = (slot + 1) & ((1 << SLOT_BITS) - 1);
    return slot;
  }

  #add(text: string, bit: number): void {
    const codes = new Uint8Array(text.length);
    for (let at = 0; at < text.length; at += 1) codes[at] = Math.min(text.charCodeAt(at), FOREIGN);
    // What one character is in bytes depends on the encoding: a foreign one is a reason to look.
    if (codes.includes(FOREIGN)) this.#addByte(FOREIGN, bit);
    else if (codes.length === 1) this.#addByte(codes[0] ?? 0, bit);
    else if (codes.length < PIECE_LENGTH) this.#addShort(codes, bit);
    else this.#addLong(codes, bit);
  }

  #addByte(code: number, bit: number): void {
    for (let byte = 0; byte < 256; byte += 1) {
      if (FOLDED[byte] === code) {
        this.#ones[byte] = (this.#ones[byte] ?? 0) | bit;
        this.#set.addByte(byte);
      }
    }
  }

  #addShort(codes: Uint8Array, bit: number): void {
    const before = rarest(codes, 2);
    const two = ((codes[before] ?? 0) << 7) | (codes[before + 1] ?? 0);
    this.#twos ??= new Uint8Array(1 << 14);
    if (this.#twos[two] === 0) {
      // What the table can't name is looked at every time.
      if (this.#short.length === TWO_BLANKS - 1) {
        this.#always |= bit;
        return;
      }
      this.#twos[two] = this.#short.push([]);
      this.#set.addPair(codes[before] ?? 0, codes[before + 1] ?? 0);
    }
    this.#short[(this.#twos[two] ?? 0) - 1]?.push({ codes, before, bit });
  }

  #addLong(codes: Uint8Array, bit: number): void {
    const before = rarest(codes, PIECE_LENGTH);
    const piece = pieceAt(codes, before);
    const slot = this.#slotOf(piece);
    if (this.#pieces[slot] === 0) {
      // A full table would never end a search; who needs what does not fit is looked at every time.
      if (this.#long.length >= 1 << (SLOT_BITS - 1)) {
        this.#always |= bit;
        return;
      }
      this.#pieces[slot] = piece;
      this.#lists[slot] = this.#long.push([]) - 1;
    }
    this.#long[this.#lists[slot] ?? 0]?.push({ codes, before, bit });
    this.#set.addPiece(codes, before);
  }
}

/** Whether the expression at `index` is among the candidates. */
export function isCandidate(mask: number, index: number): boolean {
  return index >= MAX_EXPRESSIONS || (mask & (1 << index)) !== 0;
}

/** Four codes in one number. */
function pieceAt(bytes: Uint8Array, at: number): number {
  return (
    ((FOLDED[bytes[at] ?? 0] ?? 0) << 21) |
    ((FOLDED[bytes[at + 1] ?? 0] ?? 0) << 14) |
    ((FOLDED[bytes[at + 2] ?? 0] ?? 0) << 7) |
    (FOLDED[bytes[at + 3] ?? 0] ?? 0)
  );
}

function standsAt({ codes }: Literal, bytes: Uint8Array, start: number, from: number, to: number): boolean {
  if (start < from || start + codes.length > to) return false;
  for (let index = 0; index < codes.length; index += 1)
    if (FOLDED[bytes[start + index] ?? 0] !== codes[index]) return false;
  return true;
}

/** Two letters beyond Latin-1 equal ASCII ones where case does not count: the long s and the Kelvin sign. */
function foldWide(code: number): number {
  return code === 0x17f ? 115 : code === 0x212a ? 107 : 255;
}

/** Where the rarest characters begin, `length` of them. */
function rarest(codes: Uint8Array, length: number): number {
  let chosen = 0;
  let least = Infinity;
  for (let at = 0; at + length <= codes.length; at += 1) {
    let sum = length === PIECE_LENGTH && isCommon(codes, at) ? ALL_COMMON : 0;
    for (let index = at; index < at + length; index += 1) sum += COMMONNESS[codes[index] ?? 0] ?? 0;
    if (sum >= least) continue;
    least = sum;
    chosen = at;
  }
  return chosen;
}

/** More than any four characters are. */
const ALL_COMMON = PIECE_LENGTH * COMMON.length;
const COMMON_PIECES = new Set(
  COMMON_WORDS.flatMap((word) =>
    Array.from({ length: word.length - PIECE_LENGTH + 1 }, (_, at) => pieceAt(Buffer.from(word), at)),
  ),
);

function isCommon(codes: Uint8Array, at: number): boolean {
  return COMMON_PIECES.has(pieceAt(codes, at));
}
