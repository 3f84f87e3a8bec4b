import { BatchMemory } from '../flow/batch-memory.ts';
import { splitLines, type LineBatch } from '../flow/line-batch.ts';
import type { ParsedBatch } from '../flow/parsed-batch.ts';
import { FIELD, FORMATS, type FormatName } from '../flow/parsed-batch.ts';
import { formats } from './formats/index.ts';
import { createLineParser, type LineParserOptions } from './line-parser.ts';
import { StampReader } from './stamp.ts';

/** A line as the inspector shows it. */
export interface LineDescription {
  format: FormatName;
  /** In the line's own order where it has one; names as the line writes them. */
  fields: { name: string; value: string; masked: boolean }[];
}

/** What somebody may want to read of one line; a hostile one has more. */
const MAX_FIELDS = 200;
const MAX_VALUE = 10_000;
const MAX_DEPTH = 8;
const MAX_TEXT = 1_000_000;

/** Works out again all fields of a stored (masked) line. Who asks for many keeps a {@link createLineDescriber}. */
export function describeLine(text: string, options: LineParserOptions): LineDescription {
  return createLineDescriber(options)(text);
}

/** What describes many lines: a parser is kept, which takes more to make than a line takes to read. */
export function createLineDescriber(options: LineParserOptions): (text: string) => LineDescription {
  const parser = createLineParser({ ...options, memory: new BatchMemory() });
  let lines = 0;
  return (text) => {
    const line = text.slice(0, MAX_TEXT).replaceAll('\n', ' ');
    // Each is a stream of its own: it goes on with no other, and is read alike whatever came before.
    lines += 1;
    return describe(line, parser.parse(batchOf(line, lines)), options);
  };
}

function batchOf(line: string, stream: number): LineBatch {
  const bytes = Buffer.from(line);
  const { length } = bytes;
  if (length === 0) return splitLines('', stream, 0, bytes);
  START[0] = 0;
  END[0] = bytes[length - 1] === CARRIAGE_RETURN ? length - 1 : length;
  return { sourceId: '', stream, firstOffset: 0, bytes, count: 1, starts: START, ends: END, length };
}

const CARRIAGE_RETURN = 13;
/** Of the one line at a time: making two arrays for each is a tenth of describing it. */
const START = new Int32Array(1);
const END = new Int32Array(1);

function describe(line: string, batch: ParsedBatch, options: LineParserOptions): LineDescription {
  const format = FORMATS[batch.formats[0] ?? 0] ?? 'text';
  const pairs = new Map<string, string>();
  for (const [name, value] of knownFields(batch)) add(pairs, name, value);
  for (const [name, value] of customFields(batch, options)) add(pairs, name, value);
  for (const [name, value] of detailsOf(format, line)) add(pairs, name, value);
  if (format === 'json' || (format === 'custom' && line.trimStart().startsWith('{')))
    flatten(parsedJson(line), '', pairs, 0);
  else {
    // A logfmt line is nothing but names and values; its message is one of them.
    const text = format === 'logfmt' ? line : (batch.field(0, FIELD.message) ?? line);
    for (const [name, value] of keyValues(text)) add(pairs, name, value);
  }
  const fields = [...pairs].map(([name, value]) => ({ name, value, masked: value.includes('[masked:') }));
  return { format, fields };
}

function add(pairs: Map<string, string>, name: string, value: string): void {
  if (pairs.size < MAX_FIELDS && !pairs.has(name)) pairs.set(name, value.slice(0, MAX_VALUE));
}

/** Fields the user gave names that mean nothing to the parser. */
function* customFields(batch: ParsedBatch, options: LineParserOptions): Generator<[string, string]> {
  if (options.custom === undefined || batch.count === 0) return;
  const stamps = new StampReader(options);
  for (const { name, from, to } of options.custom.spans(batch, 0, { stamps })) {
    if (name !== 'time') yield [name, batch.bytes.toString('utf8', from, to)];
  }
}

/** A firewall's lines come inside the kernel's of syslog, or as a W3C log. */
function* detailsOf(format: FormatName, line: string): Iterable<readonly [string, string]> {
  const names = format === 'firewall' ? ['syslog', 'w3c'] : [format];
  for (const { name, details } of formats)
    if (names.includes(name) && details !== undefined) yield* details(line);
}

const KNOWN_FIELDS = Object.entries(FIELD);

/** What the parser itself found, under its own names. */
function* knownFields(batch: ParsedBatch): Generator<[string, string]> {
  if (batch.count === 0) return;
  const time = batch.times[0] ?? Number.NaN;
  if (!Number.isNaN(time)) yield ['time', new Date(time).toISOString()];
  for (const [name, code] of KNOWN_FIELDS) {
    const value = batch.field(0, code);
    if (value !== undefined) yield [name, value];
  }
  if (batch.statuses[0] !== 0) yield ['status', String(batch.statuses[0])];
  if (batch.sizes[0] !== 0) yield ['size', String(batch.sizes[0])];
}

function parsedJson(line: string): unknown {
  try {
    const value: unknown = JSON.parse(line);
    return value;
  } catch {
    // The byte scan is more lenient than JSON.parse (numbers, escapes): then the known fields are all there is.
    return undefined;
  }
}

/** Nested keys join with dots, array elements with their index. */
function flatten(value: unknown, path: string, pairs: Map<string, string>, depth: number): void {
  if (pairs.size >= MAX_FIELDS || value === undefined) return;
  if (typeof value !== 'object' || value === null || depth >= MAX_DEPTH) {
    add(pairs, path, typeof value === 'string' ? value : JSON.stringify(value));
    return;
  }
  for (const [key, inner] of Object.entries(value)) {
    flatten(inner, path === '' ? key : `${path}.${key}`, pairs, depth + 1);
  }
}

/** `name=value` and `name="quoted value"`, as logfmt and the kernel write them. */
function* keyValues(message: string): Generator<[string, string]> {
  const pattern = /(?<![^\s,;([])([A-Za-z_][\w.-]{0,60})=(?:"((?:[^"\\]|\\.)*)"|([^\s,;)\]]+))/g;
  for (const [, name, quoted, bare] of message.matchAll(pattern)) {
    if (name !== undefined) yield [name, quoted ?? bare ?? ''];
  }
}
