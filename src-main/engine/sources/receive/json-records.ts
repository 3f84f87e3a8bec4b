import type { ReceivedClass } from '../../../../src-preload/contract/limits.ts';
import { createBreath } from './breath.ts';
import type { LabelFinder } from './labels.ts';

/** Records of one request; a request of nothing but `{}` would grow twelvefold. */
const MAX_RECORDS = 50_000;
/** One line of the store; more is no log record. */
export const MAX_RECORD_BYTES = 1024 * 1024;
const MAX_DEPTH = 100;
/** Keys that may name who writes, in this order. */
const PROGRAM_KEYS = ['service', 'app', 'application', 'program', 'logger', 'name'];

/** A body that is refused as a whole, and where: nothing of it is stored. */
export interface BodyFault {
  kind: 'malformed' | 'tooLarge';
  /** Of the record at fault, from 0. */
  record: number;
  /** For the sender, in English: it goes to a program's log, not to a screen. */
  reason: string;
}

export interface JsonRecordOptions {
  from: string;
  /** Key of the record that may name its class; empty: none. */
  classField: string;
  labelOf: LabelFinder;
}

const NEWLINE = 10;
const RETURN = 13;
const TAB = 9;
const SPACE = 32;
const QUOTE = 34;
const COMMA = 44;
const OPEN_BRACKET = 91;
const BACKSLASH = 92;
const CLOSE_BRACKET = 93;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;

/**
 * Records of a JSON body as lines: one object, an array of objects, or objects one after the other (JSON lines). Each
 * object stays byte for byte as it was sent, since numbers of 64 bits would not survive a parser; sender and class are
 * added at its end as `"received":{"from":…,"class":…}`.
 */
export async function jsonLines(body: Buffer, options: JsonRecordOptions): Promise<Buffer[] | BodyFault> {
  const records = splitRecords(body);
  if (!Array.isArray(records)) return records;
  const lines: Buffer[] = [];
  const breathe = createBreath();
  for (const [record, bytes] of records.entries()) {
    const object = parsedObject(bytes);
    if (object === undefined) return { kind: 'malformed', record, reason: 'not a JSON object' };
    const label = options.labelOf({
      named: options.classField === '' ? undefined : object[options.classField],
      program: programOf(object),
    });
    await breathe();
    lines.push(withOrigin(bytes, Object.keys(object).length === 0, options.from, label));
  }
  return lines;
}

/** What every received JSON line ends with. */
export function originOf(from: string, label: ReceivedClass | undefined): Record<string, string> {
  return label === undefined ? { from } : { from, class: label };
}

function withOrigin(record: Buffer, empty: boolean, from: string, label: ReceivedClass | undefined): Buffer {
  const origin = `${empty ? '' : ','}"received":${JSON.stringify(originOf(from, label))}}\n`;
  const line = Buffer.allocUnsafe(record.length - 1 + origin.length);
  record.copy(line, 0, 0, record.length - 1);
  line.write(origin, record.length - 1, 'latin1');
  // Between values newlines are space; within strings JSON has none.
  for (let index = 0; index < record.length - 1; index += 1)
    if (line[index] === NEWLINE || line[index] === RETURN) line[index] = SPACE;
  return line;
}

function parsedObject(bytes: Buffer): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function programOf(object: Record<string, unknown>): string | undefined {
  for (const key of PROGRAM_KEYS) {
    const value = object[key];
    if (typeof value === 'string') return value;
  }
  return undefined;
}

/** Finds where each object begins and ends; what is in them is not looked at. */
function splitRecords(body: Buffer): Buffer[] | BodyFault {
  const records: Buffer[] = [];
  const fault = (kind: BodyFault['kind'], reason: string): BodyFault => ({
    kind,
    record: records.length,
    reason,
  });
  let at = skipSpace(body, hasMark(body) ? 3 : 0);
  const inArray = body[at] === OPEN_BRACKET;
  if (inArray) at = skipSpace(body, at + 1);
  if (inArray && body[at] === CLOSE_BRACKET)
    return skipSpace(body, at + 1) === body.length ? records : fault('malformed', 'text after the array');
  while (at < body.length) {
    if (body[at] !== OPEN_BRACE) return fault('malformed', 'an object is expected');
    const end = objectEnd(body, at);
    if (end < 0) return fault('malformed', 'an object does not end, or is nested too deeply');
    if (end - at > MAX_RECORD_BYTES)
      return fault('tooLarge', `a record has at most ${MAX_RECORD_BYTES} bytes`);
    if (records.length >= MAX_RECORDS)
      return fault('tooLarge', `a request has at most ${MAX_RECORDS} records`);
    records.push(body.subarray(at, end));
    at = skipSpace(body, end);
    if (!inArray) continue;
    if (body[at] === CLOSE_BRACKET)
      return skipSpace(body, at + 1) === body.length ? records : fault('malformed', 'text after the array');
    if (body[at] !== COMMA) return fault('malformed', 'a comma or the end of the array is expected');
    at = skipSpace(body, at + 1);
  }
  return inArray ? fault('malformed', 'the array does not end') : records;
}

/** Offset after the brace that closes the object at `from`; -1 where none does. */
function objectEnd(body: Buffer, from: number): number {
  let depth = 0;
  for (let at = from; at < body.length; at += 1) {
    const byte = body[at] ?? 0;
    if (byte === QUOTE) {
      at = stringEnd(body, at + 1);
      if (at < 0) return -1;
    } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      depth += 1;
      if (depth > MAX_DEPTH) return -1;
    } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return -1;
}

function stringEnd(body: Buffer, from: number): number {
  for (let at = from; at < body.length; at += 1) {
    if (body[at] === QUOTE) return at;
    if (body[at] === BACKSLASH) at += 1;
  }
  return -1;
}

function skipSpace(body: Buffer, from: number): number {
  let at = from;
  while (at < body.length && isSpace(body[at] ?? 0)) at += 1;
  return at;
}

function isSpace(byte: number): boolean {
  return byte === SPACE || byte === NEWLINE || byte === RETURN || byte === TAB;
}

/** UTF-8's byte order mark, which some writers begin with. */
function hasMark(body: Buffer): boolean {
  return body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf;
}
