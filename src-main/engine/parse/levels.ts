import { BYTE, isLetter, isWordByte, matchesAt } from './bytes.ts';

/** The word's RFC 5424 severity is not known. */
export const NO_LEVEL = -1;

/** Level words in lower case with their RFC 5424 severity. */
const WORDS: readonly (readonly [string, number])[] = [
  ['emerg', 0],
  ['emergency', 0],
  ['panic', 0],
  ['alert', 1],
  ['crit', 2],
  ['critical', 2],
  ['fatal', 2],
  ['ftl', 2],
  ['err', 3],
  ['error', 3],
  ['severe', 3],
  ['eror', 3],
  ['warn', 4],
  ['warning', 4],
  ['wrn', 4],
  ['notice', 5],
  ['info', 6],
  ['inf', 6],
  ['information', 6],
  ['informational', 6],
  ['log', 6],
  ['debug', 7],
  ['dbg', 7],
  ['trace', 7],
  ['trc', 7],
  ['verbose', 7],
  ['fine', 7],
  ['finer', 7],
  ['finest', 7],
];
const LONGEST = Math.max(...WORDS.map(([word]) => word.length));

/** By the first letter's low five bits and the length: at most two words to compare. */
const candidates: { word: string; level: number }[][] = Array.from({ length: 32 * 16 }, () => []);
for (const [word, level] of WORDS) candidates[place(word.charCodeAt(0), word.length)]?.push({ word, level });

/** By the same: whether there is a word at all. Most words of a log are told by it to be none. */
const IS_CANDIDATE = Uint8Array.from(candidates, ({ length }) => Math.min(length, 1));

function place(letter: number, length: number): number {
  return (letter & 31) * 16 + length;
}

/** RFC 5424 severity of a level word in any case, or NO_LEVEL. */
export function levelOfWord(bytes: Uint8Array, start: number, end: number): number {
  const length = end - start;
  if (length < 3 || length > LONGEST || !isLetter(bytes[start])) return NO_LEVEL;
  const words = candidates[place(bytes[start] ?? 0, length)] ?? [];
  for (let index = 0; index < words.length; index += 1) {
    const candidate = words[index];
    if (candidate !== undefined && matchesAt(bytes, start, end, candidate.word)) return candidate.level;
  }
  return NO_LEVEL;
}

/** Same for a text, e.g. a JSON value. */
export function levelOfText(text: string): number {
  const lower = text.trim().toLowerCase();
  return WORDS.find(([word]) => word === lower)?.[1] ?? NO_LEVEL;
}

/**
 * Numbers written as levels: 0–7 are syslog's; 10–60 those of pino and bunyan.
 */
export function levelOfNumber(value: number): number {
  if (!Number.isInteger(value) || value < 0) return NO_LEVEL;
  if (value <= 7) return value;
  if (value < 10 || value > 60) return NO_LEVEL;
  return [7, 7, 6, 4, 3, 2][Math.floor(value / 10) - 1] ?? NO_LEVEL;
}

/** Prose mentions errors; a level stands near the start. */
const LEVEL_REACH = 96;
const LEVEL_WORDS = 8;

/**
 * The level a line names near its start: a word in capitals, or in any case where brackets, a colon or `level=` mark it
 * as one. "no error found" is none.
 */
export function findLevel(bytes: Uint8Array, start: number, end: number): number {
  const limit = Math.min(end, start + LEVEL_REACH);
  let words = 0;
  let at = start;
  while (at < limit && words < LEVEL_WORDS) {
    if (IN_WORD[bytes[at] ?? 0] === 0) {
      at += 1;
      continue;
    }
    const from = at;
    const last = Math.min(end, Math.max(limit, from + LONGEST + 1));
    while (at < last && IN_WORD[bytes[at] ?? 0] === 1) at += 1;
    const mayBe = at - from <= LONGEST && IS_CANDIDATE[place(bytes[from] ?? 0, at - from)] === 1;
    if (mayBe && isMarked(bytes, start, from, at, end)) {
      const level = levelOfWord(bytes, from, at);
      if (level !== NO_LEVEL) return level;
    }
    words += 1;
  }
  return NO_LEVEL;
}

/** 1 for what can be part of a word. */
const IN_WORD = Uint8Array.from({ length: 256 }, (_, byte) => (isWordByte(byte) ? 1 : 0));

function isMarked(bytes: Uint8Array, lineStart: number, from: number, to: number, end: number): boolean {
  const before = from > lineStart ? bytes[from - 1] : BYTE.space;
  const after = to < end ? bytes[to] : BYTE.space;
  // A part of a longer name, such as /var/log/error.log or error_count.
  if (before === BYTE.dot || before === BYTE.slash || before === 95 || after === 95 || after === BYTE.slash) {
    return false;
  }
  if (before === BYTE.openBracket || before === BYTE.less || before === BYTE.pipe) return true;
  if (before === BYTE.colon && after === BYTE.closeBracket) return true;
  if (before === BYTE.equals)
    return (
      matchesAt(bytes, Math.max(lineStart, from - 6), from, 'level=') ||
      matchesAt(bytes, Math.max(lineStart, from - 4), from, 'lvl=')
    );
  if (after === BYTE.colon) return true;
  return isCapitals(bytes, from, to);
}

function isCapitals(bytes: Uint8Array, from: number, to: number): boolean {
  for (let index = from; index < to; index += 1) {
    if (((bytes[index] ?? 0) & 32) !== 0) return false;
  }
  return true;
}
