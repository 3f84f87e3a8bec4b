import { FIELD, type ParsedBatch } from '../../flow/parsed-batch.ts';
import { BYTE, isDigit, isLetter, isWordByte, skipSpaces, wordEnd } from '../bytes.ts';
import { levelOfWord, NO_LEVEL } from '../levels.ts';
import { NO_STAMP } from '../stamp.ts';
import type { LineFormat, ParseContext } from './line-format.ts';

const MAX_NAME = 128;

/**
 * Python's logging and those who write like it (log4j, logback, loguru): a stamp, then level and logger name in either
 * order, set apart by ` - `, ` | `, `::`, brackets or spaces; or `LEVEL:name:message` without a stamp.
 */
export const python: LineFormat = { name: 'python', parse };

function parse(batch: ParsedBatch, line: number, context: ParseContext): boolean {
  const bytes = batch.bytes;
  const start = batch.starts[line] ?? 0;
  const end = batch.ends[line] ?? 0;
  const bracketed = bytes[start] === BYTE.openBracket ? start + 1 : start;
  if (isLetter(bytes[start])) return parseBasic(batch, line, start, end);
  if (!isDigit(bytes[bracketed])) return false;
  const stampEnd = context.stamps.readIso(bytes, bracketed, end);
  if (stampEnd === NO_STAMP || (bytes[bracketed + 4] === BYTE.slash && bracketed === start)) return false;
  const time = context.stamps.time;
  const at = separatorEnd(bytes, bytes[stampEnd] === BYTE.closeBracket ? stampEnd + 1 : stampEnd, end);
  if (at === stampEnd || !readLevelAndName(batch, line, at, end)) return false;
  batch.times[line] = time;
  return true;
}

/** `WARNING:root:message`, the default of logging.basicConfig. */
function parseBasic(batch: ParsedBatch, line: number, start: number, end: number): boolean {
  const bytes = batch.bytes;
  const levelEnd = lettersEnd(bytes, start, end);
  const level = levelOfWord(bytes, start, levelEnd);
  if (level === NO_LEVEL || bytes[levelEnd] !== BYTE.colon || (bytes[start] ?? 0) > 90) return false;
  const nameEnd = nameEndAt(bytes, levelEnd + 1, end);
  if (nameEnd === levelEnd + 1 || bytes[nameEnd] !== BYTE.colon || nameEnd >= end) return false;
  batch.levels[line] = level;
  batch.setSlice(line, FIELD.program, levelEnd + 1, nameEnd);
  batch.setSlice(line, FIELD.message, nameEnd + 1, end);
  return true;
}

/** The level stands first, or after at most two other words (process, thread or name). */
function readLevelAndName(batch: ParsedBatch, line: number, from: number, end: number): boolean {
  const bytes = batch.bytes;
  let at = from;
  let nameStart = -1;
  let nameEnd = -1;
  for (let word = 0; word < 3 && at < end; word += 1) {
    const open = bytes[at] === BYTE.openBracket || bytes[at] === 40 ? at + 1 : at;
    const levelEnd = lettersEnd(bytes, open, end);
    const level = levelOfWord(bytes, open, levelEnd);
    if (level !== NO_LEVEL && !isWordByte(bytes[levelEnd]) && isUpper(bytes[open])) {
      batch.levels[line] = level;
      const after = bytes[levelEnd] === BYTE.closeBracket || bytes[levelEnd] === 41 ? levelEnd + 1 : levelEnd;
      finish(batch, line, separatorEnd(bytes, after, end), end, nameStart, nameEnd);
      return true;
    }
    const stop = nameEndAt(bytes, open, end);
    if (stop === open) return false;
    // A number is a process id.
    if (!isDigit(bytes[open])) {
      nameStart = open;
      nameEnd = stop;
    }
    const closed = bytes[stop] === BYTE.closeBracket || bytes[stop] === 41 ? stop + 1 : stop;
    at = separatorEnd(bytes, closed, end);
    if (at === closed) return false;
  }
  return false;
}

/** After the level: `name: `, `name - `, `[name] `, `(thread) [name] `, or only the message. */
function finish(
  batch: ParsedBatch,
  line: number,
  from: number,
  end: number,
  start: number,
  stop: number,
): void {
  const bytes = batch.bytes;
  let at = from;
  let nameStart = start;
  let nameEnd = stop;
  for (let part = 0; part < 2 && nameStart < 0; part += 1) {
    const bracketed = bytes[at] === BYTE.openBracket || bytes[at] === 40;
    const parenthesis = bytes[at] === 40;
    const open = bracketed ? at + 1 : at;
    const close = nameEndAt(bytes, open, end);
    if (close === open) break;
    const after = bracketed ? close + 1 : close;
    if (bracketed && bytes[close] !== (parenthesis ? 41 : BYTE.closeBracket)) break;
    const next = separatorEnd(bytes, after, end);
    const plainSpace = !bracketed && next === skipSpaces(bytes, after, end) && bytes[after] === BYTE.space;
    if (plainSpace || next === after) break;
    at = next;
    // `(MainThread)`: the logger's name follows.
    if (parenthesis) continue;
    nameStart = open;
    nameEnd = bytes[close - 1] === BYTE.colon ? close - 1 : close;
  }
  if (nameStart >= 0) batch.setSlice(line, FIELD.program, nameStart, nameEnd);
  batch.setSlice(line, FIELD.message, at, end);
}

/** Skips spaces and one of ` - `, ` | `, `: `, `::`. */
function separatorEnd(bytes: Uint8Array, from: number, end: number): number {
  let at = skipSpaces(bytes, from, end);
  const mark = bytes[at];
  if (mark === BYTE.dash || mark === BYTE.pipe || mark === BYTE.colon) {
    at += 1;
    if (mark === BYTE.colon && bytes[at] === BYTE.colon) at += 1;
  }
  return skipSpaces(bytes, Math.min(at, end), end);
}

function lettersEnd(bytes: Uint8Array, from: number, end: number): number {
  const limit = Math.min(end, from + 16);
  let at = from;
  while (at < limit && isLetter(bytes[at])) at += 1;
  return at;
}

/** End of a dotted name: letters, digits, `.`, `_`, `-`, `/`, `$`, `#`, `@`, or a colon inside (module:function:12). */
function nameEndAt(bytes: Uint8Array, from: number, end: number): number {
  const limit = Math.min(end, from + MAX_NAME);
  let at = from;
  while (at < limit) {
    const byte = bytes[at];
    const inside =
      isWordByte(byte) ||
      byte === BYTE.dot ||
      byte === 95 ||
      byte === BYTE.dash ||
      byte === BYTE.slash ||
      byte === 36 ||
      byte === BYTE.hash ||
      byte === 64 ||
      byte === BYTE.less ||
      byte === BYTE.greater ||
      (byte === BYTE.colon && at > from && isInnerColon(bytes, at, limit));
    if (!inside) break;
    at += 1;
  }
  return at === wordEnd(bytes, from, end) || at < limit ? at : from;
}

/** A colon before a line number, or in loguru's `module:function:12 - `. */
function isInnerColon(bytes: Uint8Array, at: number, limit: number): boolean {
  if (isDigit(bytes[at + 1])) return true;
  const after = wordEnd(bytes, at, limit);
  return isWordByte(bytes[at + 1]) && bytes[after + 1] === BYTE.dash && bytes[after + 2] === BYTE.space;
}

function isUpper(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 65 && byte <= 90;
}
