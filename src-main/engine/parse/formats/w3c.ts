import { EVENT, FIELD, FORMATS, type FieldCode, type ParsedBatch } from '../../flow/parsed-batch.ts';
import { BYTE, isDigit, looksLikeAddress, matchesAt } from '../bytes.ts';
import { NO_STAMP } from '../stamp.ts';
import type { LineFormat, ParseContext } from './line-format.ts';

const MAX_COLUMNS = 64;
const MAX_HEADER = 4096;
const FIREWALL = FORMATS.indexOf('firewall');
/** What becomes of a refused packet: a notice, as it is a firewall's ordinary work. */
const REFUSED_LEVEL = 5;

/** Windows' firewall writes these, in this order, since it exists. */
const FIREWALL_COLUMNS =
  'date time action protocol src-ip dst-ip src-port dst-port size tcpflags tcpsyn tcpack tcpwin icmptype icmpcode info path pid'.split(
    ' ',
  );
/** What IIS writes when nobody chose otherwise (7 and later; 6). */
const IIS_COLUMNS = [
  'date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(user-agent) cs(referer) sc-status sc-substatus sc-win32-status time-taken'.split(
    ' ',
  ),
  'date time s-sitename s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(user-agent) sc-status sc-substatus sc-win32-status'.split(
    ' ',
  ),
  'date time s-sitename s-computername s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs-version cs(user-agent) cs(cookie) cs(referer) cs-host sc-status sc-substatus sc-win32-status sc-bytes cs-bytes time-taken'.split(
    ' ',
  ),
];

/**
 * W3C extended logs: IIS, Windows' firewall, CloudFront. Columns are named by a `#Fields` line, which is remembered for the
 * stream; in a file read from its middle they are those the writer uses by itself, if the line looks like it.
 */
export const w3c: LineFormat = {
  name: 'w3c',
  opensWith: (byte) => byte === BYTE.hash || isDigit(byte),
  parse,
  details,
};

/** Ends of the columns of the line in hand; refilled for every line. */
const starts = new Int32Array(MAX_COLUMNS);
const stops = new Int32Array(MAX_COLUMNS);

function parse(batch: ParsedBatch, line: number, context: ParseContext): boolean {
  const bytes = batch.bytes;
  const start = batch.starts[line] ?? 0;
  const end = batch.ends[line] ?? 0;
  if (bytes[start] === BYTE.hash) return parseDirective(batch, line, context);
  if (bytes[start + 4] !== BYTE.dash || bytes[start + 7] !== BYTE.dash || bytes[start + 13] !== BYTE.colon)
    return false;
  const separator = bytes[start + 10];
  if ((separator !== BYTE.space && separator !== BYTE.tab) || !isSeparator(bytes[start + 19], end - start))
    return false;
  const count = split(bytes, start, end);
  const columns = columnsOf(batch.bytes, count, context.columns);
  if (columns === undefined) return false;
  const stampEnd = readTime(bytes, start, end, columns, context);
  if (stampEnd === NO_STAMP) return false;
  batch.times[line] = context.stamps.time;
  readColumns(batch, line, columns, count);
  batch.setSlice(line, FIELD.message, start, end);
  if (columns.includes('src-ip')) finishPacket(batch, line, columns);
  else finishRequest(batch, line);
  return true;
}

function isSeparator(byte: number | undefined, length: number): boolean {
  return length > 20 && (byte === BYTE.space || byte === BYTE.tab);
}

/** IIS and CloudFront write UTC; the firewall the machine's own time. */
function readTime(
  bytes: Uint8Array,
  start: number,
  end: number,
  columns: readonly string[],
  context: ParseContext,
): number {
  const local = columns.includes('src-ip');
  const stampEnd = Math.min(end, start + 19);
  return local
    ? context.stamps.readIso(bytes, start, stampEnd)
    : context.stamps.readIsoAsUtc(bytes, start, stampEnd);
}

/** `#Software: …`, `#Fields: …`. */
function parseDirective(batch: ParsedBatch, line: number, context: ParseContext): boolean {
  const bytes = batch.bytes;
  const start = batch.starts[line] ?? 0;
  const end = batch.ends[line] ?? 0;
  const known = ['#fields: ', '#software: ', '#version: ', '#date: ', '#time format: ', '#start-date: '];
  if (!known.some((directive) => matchesAt(bytes, start, end, directive))) return false;
  const columns = fieldsOf(batch.bytes, start, end);
  if (columns !== undefined) context.columns = columns;
  if (
    matchesAt(bytes, start, end, '#date: ') &&
    context.stamps.readIsoAsUtc(bytes, start + 7, end) !== NO_STAMP
  )
    batch.times[line] = context.stamps.time;
  batch.setSlice(line, FIELD.message, start, end);
  return true;
}

/** Columns named by a `#Fields` line; undefined when it is none. Only logs whose lines begin with date and time are read. */
export function fieldsOf(bytes: Buffer, start: number, end: number): readonly string[] | undefined {
  if (!matchesAt(bytes, start, end, '#fields: ') || end - start > MAX_HEADER) return undefined;
  const names = bytes
    .toString('latin1', start + 9, end)
    .trim()
    .toLowerCase()
    .split(/\s+/);
  if (names[0] !== 'date' || names[1] !== 'time' || names.length > MAX_COLUMNS) return undefined;
  return names;
}

/** Fills `starts` and `stops`; answers how many columns there are. */
function split(bytes: Uint8Array, start: number, end: number): number {
  let count = 0;
  let at = start;
  while (at < end && count < MAX_COLUMNS) {
    starts[count] = at;
    while (at < end && bytes[at] !== BYTE.space && bytes[at] !== BYTE.tab) at += 1;
    stops[count] = at;
    count += 1;
    at += 1;
  }
  return count;
}

/** The header's columns, where the line has as many; else what it looks like. */
function columnsOf(
  bytes: Uint8Array,
  count: number,
  named: readonly string[] | undefined,
): readonly string[] | undefined {
  if (named !== undefined && named.length === count) return named;
  const action = starts[2] ?? 0;
  const word = stops[2] ?? 0;
  if (count >= 16 && count <= 18) {
    const known = ['allow', 'drop', 'open', 'open-inbound', 'close', 'info-events-lost'];
    if (known.some((each) => word - action === each.length && matchesAt(bytes, action, word, each)))
      return FIREWALL_COLUMNS;
  }
  for (const columns of IIS_COLUMNS) if (columns.length === count && fits(bytes, columns)) return columns;
  return undefined;
}

/** A method, a path, a status and a client where the columns have them. */
function fits(bytes: Uint8Array, columns: readonly string[]): boolean {
  const stem = columns.indexOf('cs-uri-stem');
  const status = columns.indexOf('sc-status');
  const client = columns.indexOf('c-ip');
  return (
    bytes[starts[stem] ?? 0] === BYTE.slash &&
    (stops[status] ?? 0) - (starts[status] ?? 0) === 3 &&
    isDigit(bytes[starts[status] ?? 0]) &&
    looksLikeAddress(bytes, starts[client] ?? 0, stops[client] ?? 0)
  );
}

/** Columns that are fields of a batch as they stand. */
const SLICES: Record<string, FieldCode> = {
  'c-ip': FIELD.address,
  'src-ip': FIELD.address,
  'cs-username': FIELD.user,
  'cs-method': FIELD.method,
  'cs(user-agent)': FIELD.agent,
  'cs(referer)': FIELD.referer,
  's-sitename': FIELD.program,
  'x-forwarded-for': FIELD.forwarded,
  'cs(x-forwarded-for)': FIELD.forwarded,
};

function readColumns(batch: ParsedBatch, line: number, columns: readonly string[], count: number): void {
  const bytes = batch.bytes;
  let stem = -1;
  let query = -1;
  for (let column = 2; column < count; column += 1) {
    const start = starts[column] ?? 0;
    const stop = stops[column] ?? 0;
    if (stop === start || (stop - start === 1 && bytes[start] === BYTE.dash)) continue;
    const name = columns[column] ?? '';
    const field = SLICES[name];
    if (field !== undefined) batch.setSlice(line, field, start, stop);
    else if (name === 'cs-uri-stem') stem = column;
    else if (name === 'cs-uri-query') query = column;
    else if (name === 'sc-status') batch.statuses[line] = numberAt(bytes, start, stop);
    // Whole milliseconds, as IIS writes them.
    else if (name === 'time-taken') batch.durations[line] = numberAt(batch.bytes, start, stop);
    else if (name === 'sc-bytes') batch.sizes[line] = numberAt(bytes, start, stop);
  }
  if (stem >= 0) readTarget(batch, line, stem, query);
}

/** Path and query are columns of their own; a target has a question mark between them. */
function readTarget(batch: ParsedBatch, line: number, stem: number, query: number): void {
  const from = starts[stem] ?? 0;
  const to = stops[stem] ?? 0;
  if (query < 0) batch.setSlice(line, FIELD.target, from, to);
  else {
    const path = batch.bytes.toString('utf8', from, to);
    batch.setDecoded(
      line,
      FIELD.target,
      `${path}?${batch.bytes.toString('utf8', starts[query], stops[query])}`,
    );
  }
}

function finishRequest(batch: ParsedBatch, line: number): void {
  const status = batch.statuses[line] ?? 0;
  if (!batch.has(line, FIELD.method) || !batch.has(line, FIELD.target)) return;
  batch.events[line] = EVENT.request;
  if (status >= 400) batch.levels[line] = status >= 500 ? 3 : 4;
}

function finishPacket(batch: ParsedBatch, line: number, columns: readonly string[]): void {
  batch.formats[line] = FIREWALL;
  const action = starts[columns.indexOf('action')] ?? 0;
  if (matchesAt(batch.bytes, action, batch.ends[line] ?? 0, 'drop')) batch.levels[line] = REFUSED_LEVEL;
}

function numberAt(bytes: Uint8Array, start: number, end: number): number {
  if (end - start > 15) return 0;
  let value = 0;
  for (let index = start; index < end; index += 1) {
    if (!isDigit(bytes[index])) return 0;
    value = value * 10 + (bytes[index] ?? 0) - BYTE.zero;
  }
  return value;
}

const NAMES: Record<string, string> = {
  'src-ip': 'source.ip',
  'src-port': 'source.port',
  'dst-ip': 'destination.ip',
  'dst-port': 'destination.port',
  protocol: 'network.transport',
  action: 'event.action',
  size: 'network.bytes',
  path: 'network.direction',
  's-ip': 'destination.ip',
  's-port': 'destination.port',
  'cs-uri-stem': 'url.path',
  'cs-uri-query': 'url.query',
  'cs-host': 'url.domain',
  'time-taken': 'request_time_ms',
  'cs-version': 'http.version',
  'sc-substatus': 'sc-substatus',
  'sc-win32-status': 'sc-win32-status',
};

/** Every column that says something, by the names its writer uses by itself: a line alone has no header. */
function* details(line: string): Generator<[string, string]> {
  const bytes = Buffer.from(line);
  const count = split(bytes, 0, bytes.length);
  const columns = columnsOf(bytes, count, undefined);
  if (columns === undefined) return;
  const values = line.split(/[ \t]/);
  for (const [index, column] of columns.entries()) {
    const value = values[index];
    const name = NAMES[column];
    if (name === undefined || value === undefined || value === '-' || value === '') continue;
    yield [name, name === 'event.action' || name === 'network.transport' ? value.toLowerCase() : value];
  }
}
