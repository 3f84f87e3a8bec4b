import { LOG_CLASSES, type LogClass } from '../../../src-preload/contract/log-classes.ts';
import { BatchMemory } from './batch-memory.ts';
import { LINES_PER_RUN } from './line-runs.ts';
import { FIELD, FIELD_COUNT, MAX_ADDRESS, type ParsedBatch } from './parsed-batch.ts';
import type { PatternColumn } from './pattern-entry.ts';
import type { StoredLines } from './stored-lines.ts';

const DAY_MS = 86_400_000;

/** Masked lines of a batch: line i is text[textEnds[i-1] ?? 0, textEnds[i]). */
export interface MaskedText {
  text: Uint8Array;
  textEnds: Uint32Array;
  /** 1 for the lines that masking has changed. */
  changed: Uint8Array;
}

/**
 * Sorts a batch's lines into the partitions they are kept in. Nearly every batch is of one day and at most three
 * classes, so it counts first and copies second; a batch that falls into one partition is not copied at all.
 * @param classes per line, an index into LOG_CLASSES
 * @param memory where the columns lie until the next batch; each has its own where absent
 * @param patterns none where not given
 */
export function partitionLines(
  batch: ParsedBatch,
  masked: MaskedText,
  classes: Uint8Array,
  memory = new BatchMemory(),
  patterns: PatternColumn = { table: [''], index: new Uint32Array(batch.count) },
): StoredLines[] {
  const groupOf = memory.uint32('groupOf', batch.count);
  const groups = new Map<number, Group>();
  for (let from = 0; from < batch.count; from += LINES_PER_RUN)
    groupRun(batch, masked, classes, groups, groupOf, from, Math.min(batch.count, from + LINES_PER_RUN));
  const single = groups.size === 1;
  const parts = [...groups].map(([key, { count, bytes }], group) => {
    const part: StoredLines = {
      logClass: LOG_CLASSES[key % LOG_CLASSES.length] as LogClass,
      day: new Date(Math.floor(key / LOG_CLASSES.length) * DAY_MS).toISOString().slice(0, 10),
      sourceId: batch.sourceId,
      stream: batch.stream,
      count,
      times: single ? batch.times : memory.float64(`times ${group}`, count),
      levels: single ? batch.levels : memory.bytes(`levels ${group}`, count),
      offsets: memory.float64(`offsets ${group}`, count),
      addresses: memory.int32(`addresses ${group}`, count),
      addressLengths: memory.bytes(`addressLengths ${group}`, count),
      addressTable: [],
      patterns: single ? patterns.index : memory.uint32(`patterns ${group}`, count).fill(0),
      patternTable: single ? patterns.table : [''],
      text: single ? masked.text : memory.bytes(`text ${group}`, bytes),
      textEnds: single ? masked.textEnds : memory.uint32(`textEnds ${group}`, count),
    };
    return part;
  });
  const next = new Uint32Array(parts.length);
  for (let from = 0; from < batch.count; from += LINES_PER_RUN)
    fillRun(parts, next, groupOf, batch, masked, from, Math.min(batch.count, from + LINES_PER_RUN));
  if (!single) fillPatterns(parts, groupOf, patterns);
  return parts;
}

/** Lines of one partition. */
interface Group {
  number: number;
  count: number;
  /** Of their text. */
  bytes: number;
}

function groupRun(
  { times }: ParsedBatch,
  masked: MaskedText,
  classes: Uint8Array,
  groups: Map<number, Group>,
  groupOf: Uint32Array,
  from: number,
  to: number,
): void {
  let last = Number.NaN;
  let group: Group | undefined;
  for (let line = from; line < to; line += 1) {
    const key = Math.floor((times[line] ?? 0) / DAY_MS) * LOG_CLASSES.length + (classes[line] ?? 0);
    if (group === undefined || key !== last) {
      last = key;
      group = groups.get(key);
      if (group === undefined) {
        group = { number: groups.size, count: 0, bytes: 0 };
        groups.set(key, group);
      }
    }
    groupOf[line] = group.number;
    group.count += 1;
    group.bytes += textEnd(masked, line) - textStart(masked, line);
  }
}

/** Each part gets a table of its own patterns. */
function fillPatterns(
  parts: readonly StoredLines[],
  groupOf: Uint32Array,
  { table, index }: PatternColumn,
): void {
  const next = new Uint32Array(parts.length);
  const places = parts.map(() => new Uint32Array(table.length));
  for (let line = 0; line < groupOf.length; line += 1) {
    const group = groupOf[line] ?? 0;
    const part = parts[group];
    const own = places[group];
    if (part === undefined || own === undefined) continue;
    const at = next[group] ?? 0;
    next[group] = at + 1;
    const pattern = index[line] ?? 0;
    if (pattern === 0) continue;
    if (own[pattern] === 0) own[pattern] = part.patternTable.push(table[pattern] ?? '') - 1;
    part.patterns[at] = own[pattern] ?? 0;
  }
}

/** @param next where in each part its next line goes */
function fillRun(
  parts: readonly StoredLines[],
  next: Uint32Array,
  groupOf: Uint32Array,
  batch: ParsedBatch,
  masked: MaskedText,
  from: number,
  to: number,
): void {
  for (let line = from; line < to; line += 1) {
    const group = groupOf[line] ?? 0;
    const part = parts[group];
    if (part === undefined) continue;
    const at = next[group] ?? 0;
    next[group] = at + 1;
    part.offsets[at] = batch.offset(line);
    placeAddress(part, at, batch, line, masked);
    if (parts.length === 1) continue;
    part.times[at] = batch.times[line] ?? 0;
    part.levels[at] = batch.levels[line] ?? 6;
    const start = textStart(masked, line);
    const end = textEnd(masked, line);
    const textAt = at === 0 ? 0 : (part.textEnds[at - 1] ?? 0);
    part.text.set(masked.text.subarray(start, end), textAt);
    part.textEnds[at] = textAt + end - start;
  }
}

/** Notes where in the masked line the address stands. */
function placeAddress(
  part: StoredLines,
  at: number,
  batch: ParsedBatch,
  line: number,
  masked: MaskedText,
): void {
  part.addresses[at] = -1;
  const slice = (line * FIELD_COUNT + FIELD.address) * 2;
  const from = batch.slices[slice] ?? -1;
  if (from === -1) return;
  const to = Math.min(batch.slices[slice + 1] ?? from, from + MAX_ADDRESS);
  const place = from < to ? maskedPlace(batch, line, masked, from, to) : -1;
  if (place >= 0) {
    part.addresses[at] = place;
    part.addressLengths[at] = to - from;
    return;
  }
  const text = batch.address(line);
  if (text !== '') part.addresses[at] = -1 - part.addressTable.push(text);
}

/**
 * Where in the masked line bytes of the line stand, -1 if they are masked themselves. Masking may have changed what is in
 * front of them, or behind.
 */
function maskedPlace(batch: ParsedBatch, line: number, masked: MaskedText, from: number, to: number): number {
  const before = from - (batch.starts[line] ?? 0);
  if (masked.changed[line] === 0) return before;
  const start = textStart(masked, line);
  const end = textEnd(masked, line);
  if (isAt(masked.text, start + before, end, batch.bytes, from, to)) return before;
  const moved = end - start + from - (batch.ends[line] ?? 0);
  return moved >= 0 && isAt(masked.text, start + moved, end, batch.bytes, from, to) ? moved : -1;
}

/** Whether a text has at a place what the bytes have between `from` and `to`. */
function isAt(
  text: Uint8Array,
  place: number,
  end: number,
  bytes: Uint8Array,
  from: number,
  to: number,
): boolean {
  if (place + to - from > end) return false;
  for (let at = from; at < to; at += 1) if (text[place + at - from] !== bytes[at]) return false;
  return true;
}

function textStart(masked: MaskedText, line: number): number {
  return line === 0 ? 0 : (masked.textEnds[line - 1] ?? 0);
}

function textEnd(masked: MaskedText, line: number): number {
  return masked.textEnds[line] ?? 0;
}
