import { EVENT, FIELD, type ParsedBatch } from '../../flow/parsed-batch.ts';
import {
  BYTE,
  decimal,
  digitsEnd,
  isDigit,
  isLetter,
  isWordByte,
  looksLikeAddress,
  matchesAt,
  skipSpaces,
  wordEnd,
} from '../bytes.ts';
import { levelOfWord, NO_LEVEL } from '../levels.ts';
import { NO_STAMP } from '../stamp.ts';
import type { LineFormat, ParseContext } from './line-format.ts';

const MAX_NAME = 128;

/**
 * Python's logging and those who write like it (log4j, logback, loguru): a stamp, then level and logger name in either
 * order, set apart by ` - `, ` | `, `::`, brackets or spaces; or `LEVEL:name:message` without a stamp.
 */
export const python: LineFormat = {
  name: 'python',
  opensWith: (byte) => byte === BYTE.openBracket || isDigit(byte) || isUpper(byte),
  parse,
  details,
};

function parse(batch: ParsedBatch, line: number, context: ParseContext): boolean {
  const bytes = batch.bytes;
  const start = batch.starts[line] ?? 0;
  const end = batch.ends[line] ?? 0;
  const bracketed = bytes[start] === BYTE.openBracket ? start + 1 : start;
  if (isLetter(bytes[start])) return parseLevelFirst(batch, line, start, end, context);
  if (!isDigit(bytes[bracketed])) return false;
  const stampEnd = context.stamps.readIso(bytes, bracketed, end);
  if (stampEnd === NO_STAMP || (bytes[bracketed + 4] === BYTE.slash && bracketed === start)) return false;
  // A container runtime's line has its own format, and what is inside may be Python's.
  if (matchesAt(bytes, stampEnd, end, ' std') && bytes[stampEnd + 9] === BYTE.space) return false;
  const time = context.stamps.time;
  const at = separatorEnd(bytes, bytes[stampEnd] === BYTE.closeBracket ? stampEnd + 1 : stampEnd, end);
  if (at === stampEnd || !readLevelAndName(batch, line, at, end)) return false;
  batch.times[line] = time;
  return true;
}

/** `WARNING:root:message`, `INFO:     message` (uvicorn), `INFO 2026-11-21 10:00:00,123 module 7 8 message` (Django). */
function parseLevelFirst(
  batch: ParsedBatch,
  line: number,
  start: number,
  end: number,
  context: ParseContext,
): boolean {
  const bytes = batch.bytes;
  const levelEnd = lettersEnd(bytes, start, end);
  const level = levelOfWord(bytes, start, levelEnd);
  if (level === NO_LEVEL || !isUpper(bytes[start])) return false;
  batch.levels[line] = level;
  if (bytes[levelEnd] === BYTE.space && isDigit(bytes[levelEnd + 1])) {
    return parseStampBehindLevel(batch, line, levelEnd + 1, end, context);
  }
  if (bytes[levelEnd] !== BYTE.colon) return false;
  const messageStart = skipSpaces(bytes, levelEnd + 1, end);
  // uvicorn pads level and colon to ten columns.
  if (messageStart - start === 10 && messageStart > levelEnd + 1) {
    readUvicorn(batch, line, messageStart, end);
    return true;
  }
  const nameEnd = nameEndAt(bytes, levelEnd + 1, end);
  if (nameEnd === levelEnd + 1 || bytes[nameEnd] !== BYTE.colon || nameEnd >= end) return false;
  batch.setSlice(line, FIELD.program, levelEnd + 1, nameEnd);
  batch.setSlice(line, FIELD.message, nameEnd + 1, end);
  return true;
}

function parseStampBehindLevel(
  batch: ParsedBatch,
  line: number,
  from: number,
  end: number,
  context: ParseContext,
): boolean {
  const bytes = batch.bytes;
  const stampEnd = context.stamps.readIso(bytes, from, end);
  if (stampEnd === NO_STAMP || bytes[stampEnd] !== BYTE.space) return false;
  batch.times[line] = context.stamps.time;
  const name = skipSpaces(bytes, stampEnd, end);
  const nameEnd = nameEndAt(bytes, name, end);
  let at = name;
  if (nameEnd > name && bytes[nameEnd] === BYTE.space && !isDigit(bytes[name])) {
    batch.setSlice(line, FIELD.program, name, nameEnd);
    at = skipSpaces(bytes, nameEnd, end);
    // Process and thread.
    for (let number = 0; number < 2; number += 1) {
      const digits = digitsEnd(bytes, at, end);
      if (digits > at && bytes[digits] === BYTE.space) at = skipSpaces(bytes, digits, end);
    }
  }
  batch.setSlice(line, FIELD.message, at, end);
  return true;
}

/** `192.0.2.1:50000 - "GET /path HTTP/1.1" 200 OK`, or any message. */
function readUvicorn(batch: ParsedBatch, line: number, from: number, end: number): void {
  const bytes = batch.bytes;
  batch.setSlice(line, FIELD.message, from, end);
  const wordStop = wordEnd(bytes, from, end);
  let colon = wordStop - 1;
  while (colon > from && isDigit(bytes[colon])) colon -= 1;
  if (bytes[colon] !== BYTE.colon || !looksLikeAddress(bytes, from, colon)) return;
  const method = wordStop + 4;
  if (bytes[wordStop + 1] !== BYTE.dash || bytes[wordStop + 3] !== BYTE.quote) return;
  const methodEnd = wordEnd(bytes, method, end);
  const targetEnd = wordEnd(bytes, methodEnd + 1, end);
  const quote = wordEnd(bytes, targetEnd + 1, end) - 1;
  if (bytes[quote] !== BYTE.quote || !isDigit(bytes[quote + 2]) || quote + 5 > end) return;
  batch.setSlice(line, FIELD.address, from, colon);
  batch.setSlice(line, FIELD.method, method, methodEnd);
  batch.setSlice(line, FIELD.target, methodEnd + 1, targetEnd);
  const status = decimal(bytes, quote + 2, quote + 5);
  batch.statuses[line] = status;
  batch.events[line] = EVENT.request;
  if (status >= 400) batch.levels[line] = status >= 500 ? 3 : 4;
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
      if (bytes[levelEnd] === BYTE.colon && isPostgresql(bytes, from, levelEnd)) return false;
      batch.levels[line] = level;
      if (bytes[levelEnd] === BYTE.slash) return finishCelery(batch, line, levelEnd + 1, end);
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

/** `… UTC [77] app@shop ERROR:  message`: a zone, and two spaces after the colon. */
function isPostgresql(bytes: Uint8Array, from: number, levelEnd: number): boolean {
  return (
    bytes[levelEnd + 1] === BYTE.space && bytes[levelEnd + 2] === BYTE.space && isLetter(bytes[from - 2])
  );
}

/** `[2026-11-21 10:00:00,123: INFO/MainProcess] message`. */
function finishCelery(batch: ParsedBatch, line: number, from: number, end: number): boolean {
  const stop = nameEndAt(batch.bytes, from, end);
  if (stop === from || batch.bytes[stop] !== BYTE.closeBracket) return false;
  batch.setSlice(line, FIELD.program, from, stop);
  batch.setSlice(line, FIELD.message, skipSpaces(batch.bytes, stop + 1, end), end);
  return true;
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

/** Process, thread and place in the code, where the configured shape has them. */
function* details(line: string): Generator<[string, string]> {
  const head = line.slice(0, 200);
  const process = /\[(\d+)\]/.exec(head)?.[1] ?? /^\S+ \S+ \S+ \S+ (\d+) \d+ /.exec(head)?.[1];
  if (process !== undefined) yield ['process.pid', process];
  const thread = /[[(]([A-Za-z][\w-]*Thread[\w-]*|Thread-\d+)[\])]/.exec(head)?.[1];
  if (thread !== undefined) yield ['process.thread.name', thread];
  const place = /\b([\w.]+):([\w<>]+):(\d+) - /.exec(head);
  if (place?.[2] !== undefined) {
    yield ['log.origin.function', place[2]];
    yield ['log.origin.file.line', place[3] ?? ''];
  }
}
