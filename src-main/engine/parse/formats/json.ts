import { EVENT, FIELD, FIELD_COUNT, type FieldCode, type ParsedBatch } from '../../flow/parsed-batch.ts';
import { BYTE, isDigit, skipSpaces } from '../bytes.ts';
import { levelOfNumber, levelOfWord, NO_LEVEL } from '../levels.ts';
import { durationAt, requestTimeAt } from '../duration.ts';
import { NO_STAMP, type StampReader } from '../stamp.ts';
import { extendPath, roleOfPath, ROOT_PATH, type KeyRole } from './json-keys.ts';
import type { LineFormat, ParseContext } from './line-format.ts';
import { readAnyStamp } from './any-stamp.ts';

/** Keys nested deeper are not looked at; their braces are only counted. */
const MAX_KEY_DEPTH = 6;
/** Escaped values longer than this stay as written: undoing escapes makes a string. */
const MAX_UNESCAPED = 65_536;
/** Longest word of a log for a level, in bytes. */
const MAX_LEVEL = 40;

/**
 * A JSON object per line. Scanned once, byte by byte, without building objects: JSON.parse costs four times as much and
 * its recursion is the writer's to control.
 */
export const json: LineFormat = {
  name: 'json',
  opensWith: (byte) => byte === BYTE.openBrace || byte === BYTE.space || byte === BYTE.tab,
  parse,
};

function parse(batch: ParsedBatch, line: number, context: ParseContext): boolean {
  const end = batch.ends[line] ?? 0;
  const start = skipSpaces(batch.bytes, batch.starts[line] ?? 0, end);
  if (batch.bytes[start] !== BYTE.openBrace) return false;
  const scan = new ObjectScan(batch, line, context);
  if (!scan.run(start, end)) return false;
  unwrapContainerLog(batch, line, context);
  return true;
}

/** How a user's own format reads objects differently. */
export interface ScanOptions {
  roleOf: (path: number) => KeyRole | undefined;
  readTime: ((bytes: Uint8Array, at: number, end: number, stamps: StampReader) => number) | undefined;
  /** Levels by the log's own words, in lower case. */
  levels: ReadonlyMap<string, number>;
}

const USUAL: ScanOptions = { roleOf: roleOfPath, readTime: undefined, levels: new Map() };

/** Reads the line as an object; false when it is none. */
export function scanObject(
  batch: ParsedBatch,
  line: number,
  context: ParseContext,
  options: ScanOptions,
): boolean {
  const end = batch.ends[line] ?? 0;
  const start = skipSpaces(batch.bytes, batch.starts[line] ?? 0, end);
  if (!new ObjectScan(batch, line, context, options).run(start, end)) return false;
  finishRequest(batch, line);
  return true;
}

/**
 * Fills the line's columns from an object that is only the end of the line, as applications write it into syslog. What
 * the line's own header said stays.
 */
export function readObject(
  batch: ParsedBatch,
  line: number,
  from: number,
  end: number,
  context: ParseContext,
): boolean {
  if (!new ObjectScan(batch, line, context).run(from, end)) return false;
  finishRequest(batch, line);
  return true;
}

/** One walk over one object. */
class ObjectScan {
  readonly #batch: ParsedBatch;
  readonly #line: number;
  readonly #context: ParseContext;
  readonly #paths = new Uint32Array(MAX_KEY_DEPTH + 2);
  readonly #isObject = new Uint8Array(MAX_KEY_DEPTH + 2);
  #role: KeyRole | undefined;
  #messageIsEvent = false;

  readonly #options: ScanOptions;

  constructor(batch: ParsedBatch, line: number, context: ParseContext, options: ScanOptions = USUAL) {
    this.#options = options;
    this.#batch = batch;
    this.#line = line;
    this.#context = context;
  }

  /** False when the braces don't close at the line's end: then it is not (whole) JSON. */
  run(start: number, end: number): boolean {
    const bytes = this.#batch.bytes;
    let depth = 1;
    let at = start + 1;
    let expectsKey = true;
    this.#paths[1] = ROOT_PATH;
    this.#isObject[1] = 1;
    let path = ROOT_PATH;
    while (at < end) {
      const byte = bytes[at] ?? 0;
      if (byte === BYTE.quote) {
        const close = stringEnd(bytes, at + 1, end);
        if (close < 0) return false;
        if (expectsKey && depth <= MAX_KEY_DEPTH) {
          path = extendPath(this.#paths[depth] ?? 0, bytes, at + 1, close);
          this.#role = this.#options.roleOf(path);
          at = skipSpaces(bytes, close + 1, end);
          if (bytes[at] !== BYTE.colon || at >= end) return false;
          expectsKey = false;
        } else {
          if (this.#role !== undefined) this.#take(at + 1, close, true);
          at = close;
        }
      } else if (byte === BYTE.openBrace || byte === BYTE.openBracket) {
        depth += 1;
        if (depth <= MAX_KEY_DEPTH) {
          this.#paths[depth] = path;
          this.#isObject[depth] = byte === BYTE.openBrace ? 1 : 0;
        }
        expectsKey = byte === BYTE.openBrace;
        if (expectsKey) this.#role = undefined;
      } else if (byte === BYTE.closeBrace || byte === BYTE.closeBracket) {
        depth -= 1;
        if (depth === 0) return skipSpaces(bytes, at + 1, end) === end;
        this.#role = undefined;
      } else if (byte === BYTE.comma) {
        this.#role = undefined;
        expectsKey = depth <= MAX_KEY_DEPTH ? this.#isObject[depth] === 1 : false;
      } else if (this.#role !== undefined && (isDigit(byte) || byte === BYTE.dash)) {
        const stop = numberEnd(bytes, at, end);
        this.#take(at, stop, false);
        at = stop - 1;
      }
      at += 1;
    }
    return false;
  }

  /** The first value for a meaning counts; an array gives its first element. */
  #take(start: number, end: number, quoted: boolean): void {
    const role = this.#role;
    this.#role = undefined;
    if (role === undefined || start >= end) return;
    const batch = this.#batch;
    const line = this.#line;
    switch (role.kind) {
      case 'field':
        if (batch.has(line, role.field)) {
          if (role.field !== FIELD.message || !this.#messageIsEvent) return;
          this.#messageIsEvent = false;
        }
        this.#takeField(role.field, start, end, quoted);
        return;
      case 'event':
        if (quoted && !batch.has(line, FIELD.message)) this.#takeEvent(start, end);
        return;
      case 'time':
        if (Number.isNaN(batch.times[line] ?? 0)) this.#takeTime(start, end);
        return;
      case 'requestTime': {
        const duration = requestTimeAt(batch.bytes, start, end);
        if (duration >= 0) batch.durations[line] = duration;
        else if (Number.isNaN(batch.times[line] ?? 0)) this.#takeTime(start, end);
        return;
      }
      case 'duration':
        if ((batch.durations[line] ?? -1) < 0)
          batch.durations[line] = durationAt(batch.bytes, start, end, role.unit);
        return;
      case 'level':
      case 'numericLevel':
        this.#takeLevel(role.kind, start, end, quoted);
        return;
      case 'status': {
        const status = numberAt(batch.bytes, start, end);
        if (batch.statuses[line] === 0 && status >= 100 && status <= 999) batch.statuses[line] = status;
        return;
      }
      case 'size': {
        const size = numberAt(batch.bytes, start, end);
        if (batch.sizes[line] === 0 && size > 0) batch.sizes[line] = size;
        return;
      }
    }
  }

  #takeField(field: FieldCode, start: number, end: number, quoted: boolean): void {
    const batch = this.#batch;
    if (quoted && end - start <= MAX_UNESCAPED && hasEscape(batch.bytes, start, end)) {
      batch.setDecoded(this.#line, field, unescaped(batch.bytes.toString('utf8', start, end)));
    } else batch.setSlice(this.#line, field, start, end);
  }

  /** Stands until a better message comes. */
  #takeEvent(start: number, end: number): void {
    this.#takeField(FIELD.message, start, end, true);
    this.#messageIsEvent = true;
  }

  #takeTime(start: number, end: number): void {
    const read = this.#options.readTime ?? readAnyStamp;
    const stop = read(this.#batch.bytes, start, end, this.#context.stamps);
    if (stop !== NO_STAMP) this.#batch.times[this.#line] = this.#context.stamps.time;
  }

  #takeLevel(kind: 'level' | 'numericLevel', start: number, end: number, quoted: boolean): void {
    const bytes = this.#batch.bytes;
    const number = numberAt(bytes, start, end);
    let level = quoted ? levelOfWord(bytes, start, end) : NO_LEVEL;
    const { levels } = this.#options;
    if (levels.size > 0 && end - start <= MAX_LEVEL)
      level = levels.get(this.#batch.bytes.toString('utf8', start, end).toLowerCase()) ?? level;
    // Python's numbers: 10 debug, 20 info … 50 critical, ten less than pino's.
    if (level === NO_LEVEL) level = levelOfNumber(kind === 'numericLevel' ? number + 10 : number);
    if (level !== NO_LEVEL) this.#batch.levels[this.#line] = level;
  }
}

/** Docker's json-file driver wraps every line: `{"log":"…\n","stream":"stdout","time":"…"}`. What is inside counts. */
function unwrapContainerLog(batch: ParsedBatch, line: number, context: ParseContext): void {
  const start = batch.starts[line] ?? 0;
  finishRequest(batch, line);
  if (batch.bytes.toString('latin1', start, start + 7) !== '{"log":' || context.parseInner === undefined)
    return;
  const text = batch.field(line, FIELD.message);
  if (text === undefined || text.length > MAX_UNESCAPED) return;
  const inner = context.parseInner(text.replace(/\r?\n$/, ''));
  if (inner.count === 0) return;
  for (const field of Object.values(FIELD)) {
    const value = inner.field(0, field);
    if (value !== undefined) batch.setDecoded(line, field, value);
  }
  batch.levels[line] = inner.levels[0] ?? 6;
  batch.statuses[line] = inner.statuses[0] ?? 0;
  batch.sizes[line] = inner.sizes[0] ?? 0;
  batch.durations[line] = inner.durations[0] ?? -1;
  batch.events[line] = inner.events[0] ?? EVENT.none;
}

/** A target with a method or a status is a request, whoever logs it. */
function finishRequest(batch: ParsedBatch, line: number): void {
  const status = batch.statuses[line] ?? 0;
  const has = (field: FieldCode): boolean => batch.slices[(line * FIELD_COUNT + field) * 2] !== -1;
  if (has(FIELD.target) && has(FIELD.method) && status !== 0) batch.events[line] = EVENT.request;
  if (batch.levels[line] !== 6) return;
  if (batch.events[line] === EVENT.request && status >= 400) batch.levels[line] = status >= 500 ? 3 : 4;
}

/** Index of the closing quote, or -1. */
function stringEnd(bytes: Uint8Array, from: number, end: number): number {
  for (let index = from; index < end; index += 1) {
    const byte = bytes[index];
    if (byte === BYTE.quote) return index;
    if (byte === BYTE.backslash) index += 1;
  }
  return -1;
}

function numberEnd(bytes: Uint8Array, from: number, end: number): number {
  let index = from;
  while (index < end) {
    const byte = bytes[index] ?? 0;
    if (!isDigit(byte) && byte !== BYTE.dot && byte !== BYTE.dash && byte !== 43 && (byte | 32) !== 101)
      break;
    index += 1;
  }
  return index;
}

function numberAt(bytes: Uint8Array, start: number, end: number): number {
  if (end - start > 20) return Number.NaN;
  let value = 0;
  for (let index = start; index < end; index += 1) {
    const byte = bytes[index] ?? 0;
    if (byte === BYTE.dot && index > start) return value;
    if (!isDigit(byte)) return Number.NaN;
    value = value * 10 + byte - BYTE.zero;
  }
  return value;
}

function hasEscape(bytes: Uint8Array, start: number, end: number): boolean {
  for (let index = start; index < end; index += 1) if (bytes[index] === BYTE.backslash) return true;
  return false;
}

const ESCAPES: Record<string, string> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

/** Undoes JSON's escapes; what is not one stays as written. */
function unescaped(text: string): string {
  return text.replace(
    /\\(?:u([0-9a-fA-F]{4})|(.))/gs,
    (_, code: string | undefined, plain: string | undefined) =>
      code === undefined
        ? (ESCAPES[plain ?? ''] ?? plain ?? '')
        : String.fromCharCode(Number.parseInt(code, 16)),
  );
}
