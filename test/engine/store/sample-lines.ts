import type { LogClass } from '../../../src-preload/contract/log-classes.ts';
import type { ParsedLogFilter } from '../../../src-preload/contract/log-filter.ts';
import { severityOfLevel } from '../../../src-preload/contract/shared.ts';
import { addressColumns, type StoredLines } from '../../../src-main/engine/flow/stored-lines.ts';
import { dayOf } from '../../../src-main/engine/store/partitions.ts';

/** One line as a test thinks of it. */
export interface SampleLine {
  time: number;
  level: number;
  offset: number;
  address: string;
  bytes: Buffer;
}

export const DAY_START = Date.UTC(2026, 10, 21);
export const NO_FILTER: ParsedLogFilter = { text: '', regex: false };
export const NEVER = { cancelled: false };

/** Lines with offsets as a file would give them. */
export function inStream(lines: Omit<SampleLine, 'offset'>[], firstOffset = 0): SampleLine[] {
  let offset = firstOffset;
  return lines.map((line) => {
    const placed = { ...line, offset };
    offset += line.bytes.length + 1;
    return placed;
  });
}

export function endOf(lines: SampleLine[], fallback = 0): number {
  const last = lines.at(-1);
  return last === undefined ? fallback : last.offset + last.bytes.length + 1;
}

/** As a line worker hands them to the store. */
export function stored(
  lines: SampleLine[],
  stream = 1,
  logClass: LogClass = 'application',
  sourceId = `source-${stream}`,
): StoredLines {
  let end = 0;
  return {
    logClass,
    day: dayOf(lines[0]?.time ?? DAY_START),
    sourceId,
    stream,
    count: lines.length,
    times: Float64Array.from(lines, (line) => line.time),
    levels: Uint8Array.from(lines, (line) => line.level),
    offsets: Float64Array.from(lines, (line) => line.offset),
    ...addressColumns(lines.map((line) => line.address)),
    patterns: new Uint32Array(lines.length),
    patternTable: [''],
    text: Buffer.concat(lines.map((line) => line.bytes)),
    textEnds: Uint32Array.from(lines, (line) => (end += line.bytes.length)),
  };
}

/** The filter, the slow and plain way. */
export function passes(filter: ParsedLogFilter, line: SampleLine, sourceId: string): boolean {
  if (filter.range && (line.time < filter.range.from || line.time >= filter.range.to)) return false;
  if (filter.severities && !filter.severities.includes(severityOfLevel(line.level))) return false;
  if (filter.sourceIds && !filter.sourceIds.includes(sourceId)) return false;
  return filter.address === undefined || filter.address === line.address;
}
