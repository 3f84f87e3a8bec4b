import { FIELD, type ParsedBatch } from '../../flow/parsed-batch.ts';
import { BYTE, skipSpaces } from '../bytes.ts';
import { findLevel, NO_LEVEL } from '../levels.ts';
import { NO_STAMP } from '../stamp.ts';
import { findStamp } from './any-stamp.ts';
import type { LineFormat, ParseContext } from './line-format.ts';

/** Anything else: a time stamp near the start and a level word, where there are such. */
export const text: LineFormat = { name: 'text', parse };

function parse(batch: ParsedBatch, line: number, context: ParseContext): boolean {
  const bytes = batch.bytes;
  const start = batch.starts[line] ?? 0;
  const end = batch.ends[line] ?? 0;
  const stampEnd = findStamp(bytes, start, end, context.stamps);
  if (stampEnd !== NO_STAMP) batch.times[line] = context.stamps.time;
  const from = stampEnd === NO_STAMP ? start : stampEnd;
  const level = findLevel(bytes, from, end);
  if (level !== NO_LEVEL) batch.levels[line] = level;
  batch.setSlice(line, FIELD.message, messageStart(bytes, from, end), end);
  return true;
}

function messageStart(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (
    at < end &&
    (bytes[at] === BYTE.closeBracket || bytes[at] === BYTE.colon || bytes[at] === BYTE.comma)
  )
    at += 1;
  return skipSpaces(bytes, at, end);
}
