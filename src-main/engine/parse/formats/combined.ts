import { EVENT, FIELD, type FieldCode, type ParsedBatch } from '../../flow/parsed-batch.ts';
import { BYTE, decimal, digitsEnd, isDigit, looksLikeAddress, matchesAt } from '../bytes.ts';
import { durationAt, requestTimeAt } from '../duration.ts';
import { NO_STAMP } from '../stamp.ts';
import type { LineFormat, ParseContext } from './line-format.ts';

/** Longest part before the time stamp (virtual host, address, identity, user). */
const MAX_HEAD = 1024;
const MAX_TRAILING_FIELDS = 16;

/**
 * Access logs of nginx, Apache, Kong and their kin: common and combined, with an optional virtual host in front and
 * optional fields behind (request time, X-Forwarded-For).
 */
export const combined: LineFormat = {
  name: 'combined',
  opensWith: (byte) =>
    byte > BYTE.space && byte !== BYTE.openBrace && byte !== BYTE.quote && byte !== BYTE.hash,
  parse,
  details,
};

function parse(batch: ParsedBatch, line: number, context: ParseContext): boolean {
  const bytes = batch.bytes;
  const start = batch.starts[line] ?? 0;
  const end = batch.ends[line] ?? 0;
  // A container runtime's stamp stands before the line it took.
  if (bytes[start + 10] === 84 && bytes[start + 4] === BYTE.dash) return false;
  const bracket = headEnd(bytes, start, end);
  if (bracket < 0) return false;
  let stampEnd = context.stamps.readAccess(bytes, bracket + 1, end);
  // nginx's $time_iso8601.
  if (stampEnd === NO_STAMP) stampEnd = context.stamps.readIso(bytes, bracket + 1, end);
  if (stampEnd === NO_STAMP || bytes[stampEnd] !== BYTE.closeBracket) return false;
  const time = context.stamps.time;
  if (bytes[stampEnd + 1] !== BYTE.space || bytes[stampEnd + 2] !== BYTE.quote) return false;
  const requestStart = stampEnd + 3;
  const requestEnd = requestEndAt(bytes, requestStart, end);
  if (requestEnd < 0) return false;
  readHead(batch, line, start, bracket);
  readRequest(batch, line, requestStart, requestEnd);
  batch.setSlice(line, FIELD.message, requestStart - 1, end);
  batch.times[line] = time;
  batch.events[line] = EVENT.request;
  readRest(batch, line, requestEnd + 2, end);
  return true;
}

/** Index of the bracket before the time stamp, or -1. At most eight words may stand before it. */
function headEnd(bytes: Uint8Array, start: number, end: number): number {
  const limit = Math.min(end - 28, start + MAX_HEAD);
  let spaces = 0;
  for (let index = start; index < limit; index += 1) {
    const byte = bytes[index];
    if (byte === BYTE.space) {
      spaces += 1;
      if (spaces > 8) return -1;
      if (bytes[index + 1] === BYTE.openBracket && spaces >= 2 && isDigit(bytes[index + 2])) return index + 1;
    } else if (byte === BYTE.quote || byte === BYTE.openBrace) return -1;
  }
  return -1;
}

/** A closing quote is one a status follows, so that a quote inside the request does not end it. */
function requestEndAt(bytes: Uint8Array, start: number, end: number): number {
  for (let index = start; index < end; index += 1) {
    if (bytes[index] !== BYTE.quote) continue;
    const status = index + 2;
    if (bytes[index + 1] !== BYTE.space || status >= end) continue;
    if (bytes[status] === BYTE.dash && (status + 1 === end || bytes[status + 1] === BYTE.space)) return index;
    if (
      status + 3 > end ||
      !isDigit(bytes[status]) ||
      !isDigit(bytes[status + 1]) ||
      !isDigit(bytes[status + 2])
    ) {
      continue;
    }
    if (status + 3 === end || bytes[status + 3] === BYTE.space) return index;
  }
  return -1;
}

/** `address identity user`, or `host[:port] address identity user`. */
function readHead(batch: ParsedBatch, line: number, start: number, bracket: number): void {
  const bytes = batch.bytes;
  const end = bracket - 1;
  let from = start;
  let to = spaceAt(bytes, from, end);
  // X-Forwarded-For in front, a list of proxies: the client is the first.
  if (bytes[to - 1] === BYTE.comma && looksLikeAddress(bytes, from, to - 1)) {
    to -= 1;
    let listEnd = to;
    while (bytes[listEnd] === BYTE.comma) listEnd = spaceAt(bytes, listEnd + 2, end);
    batch.setSlice(line, FIELD.address, from, to);
    setUnlessDash(batch, line, FIELD.user, spaceAt(bytes, listEnd + 1, end) + 1, end);
    return;
  }
  const secondEnd = spaceAt(bytes, to + 1, end);
  const thirdEnd = spaceAt(bytes, secondEnd + 1, end);
  // Four words: a virtual host stands in front, unless the user name has a space in it.
  if (thirdEnd < end && looksLikeAddress(bytes, to + 1, secondEnd) && !looksLikeAddress(bytes, from, to)) {
    from = to + 1;
    to = secondEnd;
  }
  batch.setSlice(line, FIELD.address, from, to);
  const userStart = spaceAt(bytes, to + 1, end) + 1;
  setUnlessDash(batch, line, FIELD.user, userStart, end);
}

/** `METHOD target HTTP/1.1`; whatever is not one (probes in other protocols) is a target as a whole. */
function readRequest(batch: ParsedBatch, line: number, start: number, end: number): void {
  const bytes = batch.bytes;
  let methodEnd = start;
  while (methodEnd < end && isMethodByte(bytes[methodEnd] ?? 0)) methodEnd += 1;
  if (methodEnd === start || bytes[methodEnd] !== BYTE.space || methodEnd >= end) {
    setUnlessDash(batch, line, FIELD.target, start, end);
    return;
  }
  batch.setSlice(line, FIELD.method, start, methodEnd);
  let targetEnd = end;
  // ` HTTP/1.1` is 9 bytes, ` HTTP/2` is 7.
  for (let index = end - 9; index <= end - 7; index += 1) {
    if (
      index > methodEnd &&
      bytes[index] === BYTE.space &&
      bytes[index + 1] === 72 &&
      bytes[index + 5] === BYTE.slash
    ) {
      targetEnd = index;
      break;
    }
  }
  batch.setSlice(line, FIELD.target, methodEnd + 1, targetEnd);
}

function isMethodByte(byte: number): boolean {
  return (byte >= 65 && byte <= 90) || byte === BYTE.dash || byte === 95;
}

/** Status, size, and what may follow them. */
function readRest(batch: ParsedBatch, line: number, from: number, end: number): void {
  const bytes = batch.bytes;
  let at = from;
  if (isDigit(bytes[at])) {
    const status = decimal(bytes, at, at + 3);
    batch.statuses[line] = status;
    if (status >= 400) batch.levels[line] = status >= 500 ? 3 : 4;
    at += 3;
  } else at += 1;
  if (bytes[at] !== BYTE.space || at >= end) return;
  const sizeEnd = digitsEnd(bytes, at + 1, Math.min(end, at + 17));
  batch.sizes[line] = decimal(bytes, at + 1, sizeEnd);
  at = sizeEnd === at + 1 && bytes[sizeEnd] === BYTE.dash ? sizeEnd + 1 : sizeEnd;
  if (bytes[at] !== BYTE.space || bytes[at + 1] !== BYTE.quote || at + 1 >= end) return;
  const refererEnd = quotedEnd(bytes, at + 2, end);
  setUnlessDash(batch, line, FIELD.referer, at + 2, refererEnd);
  at = refererEnd + 1;
  if (bytes[at] !== BYTE.space || bytes[at + 1] !== BYTE.quote || at + 1 >= end) return;
  const agentEnd = quotedEnd(bytes, at + 2, end);
  setUnlessDash(batch, line, FIELD.agent, at + 2, agentEnd);
  if (agentEnd + 2 < end) readTrailing(batch, line, agentEnd + 1, end);
}

/**
 * The first trailing field that is an address or a list of them is X-Forwarded-For; the first that is a number of seconds
 * is the time the request took.
 */
function readTrailing(batch: ParsedBatch, line: number, from: number, end: number): void {
  const bytes = batch.bytes;
  let at = from;
  for (let fields = 0; fields < MAX_TRAILING_FIELDS && at < end; fields += 1) {
    while (at < end && bytes[at] === BYTE.space) at += 1;
    const quoted = bytes[at] === BYTE.quote;
    const start = quoted ? at + 1 : at;
    const stop = quoted ? quotedEnd(bytes, start, end) : spaceAt(bytes, start, end);
    let first = start;
    while (first < stop && bytes[first] !== BYTE.comma) first += 1;
    if (quoted && !batch.has(line, FIELD.forwarded) && looksLikeAddress(bytes, start, first))
      batch.setSlice(line, FIELD.forwarded, start, stop);
    else if ((batch.durations[line] ?? -1) < 0) batch.durations[line] = trailingTime(bytes, start, stop);
    at = stop + 1;
  }
}

/** `0.012`, or by a usual name: `rt=0.012`, `request_time=0.012`. In milliseconds, -1 for another field. */
function trailingTime(bytes: Uint8Array, start: number, end: number): number {
  if (isDigit(bytes[start])) return requestTimeAt(bytes, start, end);
  for (const name of TIME_NAMES) {
    if (matchesAt(bytes, start, end, name)) return durationAt(bytes, start + name.length, end, 'seconds');
  }
  return -1;
}

const TIME_NAMES = ['rt=', 'request_time=', 'request_time:'];

/** End of a quoted field: a quote that is not escaped and that a space or the line's end follows. */
function quotedEnd(bytes: Uint8Array, start: number, end: number): number {
  let index = start;
  while (index < end) {
    const byte = bytes[index];
    if (byte === BYTE.backslash) index += 1;
    else if (byte === BYTE.quote && (index + 1 === end || bytes[index + 1] === BYTE.space)) return index;
    index += 1;
  }
  return end;
}

/** Protocol version, virtual host, and what stands behind the agent, which has no names of its own. */
function* details(line: string): Generator<[string, string]> {
  const head = /^(\S+?)(?::(\d+))? \S+ \S+ \S+ \[/.exec(line);
  if (head?.[1] !== undefined && !head[1].endsWith(',')) {
    yield ['url.domain', head[1]];
    if (head[2] !== undefined) yield ['url.port', head[2]];
  }
  const version = / HTTP\/([\d.]+)" \d{3}/.exec(line)?.[1];
  if (version !== undefined) yield ['http.version', version];
  const behind = /" \d{3} \S+ "(?:[^"\\]|\\.)*" "(?:[^"\\]|\\.)*" (.+)$/.exec(line)?.[1];
  const parts = behind?.match(/[\w.-]+[=:] ?"(?:[^"\\]|\\.)*"|"(?:[^"\\]|\\.)*"|\S+/g) ?? [];
  let durations = 0;
  for (const [index, part] of parts.entries()) {
    const named = /^([A-Za-z_][\w.-]*)[=:] ?"?(.*?)"?$/.exec(part);
    const plain = part.replace(/^"|"$/g, '');
    if (named?.[1] !== undefined) yield [named[1], named[2] ?? ''];
    // Seconds with milliseconds are how nginx writes the time of the request, and behind it its upstream's.
    else if (/^\d+\.\d{3}$/.test(plain) && durations < 2) {
      yield [durations === 0 ? 'request_time' : 'upstream_response_time', plain];
      durations += 1;
    } else yield [`extra${index + 1}`, plain];
  }
}

function spaceAt(bytes: Uint8Array, from: number, end: number): number {
  let index = from;
  while (index < end && bytes[index] !== BYTE.space) index += 1;
  return index;
}

function setUnlessDash(batch: ParsedBatch, line: number, field: FieldCode, start: number, end: number): void {
  if (start >= end || (end - start === 1 && batch.bytes[start] === BYTE.dash)) return;
  batch.setSlice(line, field, start, end);
}
