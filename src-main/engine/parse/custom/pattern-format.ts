import { LEVEL_NAMES } from '../../../../src-preload/contract/level-names.ts';
import type { CustomFormat } from '../../../../src-preload/contract/log-formats.ts';
import { parseLinePattern, type PatternPart } from '../../../../src-preload/contract/line-pattern.ts';
import type { Message } from '../../../../src-preload/contract/shared.ts';
import { EVENT, FIELD, FORMATS, type FieldCode, type ParsedBatch } from '../../flow/parsed-batch.ts';
import { BYTE, isDigit } from '../bytes.ts';
import { readAnyStamp } from '../formats/any-stamp.ts';
import type { LineFormat, ParseContext } from '../formats/line-format.ts';
import { levelOfNumber, levelOfWord, NO_LEVEL } from '../levels.ts';
import { NO_STAMP } from '../stamp.ts';
import { compileTimeFormat, type TimeReader } from './time-format.ts';

export const CUSTOM = FORMATS.indexOf('custom');

/** A format of the user's own, ready to be tried on lines. */
export interface CompiledFormat extends LineFormat {
  /** A line that does not match goes on with the one before. */
  multiline: boolean;
  /** Names it gives to places in the line, in lower case: they need not stand in the line themselves. */
  places: readonly string[];
  /** Why a line does not match, and from which byte of it on; undefined when it does. */
  explain(
    batch: ParsedBatch,
    line: number,
    context: ParseContext,
  ): { at: number; message: Message } | undefined;
  /** Fields of the line and where they stand in it (bytes), those without a meaning too. */
  spans(
    batch: ParsedBatch,
    line: number,
    context: ParseContext,
  ): { name: string; from: number; to: number }[];
}

type Step =
  | { kind: 'text'; bytes: Buffer; text: string }
  | { kind: 'time'; read: TimeReader; optional: boolean; format: string }
  | {
      kind: 'field';
      name: string;
      code: FieldCode | undefined;
      optional: boolean;
      until: Buffer | undefined;
    };

/** Where the fields of the line tried last stand; refilled for every line. */
interface Found {
  starts: Int32Array;
  ends: Int32Array;
  /** The step that failed, and where; -1 when none did. */
  step: number;
  at: number;
}

/** @throws Error when the pattern is none: the settings' schema has seen to that */
export function compilePattern(format: Extract<CustomFormat, { kind: 'pattern' }>): CompiledFormat {
  const read = parseLinePattern(format.pattern);
  if ('fault' in read) throw new Error(`No pattern: ${read.fault.message.key}`);
  const steps = stepsOf(read.parts);
  const levels = levelsOf(format.levels);
  const found: Found = {
    starts: new Int32Array(steps.length),
    ends: new Int32Array(steps.length),
    step: -1,
    at: 0,
  };
  return {
    name: 'custom',
    multiline: format.multiline,
    places: steps.flatMap((step) => (step.kind === 'field' ? [step.name.toLowerCase()] : [])),
    parse(batch, line, context) {
      if (!match(steps, found, batch, line, context)) return false;
      for (const [index, step] of steps.entries()) {
        if (step.kind === 'field')
          take(batch, line, step, found.starts[index] ?? 0, found.ends[index] ?? 0, levels);
      }
      finish(batch, line);
      return true;
    },
    explain(batch, line, context) {
      if (match(steps, found, batch, line, context)) return undefined;
      return { at: found.at - (batch.starts[line] ?? 0), message: why(steps[found.step]) };
    },
    spans(batch, line, context) {
      if (!match(steps, found, batch, line, context)) return [];
      const start = batch.starts[line] ?? 0;
      return steps.flatMap((step, index) => {
        const name = step.kind === 'text' ? '_' : step.kind === 'time' ? 'time' : step.name;
        const from = (found.starts[index] ?? 0) - start;
        const to = (found.ends[index] ?? 0) - start;
        return name === '_' || to <= from ? [] : [{ name, from, to }];
      });
    },
  };
}

/** Levels by the log's own words, in lower case. */
export function levelsOf(levels: CustomFormat['levels']): ReadonlyMap<string, number> {
  return new Map(
    Object.entries(levels ?? {}).map(([word, name]) => [word.toLowerCase(), LEVEL_NAMES.indexOf(name)]),
  );
}

function stepsOf(parts: readonly PatternPart[]): Step[] {
  return parts.map((part, index): Step => {
    if (part.kind === 'text') return { kind: 'text', bytes: spaced(part.text), text: part.text };
    if (part.name === 'time') {
      const { timeFormat, optional } = part;
      return {
        kind: 'time',
        read: timeFormat === undefined ? readAnyStamp : compileTimeFormat(timeFormat),
        optional,
        format: timeFormat ?? '',
      };
    }
    const next = parts[index + 1];
    return {
      kind: 'field',
      name: part.name,
      code: codeOf(part.name),
      optional: part.optional,
      until: next?.kind === 'text' ? spaced(next.text) : undefined,
    };
  });
}

function codeOf(name: string): FieldCode | undefined {
  for (const [known, code] of Object.entries(FIELD)) if (known === name) return code;
  return undefined;
}

/** A run of spaces stands for any run of spaces and tabs, as columns are aligned with. */
function spaced(text: string): Buffer {
  return Buffer.from(text.replace(/[ \t]+/g, ' '));
}

function match(
  steps: readonly Step[],
  found: Found,
  batch: ParsedBatch,
  line: number,
  context: ParseContext,
): boolean {
  const bytes = batch.bytes;
  const end = batch.ends[line] ?? 0;
  let at = batch.starts[line] ?? 0;
  found.step = -1;
  for (let index = 0; index < steps.length; index += 1) {
    const step = steps[index];
    if (step === undefined) break;
    found.starts[index] = at;
    const stop = runStep(step, steps[index + 1], bytes, at, end, batch, line, context);
    if (stop < 0) {
      found.step = index;
      found.at = at;
      return false;
    }
    found.ends[index] = stop;
    at = stop;
  }
  found.step = steps.length;
  found.at = at;
  return at === end;
}

function runStep(
  step: Step,
  next: Step | undefined,
  bytes: Uint8Array,
  at: number,
  end: number,
  batch: ParsedBatch,
  line: number,
  context: ParseContext,
): number {
  switch (step.kind) {
    case 'text':
      return textEnd(step.bytes, bytes, at, end);
    case 'time': {
      const stop = step.read(bytes, at, end, context.stamps);
      if (stop === NO_STAMP || stop > end) return step.optional ? at : -1;
      batch.times[line] = context.stamps.time;
      return stop;
    }
    case 'field': {
      const stop = next === undefined ? end : find(step.until, bytes, at, end, step.optional);
      return stop === at && !step.optional ? -1 : stop;
    }
  }
}

/** End of the text at `at`, or -1 when it does not stand there. */
function textEnd(text: Buffer, bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  for (const byte of text) {
    if (byte === BYTE.space) {
      if (at >= end || !isBlank(bytes[at])) return -1;
      while (at < end && isBlank(bytes[at])) at += 1;
    } else {
      if (at >= end || bytes[at] !== byte) return -1;
      at += 1;
    }
  }
  return at;
}

/** Where the text stands next, or -1: the field before it ends there. A quote that is escaped ends nothing. */
function find(
  text: Buffer | undefined,
  bytes: Uint8Array,
  from: number,
  end: number,
  optional: boolean,
): number {
  if (text === undefined) return -1;
  const first = text[0];
  for (let at = optional ? from : from + 1; at < end; at += 1) {
    if (first === BYTE.space ? !isBlank(bytes[at]) : bytes[at] !== first) continue;
    if (first === BYTE.quote && bytes[at - 1] === BYTE.backslash && at > from) continue;
    if (textEnd(text, bytes, at, end) >= 0) return at;
  }
  return -1;
}

function isBlank(byte: number | undefined): boolean {
  return byte === BYTE.space || byte === BYTE.tab;
}

function take(
  batch: ParsedBatch,
  line: number,
  step: Extract<Step, { kind: 'field' }>,
  from: number,
  to: number,
  levels: ReadonlyMap<string, number>,
): void {
  const bytes = batch.bytes;
  const dash = to - from === 1 && bytes[from] === BYTE.dash;
  if (from >= to || dash) return;
  if (step.code !== undefined) batch.setSlice(line, step.code, from, to);
  else if (step.name === 'level') {
    const level = levelAt(batch, from, to, levels);
    if (level !== NO_LEVEL) batch.levels[line] = level;
  } else if (step.name === 'status' && to - from === 3 && isDigit(bytes[from])) {
    batch.statuses[line] = Number(bytes.toString('latin1', from, to)) || 0;
  } else if (step.name === 'size')
    batch.sizes[line] = Number(bytes.toString('latin1', from, Math.min(to, from + 15))) || 0;
}

function levelAt(batch: ParsedBatch, from: number, to: number, levels: ReadonlyMap<string, number>): number {
  const bytes = batch.bytes;
  let start = from;
  let end = to;
  while (start < end && isBlank(bytes[start])) start += 1;
  while (end > start && isBlank(bytes[end - 1])) end -= 1;
  if (levels.size > 0 && end - start <= 40) {
    const own = levels.get(bytes.toString('utf8', start, end).toLowerCase());
    if (own !== undefined) return own;
  }
  const level = levelOfWord(bytes, start, end);
  if (level !== NO_LEVEL || !isDigit(bytes[start]) || end - start > 2) return level;
  return levelOfNumber(Number(bytes.toString('latin1', start, end)));
}

/** A line is searched by its message; a target with a method and a status is a request. */
function finish(batch: ParsedBatch, line: number): void {
  if (!batch.has(line, FIELD.message)) {
    batch.setSlice(line, FIELD.message, batch.starts[line] ?? 0, batch.ends[line] ?? 0);
  }
  const status = batch.statuses[line] ?? 0;
  if (status === 0 || !batch.has(line, FIELD.target) || !batch.has(line, FIELD.method)) return;
  batch.events[line] = EVENT.request;
  if (status >= 400 && batch.levels[line] === 6) batch.levels[line] = status >= 500 ? 3 : 4;
}

function why(step: Step | undefined): Message {
  switch (step?.kind) {
    case undefined:
      return { key: 'formats.why.rest', parameters: {} };
    case 'text':
      return { key: 'formats.why.text', parameters: { text: step.text } };
    case 'time':
      return step.format === ''
        ? { key: 'formats.why.anyTime', parameters: {} }
        : { key: 'formats.why.time', parameters: { format: step.format } };
    case 'field':
      return step.until === undefined
        ? { key: 'formats.why.empty', parameters: { name: step.name } }
        : { key: 'formats.why.field', parameters: { name: step.name, text: step.until.toString() } };
  }
}
