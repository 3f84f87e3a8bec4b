import type { TextFrame } from '../block/block-text.ts';
import { byteRun, LONGEST_RUN, searchBytes } from '../block/byte-search.ts';
import { foldsIntoAscii } from '../block/gram-filter.ts';
import { caseVariants } from './case-folding.ts';

/**
 * A text to look for whatever its case, made ready for bytes: lines are searched as they are stored, a whole block at a
 * time. What is written in one way only but for the case of ASCII is found by a few instructions of machine code
 * (byte-search.ts); letters with case outside of ASCII, by one regular expression on the bytes taken as Latin-1. Decoding
 * UTF-8 first would cost more than the search.
 */
export interface Needle {
  /** Length of the text in bytes, to search for the longest first. */
  length: number;
  /** Byte runs, ASCII in lower case, that every hit contains; see gram-filter.ts. */
  parts: Uint8Array[];
  /** Where lines hold it: sets `hits[line]` to 1. Answers whether there was any. */
  mark(lines: SearchableText, hits: Uint8Array): boolean;
}

/** The text of several lines, as stored: of a frame of a block. */
export type SearchableText = Pick<TextFrame, 'bytes' | 'latin1' | 'ends'>;

const ASCII_LETTER = /[a-z]/i;

export function makeNeedle(text: string): Needle {
  const letters = Array.from(text);
  const plain = isPlain(letters) ? plainSearch(text) : expressionSearch(letters.map(plainPattern));
  // Only these are written with a letter from outside ASCII too, in blocks that have it.
  const full = letters.some(hasVariantOutsideAscii) ? expressionSearch(letters.map(fullPattern)) : undefined;
  return {
    length: Buffer.byteLength(text),
    parts: certainParts(letters),
    mark(lines, hits) {
      const search = full !== undefined && foldsIntoAscii(lines.bytes) ? full : plain;
      return markLines(search(lines), lines, hits);
    },
  };
}

/** What finds hits in a text, one after another. */
type Search = (lines: SearchableText) => Finder;

/** Without an object for a hit: there may be one in every line. */
interface Finder {
  /** Where the first hit from a place on begins; -1 where there is none. */
  find(from: number): number;
  /** Of the hit that was found last, in bytes. */
  length: number;
}

/** Digits, punctuation, Japanese, and the letters of ASCII. */
function isPlain(letters: string[]): boolean {
  return letters.every((letter) => letter <= '\x7f' || caseVariants(letter).length === 1);
}

function plainSearch(text: string): Search {
  const wanted = Buffer.from(text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase()));
  if (wanted.length === 0 || wanted.length > LONGEST_RUN)
    return expressionSearch(Array.from(text, plainPattern));
  const run = byteRun(wanted);
  const { length } = wanted;
  return ({ bytes }) => ({ find: searchBytes(bytes, run), length });
}

function expressionSearch(patterns: string[]): Search {
  const expression = new RegExp(patterns.join(''), 'g');
  return ({ latin1 }) => ({
    length: 0,
    find(from) {
      expression.lastIndex = from;
      const hit = expression.exec(latin1);
      this.length = hit?.[0].length ?? 0;
      return hit?.index ?? -1;
    },
  });
}

/**
 * Lines have no separators between them, so that a hit may begin in one and end in the next: that is none, and the search
 * goes on one byte further.
 */
function markLines(finder: Finder, lines: SearchableText, hits: Uint8Array): boolean {
  let at = finder.find(0);
  if (at < 0) return false;
  const { ends } = lines;
  let any = false;
  let line = 0;
  while (at >= 0 && line < ends.length) {
    while ((ends[line] ?? Infinity) <= at) line += 1;
    const end = ends[line] ?? 0;
    if (at + finder.length <= end) {
      hits[line] = 1;
      any = true;
      at = finder.find(end);
    } else {
      at = finder.find(at + 1);
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
