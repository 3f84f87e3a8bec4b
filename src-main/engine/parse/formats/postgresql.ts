import { FIELD, type FieldCode, type ParsedBatch } from '../../flow/parsed-batch.ts';
import { BYTE, isDigit, isLetter, looksLikeAddress, matchesAt, skipSpaces } from '../bytes.ts';
import { levelOfWord, NO_LEVEL } from '../levels.ts';
import { NO_STAMP } from '../stamp.ts';
import type { LineFormat, ParseContext } from './line-format.ts';

/** Longest prefix (log_line_prefix) that is looked through for the severity. */
const MAX_PREFIX = 512;
const MAX_NAME = 63;

/**
 * PostgreSQL's server log: `stderr` with whatever log_line_prefix begins with a time (`%m`, `%t`), and `csvlog`. What gives
 * it away is the severity: a word in capitals, a colon and two spaces. `jsonlog` is JSON.
 */
export const postgresql: LineFormat = {
  name: 'postgresql',
  opensWith: (byte) => isDigit(byte) || byte === BYTE.less || byte === BYTE.openBracket,
  parse,
  details,
};

function parse(batch: ParsedBatch, line: number, context: ParseContext): boolean {
  const bytes = batch.bytes;
  const end = batch.ends[line] ?? 0;
  let at = batch.starts[line] ?? 0;
  if (bytes[at] === BYTE.less || bytes[at] === BYTE.openBracket) at = skipSpaces(bytes, at + 1, end);
  if (bytes[at + 4] !== BYTE.dash || bytes[at + 10] !== BYTE.space) return false;
  const stampEnd = context.stamps.readIso(bytes, at, end);
  if (stampEnd === NO_STAMP) return false;
  const time = context.stamps.time;
  const zoneEnd = zoneEndAt(bytes, stampEnd, end);
  if (zoneEnd === stampEnd && !hasZone(bytes, at + 19, stampEnd)) return false;
  const known =
    bytes[zoneEnd] === BYTE.comma
      ? readCsv(batch, line, zoneEnd, end)
      : readPrefixed(batch, line, zoneEnd, end);
  if (!known) return false;
  batch.times[line] = time;
  if (!batch.has(line, FIELD.program)) batch.setDecoded(line, FIELD.program, 'postgres');
  return true;
}

/** PostgreSQL's stamps always carry their zone: others that write a severity like it don't. */
function hasZone(bytes: Uint8Array, from: number, stampEnd: number): boolean {
  for (let at = from; at < stampEnd; at += 1) {
    if (isLetter(bytes[at]) || bytes[at] === 43 || bytes[at] === BYTE.dash) return true;
  }
  return false;
}

/** The stamp reader knows few zones by name; this skips the others. */
function zoneEndAt(bytes: Uint8Array, from: number, end: number): number {
  if (bytes[from] !== BYTE.space) return from;
  let at = from + 1;
  while (at < end && at - from < 7 && (isLetter(bytes[at]) || isDigit(bytes[at]) || bytes[at] === 43))
    at += 1;
  const separator = bytes[at];
  const ends =
    separator === BYTE.space ||
    separator === BYTE.comma ||
    separator === BYTE.colon ||
    separator === BYTE.greater;
  return ends && isLetter(bytes[from + 1]) && at > from + 2 ? at : from;
}

/** `… [pid] user@db ERROR:  message`, in any order the administrator chose. */
function readPrefixed(batch: ParsedBatch, line: number, from: number, end: number): boolean {
  const bytes = batch.bytes;
  const limit = Math.min(end - 3, from + MAX_PREFIX);
  for (let colon = from; colon < limit; colon += 1) {
    if (bytes[colon] !== BYTE.colon || bytes[colon + 1] !== BYTE.space || bytes[colon + 2] !== BYTE.space)
      continue;
    let start = colon;
    while (start > from && isSeverityByte(bytes[start - 1])) start -= 1;
    const level = severityOf(bytes, start, colon);
    if (level === NO_LEVEL) return false;
    // A detail belongs to the line before: it has that one's level, which the parser knows.
    if (level !== OF_RECORD) batch.levels[line] = level;
    batch.setSlice(line, FIELD.message, start, end);
    readPrefix(batch, line, from, start);
    return true;
  }
  return false;
}

/** DETAIL, HINT, STATEMENT …: parts of the record that began before. */
const OF_RECORD = 100;
const PARTS = ['detail', 'hint', 'statement', 'context', 'query', 'location'];

function severityOf(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < 3) return NO_LEVEL;
  for (const part of PARTS)
    if (end - start === part.length && matchesAt(bytes, start, end, part)) return OF_RECORD;
  const last = isDigit(bytes[end - 1]) && matchesAt(bytes, start, end, 'debug') ? end - 1 : end;
  return levelOfWord(bytes, start, last);
}

function isSeverityByte(byte: number | undefined): boolean {
  return (byte !== undefined && byte >= 65 && byte <= 90) || isDigit(byte);
}

/** Whether a line that PostgreSQL wrote goes on with the record before it. */
export function isRecordPart(batch: ParsedBatch, line: number, message: number): boolean {
  const bytes = batch.bytes;
  const end = batch.ends[line] ?? 0;
  return PARTS.some(
    (part) => matchesAt(bytes, message, end, part) && matchesAt(bytes, message + part.length, end, ':  '),
  );
}

/** `user=app`, `client=192.0.2.1`, `app@shop`, `192.0.2.1(54321)`. */
function readPrefix(batch: ParsedBatch, line: number, from: number, to: number): void {
  const bytes = batch.bytes;
  let at = from;
  while (at < to) {
    // `::1` is an address.
    if (isDelimiter(bytes[at]) || (bytes[at] === BYTE.colon && bytes[at + 1] !== BYTE.colon)) {
      at += 1;
      continue;
    }
    let stop = at;
    while (stop < to && !isDelimiter(bytes[stop])) stop += 1;
    readWord(batch, line, at, stop);
    at = stop;
  }
}

/** A colon parts words (`%t:%r:%u@%d:`), unless it is an address's. */
function isDelimiter(byte: number | undefined): boolean {
  return (
    byte === BYTE.space ||
    byte === BYTE.comma ||
    byte === BYTE.openBracket ||
    byte === BYTE.closeBracket ||
    byte === BYTE.less ||
    byte === BYTE.greater ||
    byte === BYTE.pipe
  );
}

function readWord(batch: ParsedBatch, line: number, start: number, end: number): void {
  const bytes = batch.bytes;
  if (matchesAt(bytes, start, end, 'user=')) return setName(batch, line, FIELD.user, start + 5, end);
  if (matchesAt(bytes, start, end, 'client=')) return setAddress(batch, line, start + 7, end);
  if (matchesAt(bytes, start, end, 'host=')) return setAddress(batch, line, start + 5, end);
  if (setAddressAt(batch, line, start, end)) return;
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at];
    if (byte === BYTE.equals) return;
    if (byte === 64) return setName(batch, line, FIELD.user, start, at);
    if (byte === BYTE.colon) {
      readWord(batch, line, start, at);
      readWord(batch, line, at + 1, end);
      return;
    }
  }
}

function setAddressAt(batch: ParsedBatch, line: number, start: number, end: number): boolean {
  let stop = end;
  // `%r` writes the port in parentheses; what follows is another word behind a colon.
  for (let at = start; at < end; at += 1) {
    if (batch.bytes[at] !== 40) continue;
    stop = at;
    break;
  }
  if (!looksLikeAddress(batch.bytes, start, stop)) return false;
  if (!batch.has(line, FIELD.address)) batch.setSlice(line, FIELD.address, start, stop);
  for (let at = stop; at < end; at += 1) {
    if (batch.bytes[at] === BYTE.colon) {
      readWord(batch, line, at + 1, end);
      break;
    }
  }
  return true;
}

function setAddress(batch: ParsedBatch, line: number, start: number, end: number): void {
  setAddressAt(batch, line, start, end);
}

function setName(batch: ParsedBatch, line: number, field: FieldCode, start: number, end: number): void {
  const placeholder = batch.bytes[start] === BYTE.openBracket || end - start > MAX_NAME || end <= start;
  if (!placeholder && !batch.has(line, field)) batch.setSlice(line, field, start, end);
}

/** Columns of csvlog that are read, counted from the one behind the time. */
const CSV = { user: 0, client: 3, severity: 10, message: 12 } as const;
const CSV_LEAST = 13;

function readCsv(batch: ParsedBatch, line: number, from: number, end: number): boolean {
  const bytes = batch.bytes;
  let at = from;
  let column = 0;
  let level = NO_LEVEL;
  while (at < end && bytes[at] === BYTE.comma && column <= CSV.message) {
    const quoted = bytes[at + 1] === BYTE.quote;
    const start = quoted ? at + 2 : at + 1;
    const stop = quoted ? csvQuoteEnd(bytes, start, end) : csvPlainEnd(bytes, start, end);
    if (stop > start) {
      if (column === CSV.user) setName(batch, line, FIELD.user, start, stop);
      else if (column === CSV.client) setAddress(batch, line, start, withoutPort(bytes, start, stop));
      else if (column === CSV.severity) level = severityOf(bytes, start, stop);
      else if (column === CSV.message) batch.setSlice(line, FIELD.message, start, stop);
    }
    at = quoted ? stop + 1 : stop;
    column += 1;
  }
  if (column < CSV_LEAST || level === NO_LEVEL || !batch.has(line, FIELD.message)) return false;
  batch.levels[line] = level;
  return true;
}

/** The closing quote (two quotes are one quote); the line's end where the value goes on on the next line. */
function csvQuoteEnd(bytes: Uint8Array, from: number, end: number): number {
  for (let at = from; at < end; at += 1) {
    if (bytes[at] !== BYTE.quote) continue;
    if (bytes[at + 1] !== BYTE.quote || at + 1 >= end) return at;
    at += 1;
  }
  return end;
}

function csvPlainEnd(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end && bytes[at] !== BYTE.comma) at += 1;
  return at;
}

function withoutPort(bytes: Uint8Array, start: number, end: number): number {
  let colon = end - 1;
  while (colon > start && isDigit(bytes[colon])) colon -= 1;
  return bytes[colon] === BYTE.colon ? colon : end;
}

/** Columns of csvlog, as the manual lists them. */
const CSV_NAMES = [
  'user.name',
  'postgresql.log.database',
  'process.pid',
  'client',
  'postgresql.log.session_id',
  'postgresql.log.session_line_number',
  'postgresql.log.command_tag',
  'postgresql.log.session_start_time',
  'postgresql.log.virtual_transaction_id',
  'postgresql.log.transaction_id',
  'log.level',
  'postgresql.log.sql_state_code',
  'message',
  'postgresql.log.detail',
  'postgresql.log.hint',
  'postgresql.log.internal_query',
  'postgresql.log.internal_query_pos',
  'postgresql.log.context',
  'postgresql.log.query',
  'postgresql.log.query_pos',
  'postgresql.log.location',
  'postgresql.log.application_name',
  'postgresql.log.backend_type',
];

/** Process, database, SQLSTATE, duration and statement. */
function* details(line: string): Generator<[string, string]> {
  const csv = /^\S+ [\d:.]+ \S+?,/.exec(line);
  if (csv !== null && !/^[^"]*[A-Z]: {2}/.test(line)) {
    const columns = line.slice(csv[0].length).match(/(?<=^|,)(?:"(?:[^"]|"")*"?|[^,]*)/g) ?? [];
    for (const [index, column] of columns.entries()) {
      const name = CSV_NAMES[index];
      const value = column.replace(/^"|"$/g, '').replaceAll('""', '"');
      if (name !== undefined && value !== '' && name !== 'message') yield [name, value];
    }
    return;
  }
  const colon = /\b([A-Z]{3,}\d?): {2}/.exec(line);
  const prefix = line.slice(0, colon?.index ?? 0);
  const process = /\[(\d+)(?:-\d+)?\]/.exec(prefix)?.[1];
  if (process !== undefined) yield ['process.pid', process];
  const database = /@([^\s:,\]]+)/.exec(prefix)?.[1] ?? /\bdb=([^\s,]+)/.exec(prefix)?.[1];
  if (database !== undefined) yield ['postgresql.log.database', database];
  const port = /\((\d+)\)/.exec(prefix)?.[1];
  if (port !== undefined) yield ['source.port', port];
  if (colon?.[1] !== undefined) yield ['log.level', colon[1]];
  const duration = /\bduration: ([\d.]+) ms/.exec(line)?.[1];
  if (duration !== undefined) yield ['duration_ms', duration];
  const statement = /\b(?:statement|execute [^:]+|STATEMENT): +(.+)$/.exec(line)?.[1];
  if (statement !== undefined) yield ['postgresql.log.query', statement];
}
