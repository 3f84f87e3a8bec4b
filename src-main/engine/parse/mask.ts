import type { MaskingRule } from '../../../src-preload/contract/masking.ts';
import { BatchMemory } from '../flow/batch-memory.ts';
import type { ByteScanner } from '../flow/byte-scan.ts';
import { LINES_PER_RUN } from '../flow/line-runs.ts';
import type { ParsedBatch } from '../flow/parsed-batch.ts';
import { findCards } from './masking/cards.ts';
import { MaskingRules, type OwnFields } from './masking/rules.ts';
import { secretByForm, secretOfKey, userInfoPassword } from './masking/secrets.ts';
import { joined, replacementOf, type Span } from './masking/spans.ts';
import { secretScanner, type SecretScanner } from './masking/scanner.ts';
import { scanTriggers, TRIGGERS } from './masking/triggers.ts';
import { UserPseudonyms } from './masking/users.ts';

export interface MaskerOptions {
  /** Passwords, tokens, keys, card numbers. */
  secrets: boolean;
  /** User names become keyed pseudonyms. */
  users: boolean;
  /** The user's own; none where absent. */
  rules?: readonly MaskingRule[] | undefined;
  /** Key of the pseudonyms: kept with the installation, never stored with the lines. */
  key: string;
  /** Where the masked text lies until the next batch is masked; each batch has its own where absent. */
  memory?: BatchMemory | undefined;
  /** What the bytes of batches are looked through with. It may hold them already: then they are not loaded again. */
  scanner?: ByteScanner | undefined;
}

/** The shape in which lines are stored: one after another without separators. */
export interface MaskedBatch {
  text: Uint8Array<ArrayBuffer>;
  textEnds: Uint32Array<ArrayBuffer>;
  /** 1 for the lines that have changed. */
  changed: Uint8Array<ArrayBuffer>;
}

/**
 * Takes secrets out of lines before they are kept. A line without any stays as it is, byte for byte: counts in the store
 * agree with those of a search through the file.
 */
export interface Masker {
  /** @param own fields of a format of the user's own, which the batch does not name */
  maskBatch(batch: ParsedBatch, own?: OwnFields): MaskedBatch;
  /** What is masked in a batch, in order. */
  spans(batch: ParsedBatch, own?: OwnFields): Span[];
  /** What masking makes of a text, and where the marks stand in the result (UTF-16 offsets). */
  preview(text: string): { text: string; spans: { from: number; to: number; kind: string }[] };
  /** The pseudonym of a user's name; undefined where users are not masked. */
  pseudonym: ((name: string) => string) | undefined;
}

const AT_SIGN = 64;
const DASH = 45;
const MAX_KEY_LINES = 200;

export function createMasker(options: MaskerOptions): Masker {
  const pseudonyms = options.users ? new UserPseudonyms(options.key) : undefined;
  const used = options.rules?.filter(({ enabled }) => enabled) ?? [];
  const scanner = secretScanner(TRIGGERS, options.scanner);
  const rules = used.length > 0 ? new MaskingRules(used) : undefined;
  const spansOf = (batch: ParsedBatch, own: OwnFields | undefined): Span[] => {
    const spans = options.secrets
      ? secretSpans(scanner, batch.bytes, batch.starts, batch.ends, batch.count)
      : [];
    if (pseudonyms !== undefined) {
      for (let line = 0; line < batch.count; line += 1) spans.push(...pseudonyms.spans(batch, line));
    }
    rules?.addSpans(batch, own, spans);
    return spans;
  };
  return {
    maskBatch(batch, own) {
      const spans = spansOf(batch, own);
      return masked(batch, joined(spans), options.memory ?? new BatchMemory());
    },
    spans: (batch, own) => joined(spansOf(batch, own)),
    preview(text) {
      const bytes = Buffer.from(text);
      const starts = [0];
      const ends: number[] = [];
      for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) {
        ends.push(at);
        starts.push(at + 1);
      }
      ends.push(bytes.length);
      const spans = options.secrets ? secretSpans(scanner, bytes, starts, ends, ends.length) : [];
      rules?.addSpans({ bytes, starts, ends, count: ends.length }, undefined, spans);
      return previewOf(bytes, joined(spans));
    },
    pseudonym: pseudonyms === undefined ? undefined : (name) => (name === '' ? name : pseudonyms.of(name)),
  };
}

/** Finds what is secret in all lines at once. */
function secretSpans(
  scanner: SecretScanner,
  bytes: Buffer,
  starts: ArrayLike<number>,
  ends: ArrayLike<number>,
  count: number,
): Span[] {
  const spans: Span[] = [];
  let line = 0;
  const lineOf = (at: number): number => {
    while (line + 1 < count && (starts[line + 1] ?? 0) <= at) line += 1;
    return line;
  };
  let covered = 0;
  scanTriggers(bytes, scanner, (at, kind) => {
    // What stands within a secret is masked with it; looking again could be made to cost a square.
    if (at < covered) return;
    const index = lineOf(at);
    const start = starts[index] ?? 0;
    const end = ends[index] ?? 0;
    if (at >= end || at < start) return;
    const span = kind === 'key' ? secretOfKey(bytes, at, start, end) : secretByForm(bytes, at, start, end);
    if (span === undefined) return;
    covered = span.to;
    if (span.to > span.from) spans.push(span);
    const opensBlock = kind === 'direct' && span.kind === 'key' && bytes[at] === DASH && span.to === end;
    if (opensBlock) covered = addKeyLines(bytes, starts, ends, count, index + 1, spans);
  });
  line = 0;
  for (let at = bytes.indexOf(AT_SIGN); at >= 0; at = bytes.indexOf(AT_SIGN, at + 1)) {
    const index = lineOf(at);
    const span = at < (ends[index] ?? 0) ? userInfoPassword(bytes, at, starts[index] ?? 0) : undefined;
    if (span !== undefined) spans.push(span);
  }
  findCards(bytes, scanner.bytes, (span) => spans.push(span));
  return spans;
}

/** The lines of a private key up to its end mark, as long as they look like one; answers where they end. */
function addKeyLines(
  bytes: Buffer,
  starts: ArrayLike<number>,
  ends: ArrayLike<number>,
  count: number,
  from: number,
  spans: Span[],
): number {
  let covered = 0;
  for (let line = from; line < Math.min(count, from + MAX_KEY_LINES); line += 1) {
    const start = starts[line] ?? 0;
    const end = ends[line] ?? 0;
    const text = bytes.toString('latin1', start, Math.min(end, start + 200));
    if (!/^\s*([A-Za-z0-9+/=]+|[A-Z][\w-]+: .*)?\s*$/.test(text)) break;
    if (end > start) spans.push({ from: start, to: end, kind: 'key' });
    covered = end;
  }
  return covered;
}

/**
 * The lines one after another, with marks in place of the spans. Everything is copied at once, with room before it for what
 * the marks may add, and each piece then moved down to its place: twice as fast as copying piece by piece, and no object
 * for any.
 */
function masked(batch: ParsedBatch, spans: readonly Span[], memory: BatchMemory): MaskedBatch {
  const marks = spans.map(markOf);
  const room = marks.reduce((sum, mark) => sum + mark.length, 0);
  const text = memory.bytes('text', batch.bytes.length + room);
  text.set(batch.bytes, room);
  const inHand: MaskingInHand = {
    text,
    textEnds: memory.uint32('textEnds', batch.count),
    changed: memory.bytes('changed', batch.count),
    room,
    length: 0,
    next: 0,
  };
  for (let from = 0; from < batch.count; from += LINES_PER_RUN)
    maskRun(batch, spans, marks, inHand, from, Math.min(batch.count, from + LINES_PER_RUN));
  return { ...inHand, text: text.subarray(0, inHand.length) };
}

interface MaskingInHand extends MaskedBatch {
  /** Where the lines as they were begin in `text`. */
  room: number;
  /** How much of `text` is done, and the span that comes next. */
  length: number;
  next: number;
}

function maskRun(
  { starts, ends }: ParsedBatch,
  spans: readonly Span[],
  marks: readonly Uint8Array[],
  inHand: MaskingInHand,
  from: number,
  to: number,
): void {
  const { text, textEnds, changed, room } = inHand;
  let { length, next } = inHand;
  for (let line = from; line < to; line += 1) {
    let at = starts[line] ?? 0;
    const end = ends[line] ?? 0;
    changed[line] = 0;
    for (let span = spans[next]; span !== undefined && span.from < end; span = spans[next]) {
      const mark = marks[next];
      next += 1;
      if (mark === undefined || span.from < at) continue;
      if (span.from > at) text.copyWithin(length, room + at, room + span.from);
      length += span.from - at;
      text.set(mark, length);
      length += mark.length;
      at = Math.min(span.to, end);
      changed[line] = 1;
    }
    if (room + at !== length) text.copyWithin(length, room + at, room + end);
    length += end - at;
    textEnds[line] = length;
  }
  inHand.length = length;
  inHand.next = next;
}

/** Marks by their text: there are as many as kinds and users. */
const marksKnown = new Map<string, Buffer>();
const MAX_MARKS = 1000;

function markOf(span: Span): Buffer {
  const text = replacementOf(span);
  const known = marksKnown.get(text);
  if (known !== undefined) return known;
  const mark = Buffer.from(text);
  if (marksKnown.size >= MAX_MARKS) marksKnown.clear();
  marksKnown.set(text, mark);
  return mark;
}

function previewOf(bytes: Buffer, spans: Span[]): ReturnType<Masker['preview']> {
  let text = '';
  let at = 0;
  const shown: { from: number; to: number; kind: string }[] = [];
  for (const span of spans) {
    text += bytes.toString('utf8', at, span.from);
    const mark = replacementOf(span);
    shown.push({ from: text.length, to: text.length + mark.length, kind: span.kind });
    text += mark;
    at = span.to;
  }
  return { text: text + bytes.toString('utf8', at), spans: shown };
}
