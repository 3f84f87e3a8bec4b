import { foldsIntoAscii } from '../block/gram-filter.ts';
import { caseVariants } from './case-folding.ts';

/**
 * A text to look for whatever its case, made ready for bytes. Lines are searched as they are stored: bytes taken as
 * Latin-1, a whole block at a time, by one regular expression of plain characters. Decoding UTF-8 first would cost more
 * than the search.
 */
export interface Needle {
  /** Length of the text in bytes, to search for the longest first. */
  length: number;
  /** Byte runs, ASCII in lower case, that every hit contains; see gram-filter.ts. */
  parts: Uint8Array[];
  /** Where lines hold it: sets `hits[line]` to 1. Answers whether there was any. */
  mark(lines: SearchableText, hits: Uint8Array): boolean;
}

/** The text of several lines, as stored. */
export interface SearchableText {
  /** The bytes taken as Latin-1. */
  latin1: string;
  bytes: Buffer;
  ends: Uint32Array;
}

const ASCII_LETTER = /[a-z]/i;

export function makeNeedle(text: string): Needle {
  const letters = Array.from(text);
  const plain = new RegExp(letters.map(plainPattern).join(''), 'g');
  const full = letters.some(hasVariantOutsideAscii)
    ? new RegExp(letters.map(fullPattern).join(''), 'g')
    : undefined;
  if (letters.every((letter) => caseVariants(letter).length === 1)) return uncasedNeedle(text);
  return {
    length: Buffer.byteLength(text),
    parts: certainParts(letters),
    mark(lines, hits) {
      const pattern = full !== undefined && foldsIntoAscii(lines.bytes) ? full : plain;
      return markLines(pattern, lines, hits);
    },
  };
}

/** Digits, punctuation, Japanese: written in one way only, and found in the bytes themselves. */
function uncasedNeedle(text: string): Needle {
  const wanted = Buffer.from(text, 'utf8');
  return {
    length: wanted.length,
    parts: [wanted],
    mark(lines, hits) {
      const { bytes } = lines;
      let any = false;
      let line = 0;
      let at = bytes.indexOf(wanted);
      while (at >= 0) {
        const { ends } = lines;
        while ((ends[line] ?? Infinity) <= at) line += 1;
        const end = ends[line] ?? 0;
        const within = at + wanted.length <= end;
        if (within) {
          hits[line] = 1;
          any = true;
        }
        at = bytes.indexOf(wanted, within ? end : at + 1);
      }
      return any;
    },
  };
}

/**
 * Lines have no separators between them, so that a hit may begin in one and end in the next: that is none, and the search
 * goes on one byte further.
 */
function markLines(pattern: RegExp, lines: SearchableText, hits: Uint8Array): boolean {
  const { latin1, ends } = lines;
  let any = false;
  let line = 0;
  pattern.lastIndex = 0;
  for (let hit = pattern.exec(latin1); hit !== null; hit = pattern.exec(latin1)) {
    while ((ends[line] ?? Infinity) <= hit.index) line += 1;
    const end = ends[line] ?? 0;
    if (hit.index + hit[0].length <= end) {
      hits[line] = 1;
      any = true;
      pattern.lastIndex = end;
    } else {
      pattern.lastIndex = hit.index + 1;
    }
  }
  return any;
}

/** For blocks without the Kelvin sign and the long s, which alone fold into ASCII from outside. */
function plainPattern(letter: string): string {
  if (ASCII_LETTER.test(letter)) return `[${letter.toLowerCase()}${letter.toUpperCase()}]`;
  return fullPattern(letter);
}

function fullPattern(letter: string): string {
  const variants = caseVariants(letter).map(bytesPattern);
  return variants.length === 1 ? (variants[0] ?? '') : `(?:${variants.join('|')})`;
}

function bytesPattern(letter: string): string {
  return [...Buffer.from(letter, 'utf8')].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
}

function hasVariantOutsideAscii(letter: string): boolean {
  return ASCII_LETTER.test(letter) && caseVariants(letter).some((variant) => variant > '\x7f');
}

/** Runs of letters that are written in one way only, but for the case of ASCII. */
function certainParts(letters: string[]): Uint8Array[] {
  const parts: string[] = [];
  let part = '';
  for (const letter of letters) {
    if (letter <= '\x7f' || caseVariants(letter).length === 1) {
      part += letter <= '\x7f' ? letter.toLowerCase() : letter;
    } else {
      parts.push(part);
      part = '';
    }
  }
  parts.push(part);
  return parts.filter((text) => text !== '').map((text) => Buffer.from(text, 'utf8'));
}
