import { splitLines, type LineBatch } from '../flow/line-batch.ts';
import { FIELD, FIELD_COUNT, ParsedBatch } from '../flow/parsed-batch.ts';
import type { BatchMemory } from '../flow/batch-memory.ts';
import type { Clock } from '../flow/clock.ts';
import { LINES_PER_RUN } from '../flow/line-runs.ts';
import { continuesRecord, namesException } from './continuation.ts';
import { CUSTOM, type CompiledFormat } from './custom/pattern-format.ts';
import { isRecordPart } from './formats/postgresql.ts';
import { formatCodes, formats, formatsByFirstByte } from './formats/index.ts';
import type { ParseContext } from './formats/line-format.ts';
import { fieldsOf } from './formats/w3c.ts';
import { StampReader } from './stamp.ts';

export interface LineParserOptions {
  /** IANA zone of stamps without one; this machine's where absent. */
  timeZone?: string | undefined;
  /** Year of stamps without one; inferred where absent: the latest that is not more than a day in the future. */
  year?: number | undefined;
  /** Where a batch's columns lie: it is read before the next one is parsed. Each has its own where absent. */
  memory?: BatchMemory | undefined;
  /** The source's own format, tried before all others. */
  custom?: CompiledFormat | undefined;
  /** Tells "now", for the inferred year. */
  clock: Clock;
}

/** Finds out what lines are. One per line worker; remembers per stream only which format came last and its last line. */
export interface LineParser {
  /**
   * Never throws and takes time in proportion to the bytes, whatever they are. Lines without a time stamp keep NO_TIME
   * (see fillTimes), except continuation lines (stack traces, indented text), which take time and level of the line they
   * continue.
   * @param header the lines a file begins with that name its columns, for a batch from its middle
   */
  parse(lines: LineBatch, header?: string): ParsedBatch;
}

/** What is remembered of a stream between two batches. */
interface StreamMemory {
  format: number;
  /** Time and level of its last line, and the offset after it: a batch that begins there may continue that line. */
  time: number;
  level: number;
  end: number;
  /** Columns of a W3C log. */
  columns: readonly string[] | undefined;
}

/** Streams remembered at a time; forgetting one costs a few failed attempts. */
const MAX_STREAMS = 4096;

/**
 * @throws RangeError when the time zone is not known
 */
export function createLineParser(options: LineParserOptions): LineParser {
  const stamps = new StampReader(options);
  const memories = new Map<number, StreamMemory>();
  const innerContext: ParseContext = { stamps };
  const context: ParseContext = { stamps, parseInner, parseRest };
  let innerFormat = -1;
  const { custom } = options;

  function parseInner(text: string): ParsedBatch {
    const bytes = Buffer.from(text.replaceAll('\n', ' '));
    const batch = new ParsedBatch(splitLines('', 0, 0, bytes));
    if (batch.count > 0) parseLine(batch, 0, -1, innerContext);
    return batch;
  }

  /** The line is given a later beginning while another format looks at it, so that nothing is copied. */
  function parseRest(batch: ParsedBatch, line: number, from: number): boolean {
    const start = batch.starts[line] ?? 0;
    batch.starts[line] = from;
    const format = parseLine(batch, line, innerFormat, innerContext);
    batch.starts[line] = start;
    if (format !== TEXT) innerFormat = format;
    return format !== TEXT;
  }

  function memoryOf(stream: number): StreamMemory {
    const known = memories.get(stream);
    if (known !== undefined) return known;
    if (memories.size >= MAX_STREAMS) memories.clear();
    const memory = { format: -1, time: Number.NaN, level: 6, end: -1, columns: undefined };
    memories.set(stream, memory);
    return memory;
  }

  function parseRun(batch: ParsedBatch, from: number, to: number, memory: StreamMemory): void {
    for (let line = from; line < to; line += 1) {
      if (custom !== undefined && attemptCustom(batch, line, custom, context)) {
        memory.time = batch.times[line] ?? Number.NaN;
        memory.level = batch.levels[line] ?? 6;
        continue;
      }
      if (!Number.isNaN(memory.time) && goesOn(batch, line, custom)) {
        batch.times[line] = memory.time;
        batch.levels[line] = memory.level;
        batch.setSlice(line, FIELD.message, batch.starts[line] ?? 0, batch.ends[line] ?? 0);
        continue;
      }
      const format = parseLine(batch, line, memory.format, context);
      if (format !== TEXT) memory.format = format;
      // PostgreSQL writes a record as several lines, each with its header: the first says how grave it is.
      if (format === POSTGRESQL && isPart(batch, line)) batch.levels[line] = memory.level;
      const time = batch.times[line] ?? Number.NaN;
      // A line without a stamp is of the time of the one before, and so is what goes on with it.
      if (!Number.isNaN(time)) memory.time = time;
      memory.level = batch.levels[line] ?? 6;
    }
  }

  return {
    parse(lines, header) {
      const batch = new ParsedBatch(lines, options.memory);
      const memory = memoryOf(lines.stream);
      if (header !== undefined) memory.columns ??= headerColumns(header);
      stamps.setNow(options.clock.now());
      // Batches of one stream go to whichever worker is free: the one before this may have gone elsewhere.
      if (memory.end !== lines.firstOffset) memory.time = Number.NaN;
      memory.end = lines.firstOffset + lines.length;
      context.columns = memory.columns;
      for (let from = 0; from < batch.count; from += LINES_PER_RUN)
        parseRun(batch, from, Math.min(batch.count, from + LINES_PER_RUN), memory);
      memory.columns = context.columns;
      return batch;
    },
  };
}

const TEXT = formats.length - 1;
const POSTGRESQL = formats.findIndex(({ name }) => name === 'postgresql');

/** Whether the line belongs to the record before it. */
function goesOn(batch: ParsedBatch, line: number, custom: CompiledFormat | undefined): boolean {
  if (custom?.multiline === true) return true;
  const start = batch.starts[line] ?? 0;
  const end = batch.ends[line] ?? 0;
  return continuesRecord(batch.bytes, start, end) || namesException(batch.bytes, start, end);
}

function isPart(batch: ParsedBatch, line: number): boolean {
  const message = batch.slices[(line * FIELD_COUNT + FIELD.message) * 2] ?? -1;
  return message >= 0 && isRecordPart(batch, line, message);
}

/** Columns that a W3C log's beginning names. */
function headerColumns(header: string): readonly string[] | undefined {
  for (const line of header.split(/\r?\n/)) {
    const bytes = Buffer.from(line);
    const columns = fieldsOf(bytes, 0, bytes.length);
    if (columns !== undefined) return columns;
  }
  return undefined;
}

/** Parses one line; answers the index of its format. The stream's last format is tried first. */
function parseLine(batch: ParsedBatch, line: number, last: number, context: ParseContext): number {
  const possible = formatsByFirstByte[batch.bytes[batch.starts[line] ?? 0] ?? 0] ?? 0;
  if (last >= 0 && ((possible >> last) & 1) === 1 && attempt(batch, line, last, context)) return last;
  for (let format = 0; format < formats.length; format += 1) {
    if (format !== last && ((possible >> format) & 1) === 1 && attempt(batch, line, format, context))
      return format;
  }
  return TEXT;
}

function attempt(batch: ParsedBatch, line: number, format: number, context: ParseContext): boolean {
  // Set first: a format may find that the line is another's inside its own (a firewall's line in syslog).
  batch.formats[line] = formatCodes[format] ?? 0;
  if (formats[format]?.parse(batch, line, context) === true) return true;
  clear(batch, line);
  return false;
}

function attemptCustom(
  batch: ParsedBatch,
  line: number,
  custom: CompiledFormat,
  context: ParseContext,
): boolean {
  batch.formats[line] = CUSTOM;
  if (custom.parse(batch, line, context)) return true;
  clear(batch, line);
  return false;
}

/** Undoes what a format wrote before it found that the line is not its own. */
function clear(batch: ParsedBatch, line: number): void {
  const from = line * FIELD_COUNT * 2;
  for (let index = from; index < from + FIELD_COUNT * 2; index += 1) batch.slices[index] = -1;
  batch.times[line] = Number.NaN;
  batch.levels[line] = 6;
  batch.formats[line] = 0;
  batch.events[line] = 0;
  batch.statuses[line] = 0;
  batch.sizes[line] = 0;
  batch.durations[line] = -1;
}
