import { FIELD, type ParsedBatch } from '../../flow/parsed-batch.ts';
import { BYTE, isDigit, matchesAt } from '../bytes.ts';
import { findLevel, NO_LEVEL } from '../levels.ts';
import { NO_STAMP } from '../stamp.ts';
import type { LineFormat, ParseContext } from './line-format.ts';

/**
 * Containers' logs as Kubernetes' container runtimes write them: `2026-11-21T10:00:00.123456789Z stdout F line`. What
 * stands behind the tag is parsed as the line it was.
 */
export const container: LineFormat = { name: 'container', opensWith: isDigit, parse, details };

function parse(batch: ParsedBatch, line: number, context: ParseContext): boolean {
  const bytes = batch.bytes;
  const start = batch.starts[line] ?? 0;
  const end = batch.ends[line] ?? 0;
  if (bytes[start + 10] !== 84 || context.parseRest === undefined) return false;
  const stampEnd = context.stamps.readIso(bytes, start, end);
  if (stampEnd === NO_STAMP || !matchesAt(bytes, stampEnd, end, ' std')) return false;
  const time = context.stamps.time;
  const stream = stampEnd + 4;
  if (!matchesAt(bytes, stream, end, 'out ') && !matchesAt(bytes, stream, end, 'err ')) return false;
  // `F` is a whole line, `P` a part of a long one; further tags join with a colon.
  const tag = bytes[stream + 4];
  if ((tag !== 70 && tag !== 80) || bytes[stream + 5] !== BYTE.space) return false;
  const from = stream + 6;
  const code = batch.formats[line] ?? 0;
  if (!context.parseRest(batch, line, from)) {
    batch.setSlice(line, FIELD.message, Math.min(from, end), end);
    const level = findLevel(bytes, from, end);
    batch.levels[line] = level === NO_LEVEL ? 6 : level;
  }
  batch.formats[line] = code;
  // The line's own time is when it happened; the runtime's when it was taken.
  if (Number.isNaN(batch.times[line] ?? Number.NaN)) batch.times[line] = time;
  return true;
}

function* details(line: string): Generator<[string, string]> {
  const match = /^\S+ (std(?:out|err)) ([FP])/.exec(line);
  if (match?.[1] !== undefined) yield ['stream', match[1]];
  if (match?.[2] === 'P') yield ['partial', 'true'];
}
