import { FIELD, type ParsedBatch } from '../../flow/parsed-batch.ts';
import { BYTE, isDigit, isLetter, looksLikeAddress, matchesAt, skipSpaces } from '../bytes.ts';
import { levelOfWord, NO_LEVEL } from '../levels.ts';
import { NO_STAMP } from '../stamp.ts';
import type { LineFormat, ParseContext } from './line-format.ts';

/** nginx puts its fields at the end; a message that long has none worth the search. */
const MAX_FIELD_SEARCH = 65_536;

/** The system's words for an error number are short. */
const MAX_SYSTEM_ERROR = 200;

/** Error logs of web servers: nginx (`2026/11/21 10:00:00 [error] …`) and Apache (`[Sat Nov 21 …] [core:error] …`). */
export const error: LineFormat = {
  name: 'error',
  opensWith: (byte) => byte === BYTE.openBracket || isDigit(byte),
  parse,
  details,
};

function parse(batch: ParsedBatch, line: number, context: ParseContext): boolean {
  const first = batch.bytes[batch.starts[line] ?? 0];
  if (first === BYTE.openBracket) return parseApache(batch, line, context);
  return isDigit(first) && parseNginx(batch, line, context);
}

/** `2026/11/21 10:00:00 [error] 31#31: *7 message, client: 192.0.2.1, server: x, request: "GET / HTTP/1.1", host: "x"` */
function parseNginx(batch: ParsedBatch, line: number, context: ParseContext): boolean {
  const bytes = batch.bytes;
  const start = batch.starts[line] ?? 0;
  const end = batch.ends[line] ?? 0;
  if (bytes[start + 4] !== BYTE.slash) return false;
  const stampEnd = context.stamps.readIso(bytes, start, end);
  if (stampEnd === NO_STAMP || bytes[stampEnd + 1] !== BYTE.openBracket) return false;
  const levelEnd = closingBracket(bytes, stampEnd + 2, end);
  const level = levelOfWord(bytes, stampEnd + 2, levelEnd);
  if (level === NO_LEVEL || levelEnd >= end) return false;
  batch.times[line] = context.stamps.time;
  batch.levels[line] = level;
  const message = skipSpaces(bytes, levelEnd + 1, end);
  batch.setSlice(line, FIELD.message, message, end);
  readNginxFields(batch, line, message, end);
  return true;
}

/**
 * nginx appends `, client: A, server: S, request: "…", …`. The message before may quote a path the client chose, and the
 * request and referrer behind are its own words: what imitates the fields there must not be taken for them. The client is
 * the first such field outside of quotes that a server follows; failing that the last before the first server.
 */
function readNginxFields(batch: ParsedBatch, line: number, from: number, end: number): void {
  const bytes = batch.bytes;
  const limit = Math.min(end, from + MAX_FIELD_SEARCH);
  let quoted = false;
  let client = -1;
  let at = from;
  for (; at < limit; at += 1) {
    const byte = bytes[at];
    if (byte === BYTE.quote) quoted = !quoted;
    if (byte !== BYTE.comma || bytes[at + 1] !== BYTE.space) continue;
    if (matchesAt(bytes, at + 2, end, 'client: ')) {
      client = at + 10;
      if (quoted) continue;
      at = fieldEnd(bytes, client, end);
      if (matchesAt(bytes, at, end, ', server: ') || at === end) break;
      at -= 1;
    }
  }
  if (client < 0) return;
  batch.setSlice(line, FIELD.address, client, fieldEnd(bytes, client, end));
  at = client;
  for (; at < limit; at += 1) {
    if (bytes[at] !== BYTE.comma || bytes[at + 1] !== BYTE.space) continue;
    if (matchesAt(bytes, at + 2, end, 'request: "')) {
      readRequest(batch, line, at + 12, end);
      at = quoteEnd(bytes, at + 12, end);
    } else if (matchesAt(bytes, at + 2, end, 'referrer: "')) {
      batch.setSlice(line, FIELD.referer, at + 13, quoteEnd(bytes, at + 13, end));
      return;
    }
  }
}

function readRequest(batch: ParsedBatch, line: number, start: number, end: number): void {
  const bytes = batch.bytes;
  const stop = quoteEnd(bytes, start, end);
  let methodEnd = start;
  while (methodEnd < stop && isLetter(bytes[methodEnd])) methodEnd += 1;
  if (methodEnd === start || bytes[methodEnd] !== BYTE.space) return;
  let targetEnd = stop;
  for (let index = stop - 9; index <= stop - 7; index += 1) {
    if (index > methodEnd && bytes[index] === BYTE.space && matchesAt(bytes, index + 1, stop, 'http/')) {
      targetEnd = index;
      break;
    }
  }
  batch.setSlice(line, FIELD.method, start, methodEnd);
  batch.setSlice(line, FIELD.target, methodEnd + 1, targetEnd);
}

/** `[Sat Nov 21 10:00:00.123456 2026] [core:error] [pid 7:tid 1] [client 192.0.2.1:5000] message` */
function parseApache(batch: ParsedBatch, line: number, context: ParseContext): boolean {
  const bytes = batch.bytes;
  const start = batch.starts[line] ?? 0;
  const end = batch.ends[line] ?? 0;
  const stampEnd = context.stamps.readCtime(bytes, start + 1, end);
  if (stampEnd === NO_STAMP || bytes[stampEnd] !== BYTE.closeBracket) return false;
  const time = context.stamps.time;
  let at = skipSpaces(bytes, stampEnd + 1, end);
  let level = NO_LEVEL;
  for (let parts = 0; parts < 8 && at < end && bytes[at] === BYTE.openBracket; parts += 1) {
    const close = closingBracket(bytes, at + 1, end);
    if (close >= end) break;
    if (level === NO_LEVEL) {
      level = moduleLevel(batch, line, at + 1, close);
      if (level === NO_LEVEL) return false;
    } else if (matchesAt(bytes, at + 1, close, 'client ')) setAddress(batch, line, at + 8, close);
    else if (matchesAt(bytes, at + 1, close, 'remote ')) setAddress(batch, line, at + 8, close);
    else if (!matchesAt(bytes, at + 1, close, 'pid ')) break;
    at = skipSpaces(bytes, close + 1, end);
  }
  if (level === NO_LEVEL) return false;
  if (!batch.has(line, FIELD.address)) readLateClient(batch, line, at, end);
  batch.times[line] = time;
  batch.levels[line] = level;
  batch.setSlice(line, FIELD.message, at, end);
  return true;
}

/** `(111)Connection refused: [client 192.0.2.1:5000] …`: the system's error stands before the client. */
function readLateClient(batch: ParsedBatch, line: number, from: number, end: number): void {
  const bytes = batch.bytes;
  if (bytes[from] !== 40 || !isDigit(bytes[from + 1])) return;
  const limit = Math.min(end, from + MAX_SYSTEM_ERROR);
  let at = from;
  while (at < limit && !(bytes[at] === BYTE.openBracket && bytes[at - 2] === BYTE.colon)) at += 1;
  if (!matchesAt(bytes, at, limit, '[client ')) return;
  setAddress(batch, line, at + 8, closingBracket(bytes, at + 8, end));
}

/** `error` or `module:error`; Apache's `trace1` … `trace8` are debug. */
function moduleLevel(batch: ParsedBatch, line: number, start: number, end: number): number {
  const bytes = batch.bytes;
  let colon = start;
  while (colon < end && bytes[colon] !== BYTE.colon) colon += 1;
  const from = colon < end ? colon + 1 : start;
  let to = end;
  if (isDigit(bytes[to - 1]) && matchesAt(bytes, from, end, 'trace')) to -= 1;
  const level = levelOfWord(bytes, from, to);
  if (level !== NO_LEVEL && colon < end && colon > start) batch.setSlice(line, FIELD.program, start, colon);
  return level;
}

/** The address without its port: `192.0.2.1:5000`, `2001:db8::1:5000`, `[2001:db8::1]:5000`. */
function setAddress(batch: ParsedBatch, line: number, start: number, end: number): void {
  const bytes = batch.bytes;
  let to = end;
  let colon = end - 1;
  while (colon > start && isDigit(bytes[colon])) colon -= 1;
  if (bytes[colon] === BYTE.colon) {
    // Apache writes IPv6 with its port as one row of groups; a plain address has two colons at most side by side.
    const portDigits = end - colon - 1;
    const colons = countColons(bytes, start, end);
    if (colons === 1 || portDigits === 5 || (colons > 7 && portDigits > 0)) to = colon;
  }
  if (looksLikeAddress(bytes, start, to)) batch.setSlice(line, FIELD.address, start, to);
}

function countColons(bytes: Uint8Array, start: number, end: number): number {
  let count = 0;
  for (let index = start; index < end; index += 1) if (bytes[index] === BYTE.colon) count += 1;
  return count;
}

function closingBracket(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end && bytes[at] !== BYTE.closeBracket) at += 1;
  return at;
}

function fieldEnd(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end && bytes[at] !== BYTE.comma && bytes[at] !== BYTE.space) at += 1;
  return at;
}

/** nginx escapes no quotes here: the field ends at a quote before a comma or the line's end. */
function quoteEnd(bytes: Uint8Array, from: number, end: number): number {
  for (let at = from; at < end; at += 1) {
    if (bytes[at] === BYTE.quote && (at + 1 === end || bytes[at + 1] === BYTE.comma)) return at;
  }
  return end;
}

/** Process, connection, and what nginx puts at the end of the line. */
function* details(line: string): Generator<[string, string]> {
  const nginx = /\] (\d+)#(\d+): (?:\*(\d+) )?/.exec(line.slice(0, 80));
  if (nginx?.[1] !== undefined) {
    yield ['process.pid', nginx[1]];
    if (nginx[3] !== undefined) yield ['connection', nginx[3]];
    const fields = line.slice(Math.max(0, line.lastIndexOf(', client: ')));
    for (const [, name = '', quoted, plain] of fields.matchAll(
      /, (server|upstream|host|referrer|request_id|subrequest): (?:"([^"]*)"|([^,\s]*))/g,
    )) {
      const value = quoted ?? plain ?? '';
      if (value !== '') yield [name === 'host' ? 'url.domain' : name, value];
    }
    return;
  }
  const apache = /\[pid (\d+)(?::tid (\d+))?\]/.exec(line.slice(0, 200));
  if (apache?.[1] !== undefined) yield ['process.pid', apache[1]];
  if (apache?.[2] !== undefined) yield ['process.thread.id', apache[2]];
  const port = /\[client [^\]]*:(\d{1,5})\]/.exec(line.slice(0, 400))?.[1];
  if (port !== undefined) yield ['source.port', port];
  const code = /\b(AH\d{5}): /.exec(line.slice(0, 400))?.[1];
  if (code !== undefined) yield ['event.code', code];
}
