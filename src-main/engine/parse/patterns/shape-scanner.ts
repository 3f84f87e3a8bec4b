import { BYTE } from '../bytes.ts';
import { EMPTY, VALUE } from './template-token.ts';
import { endOfRun, endOfWidePath, isSlash, RUN, runKind, slashesIn } from './wide-text.ts';
import { asciiSet, AT, DIGIT, FLAGS, HEX_LETTER, NOT_HEX, SIGN, SLASH, WIDE } from './word-flags.ts';
import { isAnswer, isCalendarName, isTruthWord, isUnit, mayBeValue } from './value-words.ts';

/*
 * A line's shape: its words as they stand, everything that looks like a value (numbers, addresses, identifiers, paths,
 * durations, sizes, dates) as one wild token, and the punctuation between. Lines of one statement of a program nearly
 * always have one shape, and a program has few, so that all further work is done once per shape and not per line.
 *
 * What is a value is decided by the classes of its bytes alone, as the field's studies of log parsing found to carry
 * furthest without any knowledge of the system: Drain masks tokens with digits, Brain and its successors numbers and
 * addresses, and runs of values count as one (a list of addresses is one variable, however long it is).
 */

export const TOKEN = { space: 0, delimiter: 1, word: 2, value: 3, empty: 4 } as const;

/** Tokens of a line that are looked at; what follows is one value. Bounds a shape, and the time a line takes. */
const MAX_TOKENS = 192;
/** Bytes of a line that are looked at. */
const MAX_BYTES = 4096;

/** Delimiters that may stand between two values that are really one: 10.0.0.1:80, 12, 13, 2026-11-21 10:00. */
const JOINS = asciiSet(' ,:;|#.<>~-/');

/** What a miner takes of a line: two independent 32-bit hashes that name its shape, and its tokens for when it is new. */
export interface ScannedShape {
  readonly high: number;
  readonly low: number;
  tokens(bytes: Uint8Array): string[];
}

/** Reused for every line: holds the shape of the last one. */
export class ShapeScanner implements ScannedShape {
  count = 0;
  readonly kinds = new Uint8Array(MAX_TOKENS);
  readonly starts = new Int32Array(MAX_TOKENS);
  readonly ends = new Int32Array(MAX_TOKENS);
  /** Two independent 32-bit hashes of the shape; together they name it. */
  high = 0;
  low = 0;
  readonly #highs = new Int32Array(MAX_TOKENS + 1);
  readonly #lows = new Int32Array(MAX_TOKENS + 1);
  /** Index of the last value as long as only joining delimiters followed it, else -1. */
  #joinable = -1;
  /** Index of the last value that ended with a unit. */
  #measured = -1;

  /** Time in proportion to the bytes, and bounded; never throws, whatever they are. */
  scan(bytes: Uint8Array, start: number, end: number): void {
    this.count = 0;
    this.#joinable = -1;
    this.#measured = -1;
    const limit = Math.min(end, start + MAX_BYTES);
    let at = start;
    while (at < limit) {
      if (this.count >= MAX_TOKENS - 4) break;
      const first = bytes[at] ?? 0;
      let flag = FLAGS[first] ?? 0;
      if (flag === 0) {
        at = first <= BYTE.space ? this.#space(bytes, at, limit) : this.#delimiter(bytes, at, limit);
        continue;
      }
      let flags = 0;
      let hash = SEED;
      let index = at;
      let byte = first;
      do {
        flags |= flag;
        hash = Math.imul(hash ^ byte, PRIME);
        index += 1;
        if (index === limit) break;
        byte = bytes[index] ?? 0;
        flag = FLAGS[byte] ?? 0;
      } while (flag !== 0);
      // Most words are nothing but letters, and most of these are no values.
      if ((flags | HEX_LETTER) === (NOT_HEX | HEX_LETTER) && !mayBeValue(hash)) {
        this.#push(TOKEN.word, at, index, hash);
        this.#joinable = -1;
        at = index;
      } else if ((flags & WIDE) !== 0) at = this.#wide(bytes, at, index, limit);
      else at = this.#word(bytes, at, index, limit, flags, hash);
    }
    if (at < end) this.#value(at, end);
    if (this.count > 0 && this.kinds[this.count - 1] === TOKEN.space) this.count -= 1;
    this.high = this.#highs[this.count] ?? 0;
    this.low = this.#lows[this.count] ?? 0;
  }

  /** The tokens of the line scanned last, as texts. */
  tokens(bytes: Uint8Array): string[] {
    const tokens: string[] = [];
    for (let index = 0; index < this.count; index += 1) {
      const kind = this.kinds[index];
      if (kind === TOKEN.value) tokens.push(VALUE);
      else if (kind === TOKEN.empty) tokens.push(EMPTY);
      else if (kind === TOKEN.space) tokens.push(' ');
      else tokens.push(decoder.decode(bytes.subarray(this.starts[index], this.ends[index])));
    }
    return tokens;
  }

  #space(bytes: Uint8Array, at: number, limit: number): number {
    let index = at + 1;
    while (index < limit && (bytes[index] ?? 0) <= BYTE.space) index += 1;
    // Spaces in front say nothing, and behind them an equals sign has no value.
    if (this.count > 0) this.#push(TOKEN.space, at, index, BYTE.space);
    return index;
  }

  #delimiter(bytes: Uint8Array, at: number, limit: number): number {
    const byte = bytes[at] ?? 0;
    const last = this.count - 1;
    if (closes(byte) && last >= 0 && this.ends[last] === at) {
      const opening = bytes[this.starts[last] ?? 0] ?? 0;
      if (this.kinds[last] === TOKEN.delimiter && opens(opening, byte)) this.#push(TOKEN.empty, at, at, 1);
      if (byte === 41 && this.#isRestatement(bytes)) {
        this.count -= 3;
        this.ends[this.count - 1] = at + 1;
        this.#joinable = this.count - 1;
        return at + 1;
      }
    }
    this.#push(TOKEN.delimiter, at, at + 1, byte);
    if (JOINS[byte] !== 1) this.#joinable = -1;
    const next = bytes[at + 1] ?? BYTE.space;
    if (byte === BYTE.equals && (at + 1 >= limit || next === BYTE.space || next === BYTE.comma)) {
      this.#push(TOKEN.empty, at + 1, at + 1, 1);
    }
    return at + 1;
  }

  /** `7426 bytes (7.25 KB`: the same amount again in another unit, which small amounts do without. */
  #isRestatement(bytes: Uint8Array): boolean {
    const last = this.count - 1;
    return (
      last >= 3 &&
      this.#measured === last &&
      this.kinds[last - 1] === TOKEN.delimiter &&
      bytes[this.starts[last - 1] ?? 0] === 40 &&
      this.kinds[last - 2] === TOKEN.space &&
      this.kinds[last - 3] === TOKEN.value
    );
  }

  #word(
    bytes: Uint8Array,
    start: number,
    wordEnd: number,
    limit: number,
    flags: number,
    hash: number,
  ): number {
    let end = wordEnd;
    let text = hash;
    if ((flags & (DIGIT | NOT_HEX | HEX_LETTER)) === 0) {
      // Nothing but signs: dashes, asterisks, arrows.
      this.#push(TOKEN.delimiter, start, wordEnd, hash);
      if (JOINS[bytes[start] ?? 0] !== 1) this.#joinable = -1;
      return wordEnd;
    }
    if ((flags & SIGN) !== 0) {
      // The full stop of a sentence is none of the word's.
      while (isStop(bytes[end - 1] ?? 0)) end -= 1;
      if (end < wordEnd) text = hashOf(bytes, start, end);
    }
    if ((flags & SLASH) !== 0 && isPath(bytes, start, end)) {
      // A path's query and a drive's colon are part of it; the scheme before it is as well.
      const pathEnd = endOfPath(bytes, wordEnd, limit);
      this.#dropScheme(bytes, start);
      this.#value(start, pathEnd);
      return pathEnd;
    }
    if (this.#isValue(bytes, start, end, limit, flags, text)) {
      this.#dropSign(bytes, start, end);
      this.#value(start, end);
    } else {
      this.#push(TOKEN.word, start, end, text);
      this.#joinable = -1;
    }
    if (end < wordEnd) this.#push(TOKEN.delimiter, end, wordEnd, bytes[end] ?? 0);
    return wordEnd;
  }

  /** Text of a script without spaces: each run of letters, numbers and signs in it is a word of its own. */
  #wide(bytes: Uint8Array, start: number, wordEnd: number, limit: number): number {
    let at = start;
    while (at < wordEnd && this.count < MAX_TOKENS - 4) {
      const kind = runKind(bytes, at);
      const end = endOfRun(bytes, at, kind, wordEnd);
      if (kind === RUN.narrow) at = this.#narrow(bytes, at, end, at === start, wordEnd, limit);
      else {
        if (kind === RUN.digits) this.#value(at, end);
        else {
          this.#push(kind === RUN.mark ? TOKEN.delimiter : TOKEN.word, at, end, hashOf(bytes, at, end));
          this.#joinable = -1;
        }
        at = end;
      }
    }
    return at;
  }

  /** A run of other letters, numbers and signs within wide text. A slash in it may be an "or": 読み取り/書き込み. */
  #narrow(
    bytes: Uint8Array,
    start: number,
    runEnd: number,
    isFirst: boolean,
    wordEnd: number,
    limit: number,
  ): number {
    const slashes = slashesIn(bytes, start, runEnd);
    if (isSlash(bytes[start] ?? 0) && runEnd > start + 1 && (isFirst || slashes > 1)) {
      const end = endOfWidePath(bytes, start, wordEnd);
      this.#dropScheme(bytes, start);
      this.#value(start, end);
      return end;
    }
    let end = runEnd;
    if (slashes === 1) {
      end = start;
      while (!isSlash(bytes[end] ?? 0)) end += 1;
      if (end === start) end += 1;
    }
    let flags = 0;
    for (let at = start; at < end; at += 1) flags |= FLAGS[bytes[at] ?? 0] ?? 0;
    return this.#word(bytes, start, end, end < wordEnd ? end : limit, flags, hashOf(bytes, start, end));
  }

  /** `<1 s`, `~5 ms`: less than or about a value is a value. */
  #dropSign(bytes: Uint8Array, start: number, end: number): void {
    const last = this.count - 1;
    if (last < 1 || this.#joinable >= 0 || this.ends[last] !== start) return;
    const sign = bytes[this.starts[last] ?? 0];
    if (sign !== BYTE.less && sign !== BYTE.greater) return;
    if (this.kinds[last - 1] === TOKEN.space && bytes[end] !== BYTE.greater) this.count -= 1;
  }

  /** `https:` in front of slashes, `C:` in front of backslashes. */
  #dropScheme(bytes: Uint8Array, start: number): void {
    const last = this.count - 1;
    if (last < 1 || this.kinds[last] !== TOKEN.delimiter || bytes[this.starts[last] ?? 0] !== BYTE.colon)
      return;
    if (this.kinds[last - 1] !== TOKEN.word || this.ends[last] !== start) return;
    const drive = (this.ends[last - 1] ?? 0) - (this.starts[last - 1] ?? 0) === 1;
    const web = bytes[start] === BYTE.slash && bytes[start + 1] === BYTE.slash;
    if (drive || web) this.count -= 2;
  }

  #isValue(
    bytes: Uint8Array,
    start: number,
    end: number,
    limit: number,
    flags: number,
    hash: number,
  ): boolean {
    if ((flags & (DIGIT | AT)) !== 0) return true;
    const length = end - start;
    if ((flags & (NOT_HEX | SIGN)) === 0 && length >= 8) return true;
    const last = this.count - 1;
    if (last >= 0 && this.#joinable >= 0 && length <= 12 && isUnit(hash, length)) {
      // Behind a number, with or without a space.
      if (this.#joinable === last || (this.#joinable === last - 1 && this.kinds[last] === TOKEN.space)) {
        this.#measured = this.#joinable;
        return true;
      }
    }
    // A server and its port.
    if ((flags & SIGN) !== 0 && bytes[end] === BYTE.colon && end + 1 < limit) {
      if (((FLAGS[bytes[end + 1] ?? 0] ?? 0) & DIGIT) !== 0 && bytes.subarray(start, end).includes(BYTE.dot))
        return true;
    }
    if (length <= 5 && isTruthWord(hash)) return true;
    if (length <= 9 && this.#announced(bytes) && isAnswer(hash)) return true;
    if (length <= 4 && last >= 0 && this.kinds[last] === TOKEN.delimiter) {
      const before = bytes[this.starts[last] ?? 0];
      if (before === BYTE.colon && (flags & NOT_HEX) === 0 && this.#joinable >= 0) return true;
    }
    return length === 3 && isCalendarName(hash) && (this.#joinable >= 0 || dateFollows(bytes, end, limit));
  }

  /** Behind an equals sign. */
  #announced(bytes: Uint8Array): boolean {
    const last = this.count - 1;
    return last >= 0 && this.kinds[last] === TOKEN.delimiter && bytes[this.starts[last] ?? 0] === BYTE.equals;
  }

  #value(start: number, end: number): void {
    if (this.#joinable >= 0) {
      const measured = this.#measured === this.#joinable;
      this.count = this.#joinable + 1;
      this.ends[this.#joinable] = end;
      if (!measured) this.#measured = -1;
      return;
    }
    this.#joinable = this.count;
    this.#push(TOKEN.value, start, end, 2);
  }

  #push(kind: number, start: number, end: number, hash: number): void {
    const index = this.count;
    this.kinds[index] = kind;
    this.starts[index] = start;
    this.ends[index] = end;
    this.#highs[index + 1] = Math.imul((this.#highs[index] ?? 0) ^ (hash + kind), 0x5bd1e995) + 0x3c6ef372;
    const low = this.#lows[index] ?? 0;
    this.#lows[index + 1] = Math.imul(((low << 13) | (low >>> 19)) ^ hash, 0x165667b1) + kind;
    this.count = index + 1;
  }
}

const decoder = new TextDecoder();
const SEED = 0x811c9dc5 | 0;
const PRIME = 0x01000193;

/** FNV-1a, as the scanner computes it while it reads a word. */
export function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = SEED;
  for (let index = start; index < end; index += 1) hash = Math.imul(hash ^ (bytes[index] ?? 0), PRIME);
  return hash;
}

/** A path or an address of the web: begins with a slash, or has two. `read/write` is neither. */
function isPath(bytes: Uint8Array, start: number, end: number): boolean {
  let slashes = 0;
  for (let index = start; index < end; index += 1) {
    const byte = bytes[index];
    if (byte === BYTE.slash || byte === BYTE.backslash) slashes += 1;
  }
  return slashes >= 2 || (slashes === 1 && end - start > 1 && !isInner(bytes, start, end));
}

function endOfPath(bytes: Uint8Array, from: number, limit: number): number {
  let at = from;
  while (at < limit) {
    const byte = bytes[at] ?? 0;
    if (
      FLAGS[byte] === 0 &&
      byte !== BYTE.equals &&
      byte !== BYTE.colon &&
      byte !== 59 &&
      byte !== BYTE.comma
    )
      break;
    // A comma or colon that is followed by a space ends a part of the sentence.
    if (FLAGS[byte] === 0 && (FLAGS[bytes[at + 1] ?? BYTE.space] ?? 0) === 0) break;
    at += 1;
  }
  return at;
}

function isInner(bytes: Uint8Array, start: number, end: number): boolean {
  const first = bytes[start];
  const last = bytes[end - 1];
  return first !== BYTE.slash && first !== BYTE.backslash && last !== BYTE.slash && last !== BYTE.backslash;
}

/** After the name of a day or month: a number, or the other of the two. */
function dateFollows(bytes: Uint8Array, end: number, limit: number): boolean {
  let at = end;
  while (at < limit && (bytes[at] === BYTE.space || bytes[at] === BYTE.comma)) at += 1;
  if (at === end || at >= limit) return false;
  if (((FLAGS[bytes[at] ?? 0] ?? 0) & DIGIT) !== 0) return true;
  return (
    at + 3 <= limit && FLAGS[bytes[at + 3] ?? BYTE.space] === 0 && isCalendarName(hashOf(bytes, at, at + 3))
  );
}

function closes(byte: number): boolean {
  return byte === 41 || byte === 93 || byte === 125 || byte === 62 || byte === 34 || byte === 39;
}

function opens(opening: number, closing: number): boolean {
  if (closing === 41) return opening === 40;
  if (closing === 34 || closing === 39) return opening === closing;
  return opening === closing - 2;
}

function isStop(byte: number): boolean {
  return byte === BYTE.dot || byte === 33 || byte === 63;
}
