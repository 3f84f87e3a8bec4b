/*
 * Where things lie in the memory of `byte-machine.ts`, and what its numbers mean: shared by the machine and by what uses it.
 */

/** Places that one call finds at most; whoever gets so many asks again behind the last. */
export const MOST_HITS = 16_384;
/** Bits of a hit: at which places of a piece its pair stands; and that a pair of a short literal begins here or in one of the next two places. */
export const PIECE_PLACES = 7;
export const SHORT_PAIR = 8;
export const HIT_BITS = 4;
/** In bytes. */
export const PIECE_LENGTH = 4;
/** The shortest card number has 14 digits. */
export const DIGIT_RUN = 14;

export const PAGE = 65_536;
export const HITS_AT = 0;
export const HITS_END = MOST_HITS * 4;
export const SCRATCH_AT = HITS_END + 64;
/** Texts up to so many bytes are copied in before they are looked through. */
export const SCRATCH = PAGE;
/** Vectors are read beyond the last place by so much; it is zeros. */
export const OVERLAP = 16;
/** Sixteen bytes of ones and sixteen of zeros: read at a distance, as many ones as there is rest. */
export const RESTS_AT = SCRATCH_AT + SCRATCH + OVERLAP;
export const FREE_AT = RESTS_AT + 32;

/**
 * Tables of one {@link ByteSet}, one behind the other: by two bytes' low five bits, by three bytes', of whole pieces by
 * their hash, and of single bytes by half a byte.
 */
export const PAIRS = 1 << 10;
const TRIPLES = 1 << 15;
export const PIECES_LOG2 = 13;
export const PIECES_AT = PAIRS + TRIPLES;
/** Bits of an entry there: of a piece, and of a pair that begins a short literal. */
export const PIECE_ENTRY = 1;
export const SHORT_ENTRY = 2;
export const SINGLES_AT = PIECES_AT + (1 << PIECES_LOG2);
export const SINGLES = 16;
export const TABLES = SINGLES_AT + SINGLES;
/** The bit of the case, in four bytes; and a large odd number, whose products have their top bits spread. */
export const FOLD = 0x20202020;
export const SPREAD = 0x9e3779b1;

/** Tables of one {@link WordSet}: of groups by half a byte, and of whole words by their hash. */
export const GROUP_TABLES = 2 * PIECE_LENGTH * 16;
export const WORD_TABLES = GROUP_TABLES + (1 << PIECES_LOG2);

/** The entry of four bytes in the table of those by their hash. */
export function hashEntry(bytes: ArrayLike<number>, at: number): number {
  let number = 0;
  for (let place = PIECE_LENGTH - 1; place >= 0; place -= 1)
    number = (number << 8) | (bytes[at + place] ?? 0);
  return Math.imul(number | FOLD, SPREAD) >>> (32 - PIECES_LOG2);
}

/** The same of two bytes. */
export function pairEntry(first: number, second: number): number {
  return Math.imul((second << 8) | first | (FOLD & 0xffff), SPREAD) >>> (32 - PIECES_LOG2);
}
