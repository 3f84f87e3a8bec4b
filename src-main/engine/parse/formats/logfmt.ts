import { EVENT, FIELD, type FieldCode, type ParsedBatch } from '../../flow/parsed-batch.ts';
import { BYTE, isDigit, isLetter, isWordByte, matchesAt } from '../bytes.ts';
import { levelOfNumber, levelOfWord, NO_LEVEL } from '../levels.ts';
import { durationAt, requestTimeAt } from '../duration.ts';
import { NO_STAMP } from '../stamp.ts';
import { readAnyStamp } from './any-stamp.ts';
import { extendPath, roleOfPath, ROOT_PATH, type KeyRole } from './json-keys.ts';
import type { LineFormat, ParseContext } from './line-format.ts';

/** Pairs looked at; what a writer puts behind them is fields of its own. */
const MAX_PAIRS = 200;
const MAX_KEY = 100;
/** Escaped values longer than this stay as written: undoing escapes makes a string. */
const MAX_UNESCAPED = 65_536;

/**
 * `time=… level=info msg="…" key=value`: Go's logrus, slog and go-kit, Heroku's router, Grafana, Traefik. The whole line is
 * pairs, and one of them at least is a name people give to time, level or message; else it is prose with an equals sign.
 */
export const logfmt: LineFormat = {
  name: 'logfmt',
  opensWith: (byte) => isLetter(byte) || byte === 95 || byte === 64,
  parse,
};

function parse(batch: ParsedBatch, line: number, context: ParseContext): boolean {
  return (
    readPairs(batch, line, batch.starts[line] ?? 0, batch.ends[line] ?? 0, context) && finish(batch, line)
  );
}

/**
 * Fills the line's columns from the pairs in [from, end); false when these are no pairs. Columns filled before stay.
 */
export function readPairs(
  batch: ParsedBatch,
  line: number,
  from: number,
  end: number,
  context: ParseContext,
): boolean {
  const bytes = batch.bytes;
  let at = from;
  let pairs = 0;
  let known = 0;
  while (at < end && pairs < MAX_PAIRS) {
    const equals = keyEnd(bytes, at, end);
    if (equals === at) return false;
    if (equals >= end || bytes[equals] !== BYTE.equals) {
      // A key without a value is one that is true; prose is made of them.
      if (pairs < 2 || (bytes[equals] !== BYTE.space && equals < end)) return false;
      at = skip(bytes, equals, end);
      continue;
    }
    const role = roleOfPath(extendPath(ROOT_PATH, bytes, at, equals));
    const quoted = bytes[equals + 1] === BYTE.quote;
    const start = quoted ? equals + 2 : equals + 1;
    const stop = quoted ? quotedEnd(bytes, start, end) : plainEnd(bytes, start, end);
    // The kernel's audit records are pairs of their own kind: their time stands in `msg=audit(seconds:number):`.
    if (stop < 0 || matchesAt(bytes, start, end, 'audit(')) return false;
    if (role !== undefined) {
      known += take(batch, line, role, start, stop, context) ? 1 : 0;
    }
    pairs += 1;
    at = quoted ? stop + 1 : stop;
    if (at < end && bytes[at] !== BYTE.space && bytes[at] !== BYTE.comma) return false;
    at = skip(bytes, at, end);
  }
  return pairs >= 2 && known >= 1;
}

/** A target with a method and a status is a request, whoever logs it. */
function finish(batch: ParsedBatch, line: number): boolean {
  const status = batch.statuses[line] ?? 0;
  if (batch.has(line, FIELD.target) && batch.has(line, FIELD.method) && status !== 0) {
    batch.events[line] = EVENT.request;
    if (batch.levels[line] === 6 && status >= 400) batch.levels[line] = status >= 500 ? 3 : 4;
  }
  if (!batch.has(line, FIELD.message)) {
    batch.setSlice(line, FIELD.message, batch.starts[line] ?? 0, batch.ends[line] ?? 0);
  }
  return true;
}

/** @returns whether the pair tells that this is a log line: its time, level or message */
function take(
  batch: ParsedBatch,
  line: number,
  role: KeyRole,
  start: number,
  end: number,
  context: ParseContext,
): boolean {
  const bytes = batch.bytes;
  if (start >= end) return role.kind === 'field' && role.field === FIELD.message;
  switch (role.kind) {
    case 'field':
      if (!batch.has(line, role.field)) takeField(batch, line, role.field, start, end);
      return role.field === FIELD.message || role.field === FIELD.method;
    case 'event':
      if (!batch.has(line, FIELD.message)) takeField(batch, line, FIELD.message, start, end);
      return false;
    case 'time':
      if (Number.isNaN(batch.times[line] ?? 0)) {
        if (readAnyStamp(bytes, start, end, context.stamps) === NO_STAMP) return false;
        batch.times[line] = context.stamps.time;
      }
      return true;
    case 'requestTime':
      batch.durations[line] = requestTimeAt(bytes, start, end);
      return false;
    case 'duration':
      if ((batch.durations[line] ?? -1) < 0) batch.durations[line] = durationAt(bytes, start, end, role.unit);
      return false;
    case 'level':
    case 'numericLevel': {
      const level = isDigit(bytes[start])
        ? levelOfNumber(numberAt(bytes, start, end))
        : levelOfWord(bytes, start, end);
      if (level === NO_LEVEL) return false;
      batch.levels[line] = level;
      return true;
    }
    case 'status': {
      const status = numberAt(bytes, start, end);
      if (batch.statuses[line] === 0 && status >= 100 && status <= 999) batch.statuses[line] = status;
      return false;
    }
    case 'size': {
      const size = numberAt(bytes, start, end);
      if (batch.sizes[line] === 0 && size > 0) batch.sizes[line] = size;
      return false;
    }
  }
}

function takeField(batch: ParsedBatch, line: number, field: FieldCode, start: number, end: number): void {
  let escape = start;
  while (escape < end && batch.bytes[escape] !== BYTE.backslash) escape += 1;
  if (escape === end || end - start > MAX_UNESCAPED) batch.setSlice(line, field, start, end);
  else {
    const text = batch.bytes.toString('utf8', start, end);
    batch.setDecoded(
      line,
      field,
      text.replace(/\\(.)/gs, (_, letter: string) =>
        letter === 'n' ? '\n' : letter === 't' ? '\t' : letter,
      ),
    );
  }
}

function keyEnd(bytes: Uint8Array, from: number, end: number): number {
  const limit = Math.min(end, from + MAX_KEY);
  let at = from;
  while (at < limit) {
    const byte = bytes[at];
    const inside =
      isWordByte(byte) ||
      byte === 95 ||
      byte === BYTE.dot ||
      byte === BYTE.dash ||
      byte === BYTE.slash ||
      byte === 64 ||
      byte === BYTE.hash;
    if (!inside) break;
    at += 1;
  }
  return at;
}

/** The closing quote, or -1. */
function quotedEnd(bytes: Uint8Array, from: number, end: number): number {
  for (let at = from; at < end; at += 1) {
    if (bytes[at] === BYTE.backslash) at += 1;
    else if (bytes[at] === BYTE.quote) return at;
  }
  return -1;
}

function plainEnd(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end && bytes[at] !== BYTE.space) at += 1;
  return bytes[at - 1] === BYTE.comma && at > from ? at - 1 : at;
}

function skip(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end && (bytes[at] === BYTE.space || bytes[at] === BYTE.comma)) at += 1;
  return at;
}

function numberAt(bytes: Uint8Array, start: number, end: number): number {
  if (end - start > 15) return Number.NaN;
  let value = 0;
  for (let index = start; index < end; index += 1) {
    if (!isDigit(bytes[index])) return Number.NaN;
    value = value * 10 + (bytes[index] ?? 0) - BYTE.zero;
  }
  return value;
}
