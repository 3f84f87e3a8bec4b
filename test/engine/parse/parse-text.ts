import { splitLines } from '../../../src-main/engine/flow/line-batch.ts';
import { FIELD, FORMATS, type ParsedBatch } from '../../../src-main/engine/flow/parsed-batch.ts';
import { createLineParser, type LineParserOptions } from '../../../src-main/engine/parse/line-parser.ts';

export const NOW = Date.UTC(2026, 10, 21, 10, 0, 0);

/** Parses lines as one batch of a fresh stream, on 21 November 2026 in UTC. */
export function parseLines(lines: string[], options: Partial<LineParserOptions> = {}): ParsedBatch {
  const parser = createLineParser({ timeZone: 'UTC', clock: { now: () => NOW }, ...options });
  return parser.parse(splitLines('s', 1, 0, Buffer.from(lines.map((line) => `${line}\n`).join(''))));
}

export interface PlainLine {
  format: string | undefined;
  time: string | undefined;
  level: number | undefined;
  [field: string]: unknown;
}

/** One line of a batch as a plain object, absent fields left out. */
export function plain(batch: ParsedBatch, line = 0): PlainLine {
  const time = batch.times[line] ?? Number.NaN;
  const fields = Object.entries(FIELD).flatMap(([name, code]) => {
    const value = batch.field(line, code);
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    format: FORMATS[batch.formats[line] ?? -1],
    time: Number.isNaN(time) ? undefined : new Date(time).toISOString(),
    level: batch.levels[line],
    ...(batch.statuses[line] === 0 ? {} : { status: batch.statuses[line] }),
    ...(batch.sizes[line] === 0 ? {} : { size: batch.sizes[line] }),
    ...(batch.events[line] === 0 ? {} : { event: batch.events[line] }),
    ...Object.fromEntries(fields),
  };
}

export function parseOne(line: string, options: Partial<LineParserOptions> = {}): PlainLine {
  return plain(parseLines([line], options));
}
