import { z } from 'zod';
import { LOG_CLASSES, type LogClass } from './log-classes.ts';
import {
  EXPORT_MASKS,
  MAX_HISTOGRAM_BUCKETS,
  MAX_MASKING_SLICE,
  MAX_PAGE_LINES,
  MAX_PATTERNS,
  MAX_QUERY_LENGTH,
  MAX_TEXT_LENGTH,
} from './limits.ts';
import { formatDraftSchema, MAX_PREVIEW_LINES, type FormatPreview } from './log-formats.ts';
import { maskingDraftSchema, type MaskingPreview } from './masking.ts';
import {
  call,
  pushes,
  rangeSchema,
  severitySchema,
  timeSchema,
  timeZoneSchema,
  type,
  type Level,
  type Message,
  type State,
  type Time,
} from './shared.ts';
import { trafficQuestionSchema, type TrafficAnswer } from './traffic.ts';

export { LOG_CLASSES, type LogClass };

/** What a log's bytes may be written in. Kept as UTF-8. */
export const ENCODINGS = ['utf-8', 'shift_jis', 'euc-jp', 'utf-16le', 'utf-16be', 'windows-1252'] as const;
export type Encoding = (typeof ENCODINGS)[number];

/** A stored line, masked. Everything in it is hostile text. */
export interface LogLine {
  /** Stable for the life of the line: `class/day/sequence`. */
  id: string;
  time: Time;
  level: Level;
  sourceId: string;
  text: string;
  /** Client address found in the line. */
  address?: string | undefined;
  /** Id of the line's pattern; see `logs.patterns`. */
  pattern?: string | undefined;
  /** The text was cut for the view; `logs.line` has all. */
  truncated?: boolean | undefined;
  /** It was written as one with the line before: a stack trace, a detail. */
  continues?: boolean | undefined;
}

/** How a line was understood when it is looked at again. */
export interface LineDetail {
  line: LogLine;
  /** Format that parsed it, e.g. `combined`, `syslog`, `json`, `python`, `text`. */
  format: string;
  fields: { name: string; value: string; masked: boolean }[];
  /** Ids that tie it to lines of other sources. */
  identifiers: LineIdentifier[];
  /** Findings this line is evidence of. */
  findingIds: string[];
  /** The lines written as one with it, itself among them, in their order; absent when it stands alone. */
  record?: LogLine[] | undefined;
}

/** What an id names: a trace and its spans (W3C, B3, Jaeger …), one request, or a session. */
export const IDENTIFIER_KINDS = ['trace', 'span', 'parentSpan', 'request', 'session'] as const;
export type IdentifierKind = (typeof IDENTIFIER_KINDS)[number];

export interface LineIdentifier {
  kind: IdentifierKind;
  /** Name as the line writes it. */
  name: string;
  value: string;
}

/** A line of a trace, with what it says of its place there. */
export interface TraceLine extends LogLine {
  spanId?: string | undefined;
  parentSpanId?: string | undefined;
  /** Milliseconds that the line says something took; it ended when the line was written. */
  durationMs?: number | undefined;
}

export interface TraceAnswer {
  /** All lines that name the id as one of theirs, oldest first. */
  lines: TraceLine[];
  /** There are more than MAX_TRACE_LINES; these are the oldest. */
  more: boolean;
  /** What was searched: a day around the line first, then everything if there was nothing. */
  range: { from: Time; to: Time };
  elapsedMs: number;
}

/** One thing to put in the place of what is being typed. */
export interface Completion {
  kind: 'field' | 'value';
  /** Goes between `from` and `to`, ready to be searched for. */
  text: string;
  /** How many of the newest lines have the value. */
  lines?: number | undefined;
}

/** `system`: the system's own log, where that is no file (Windows Event Log, macOS unified log). */
export type SourceKind = 'file' | 'journal' | 'receiver' | 'ssh' | 'system';

/** What is kept of a class, and what was archived. */
export interface RetentionClass {
  logClass: LogClass;
  /** UTC day of the oldest lines; absent where there are none. */
  oldestDay?: string | undefined;
  usedBytes: number;
  maxBytes: number;
  /** Archives of the class and what they take. */
  archives: number;
  archiveBytes: number;
  /** Partitions that should be gone and wait for their archive. */
  waiting: number;
}

export interface RetentionState {
  classes: RetentionClass[];
  /** Folder of the archives. */
  directory: string;
  running: boolean;
  /** Why the last attempt did not get through; partitions stay until one does. */
  problem?: Message | undefined;
  lastAt?: Time | undefined;
}

export interface LogSource {
  id: string;
  /** File, folder or glob as configured, `ssh://` and a file of another machine, `journald`, `eventlog`, `unifiedlog`, or the URL of a listener of the receiver. */
  path: string;
  kind: SourceKind;
  logClass: LogClass;
  /** Found by Yagura itself, or added by the user. */
  origin: 'found' | 'user';
  /** Format most lines have, once known. */
  format?: string | undefined;
  /** What it is written in, where that is not UTF-8. */
  encoding?: Encoding | undefined;
  enabled: boolean;
  state: State;
  reason?: Message | undefined;
  lines: number;
  sizeBytes?: number | undefined;
  lagBytes?: number | undefined;
  /** The same in lines, by the mean length of those read so far. */
  lagLines?: number | undefined;
  lastSeenAt?: Time | undefined;
  /** Reading stands still until the user lets it go on; nothing is lost meanwhile. */
  paused?: boolean | undefined;
  /** Files followed at the moment, of a folder or pattern. */
  files?: number | undefined;
  linesPerSecond?: number | undefined;
  bytesPerSecond?: number | undefined;
  /** Until what there is has been read, at the present rate; absent where there is little or nothing to read. */
  timeLeftMs?: number | undefined;
  /** Lines or entries left out, and bytes that were gone before they could be read. */
  dropped?: number | undefined;
  lostBytes?: number | undefined;
  /** Zone, year and encoding the user gave; see `changeSource`. */
  timeZone?: string | undefined;
  year?: number | undefined;
  givenEncoding?: Encoding | undefined;
}

/** A look at a source before it is added. */
export interface SourcePreview {
  kind: 'file' | 'folder' | 'glob' | 'ssh';
  /** Files it stands for, and the one the lines are from. */
  files: number;
  file?: string | undefined;
  sizeBytes?: number | undefined;
  format?: string | undefined;
  encoding?: Encoding | undefined;
  /** Zone in which stamps without one are read, and where it is from: `lines` name their own. */
  timeZone: string;
  zoneFrom: 'given' | 'lines' | 'machine';
  /** Year of the newest of these lines, and where it is from. Absent where none carries a time. */
  year?: number | undefined;
  yearFrom?: 'given' | 'lines' | 'file' | undefined;
  /** How many of the lines carry a time. */
  stamped: number;
  /** The first ones, masked. */
  lines: { time?: Time | undefined; level: Level; text: string }[];
  /** Why there are none. */
  reason?: Message | undefined;
}

/**
 * What to look for. All given parts must hold.
 * `text` is a query (docs/search.md; contract/query reads it): words, phrases, `field:value`, NOT, OR, brackets.
 */
export const logFilterSchema = z.object({
  text: z.string().max(MAX_QUERY_LENGTH).default(''),
  /** `text` is one regular expression (RE2 syntax, linear time, case-insensitive). */
  regex: z.boolean().default(false),
  severities: z.array(severitySchema).max(4).optional(),
  sourceIds: z.array(z.string().max(200)).max(500).optional(),
  address: z.string().max(64).optional(),
  /** Id: only lines of this pattern, or of one that became it. */
  pattern: z.string().max(20).optional(),
  /** Ids: no lines of these. */
  withoutPatterns: z.array(z.string().max(20)).max(100).optional(),
  range: rangeSchema.optional(),
});
export type LogFilter = z.input<typeof logFilterSchema>;
export type ParsedLogFilter = z.output<typeof logFilterSchema>;

/** A year a log may be of. */
const yearSchema = z.number().int().min(1970).max(9999);

/** A page of lines as a file has them. */
export interface ExportPage {
  /** Rows, oldest first, whatever the order of the pages: newest page first. */
  text: string;
  /** What stands before the oldest page. */
  header: string;
  lines: number;
  /** Continues with older ones; absent at the end. */
  cursor?: string | undefined;
  /** What was replaced in this page, and some examples. */
  masked: { kind: string; count: number }[];
  samples: { kind: string; before: string; after: string }[];
}

export interface SearchPage {
  /** Oldest first, whatever the direction. */
  lines: LogLine[];
  /** Continues in the same direction; absent at the end. */
  cursor?: string | undefined;
  scannedLines: number;
  elapsedMs: number;
  /** The budget ran out before the page was full: ask on from the cursor. */
  partial?: boolean | undefined;
}

/** How far a count or a histogram has come when its budget ran out. Answers of all slices are added up. */
export interface ScanProgress {
  /** Asks on; absent when all is done. */
  cursor?: string | undefined;
  /** Lines this slice went through, and those that were still before it when it began. */
  scannedLines: number;
  totalLines: number;
  elapsedMs: number;
}

/** One histogram bucket: all lines that pass the filter without its text, and those that match it too. */
export interface HistogramBucket {
  time: Time;
  critical: number;
  error: number;
  warning: number;
  info: number;
  matches: number;
}

/** What a group of lines has in common. */
export interface LogPattern {
  id: string;
  /** The text, with `<*>` for what differs. Hostile, as lines are. */
  template: string;
  /** Lines of the range that pass the filter. */
  count: number;
  /** Of all lines that pass, 0 to 1. */
  share: number;
  /** Of the worst line. */
  level: Level;
  firstTime: Time;
  lastTime: Time;
  /** Lines in equal parts of the range, oldest first; in a part of a stored block spread evenly. */
  trend: number[];
  /** No line before the range had it, and an hour had been watched before it first came. */
  isNew: boolean;
  /** Lines an hour against the hours before the range: 2 = twice as many. Absent where none came before. */
  change?: number | undefined;
}

export interface PatternList {
  /** Most lines first; at the end what is new and rarer. */
  patterns: LogPattern[];
  /** Patterns there are in all. */
  total: number;
  /** Lines that pass, with and without a pattern. */
  lines: number;
  /** The budget ran out: counts are of the newest lines, and there is no `change`. */
  partial?: boolean | undefined;
  elapsedMs: number;
}

/**
 * A long search is asked for in slices: each answers after about this time with what it has, so that progress shows, other
 * reads get their turn, and to cancel is to ask no more. Without it a call runs to its end.
 */
const budgetSchema = z.number().int().min(20).max(10_000).optional();
const cursorSchema = z.string().max(500).optional();
const pageSizeSchema = z.number().int().min(1).max(MAX_PAGE_LINES);
const lineIdSchema = z.string().min(1).max(100);

export const logsContract = {
  search: call
    .input(
      z.object({
        filter: logFilterSchema,
        direction: z.enum(['older', 'newer']).default('older'),
        cursor: cursorSchema,
        /** Instead of a cursor: the page begins beyond this line, whatever else is of its time. */
        beyond: z.object({ id: lineIdSchema, time: timeSchema }).optional(),
        limit: pageSizeSchema.default(200),
        budgetMs: budgetSchema,
      }),
    )
    .output(type<SearchPage>()),
  count: call
    .input(z.object({ filter: logFilterSchema, cursor: cursorSchema, budgetMs: budgetSchema }))
    .output(type<{ count: number } & ScanProgress>()),
  histogram: call
    .input(
      z.object({
        filter: logFilterSchema,
        range: rangeSchema,
        buckets: z.number().int().min(1).max(MAX_HISTOGRAM_BUCKETS).default(60),
        cursor: cursorSchema,
        budgetMs: budgetSchema,
      }),
    )
    .output(
      type<{ stepMs: number; buckets: HistogramBucket[]; oldestTime?: Time | undefined } & ScanProgress>(),
    ),
  /** What could stand at the caret: names of fields, and values the newest lines have. */
  complete: call
    .input(z.object({ text: z.string().max(MAX_QUERY_LENGTH), caret: z.number().int().min(0) }))
    .output(type<{ from: number; to: number; items: Completion[] }>()),
  /** Patterns of the range's lines. `pattern:ID` in a query finds the lines of one. */
  patterns: call
    .input(
      z.object({
        filter: logFilterSchema,
        range: rangeSchema,
        limit: z.number().int().min(1).max(MAX_PATTERNS).default(100),
        budgetMs: budgetSchema,
      }),
    )
    .output(type<PatternList>()),
  /** All lines that belong to an id, across sources. */
  trace: call
    .input(z.object({ id: z.string().min(4).max(128), around: timeSchema }))
    .output(type<TraceAnswer>()),
  /** Oldest data of each class, and what was archived of it. */
  retention: call.output(type<RetentionState>()),
  /** Begins to archive what is due, rather than within ten minutes; the state tells how it went. */
  archiveNow: call.output(type<RetentionState>()),
  /** Writes a copy of the archives' key into a private file. Refused to pages: a person names the file in a dialog. */
  saveArchiveKey: call
    .input(z.object({ path: z.string().min(1).max(MAX_TEXT_LENGTH), replace: z.boolean() }))
    .output(type<{ path: string; fingerprint: string }>()),
  /** Requests of access logs: figures, their course, and what they are made of. */
  traffic: call.input(trafficQuestionSchema).output(type<TrafficAnswer>()),
  /** Lines to be saved as a file, page by page: secrets and what the user's rules find are replaced, the rest as asked. */
  exportPage: call
    .input(
      z.object({
        filter: logFilterSchema,
        format: z.enum(['csv', 'jsonl']),
        mask: z.array(z.enum(EXPORT_MASKS)).max(EXPORT_MASKS.length),
        cursor: cursorSchema,
        limit: pageSizeSchema.default(MAX_PAGE_LINES),
        budgetMs: budgetSchema,
      }),
    )
    .output(type<ExportPage>()),
  /** The line and its neighbours of the same source. */
  context: call
    .input(
      z.object({
        id: lineIdSchema,
        before: z.number().int().min(0).max(200),
        after: z.number().int().min(0).max(200),
      }),
    )
    .output(type<{ lines: LogLine[] }>()),
  line: call.input(z.object({ id: lineIdSchema })).output(type<LineDetail>()),
  /** New lines that pass the filter, as they are stored; coalesced, sampled under flood (`dropped` says how many more). */
  tail: call.input(z.object({ filter: logFilterSchema })).output(pushes<LogLine>()),
  sources: call.output(type<LogSource[]>()),
  addSource: call
    .input(
      z.object({
        path: z.string().min(1).max(MAX_TEXT_LENGTH),
        logClass: z.enum(LOG_CLASSES).optional(),
        timeZone: timeZoneSchema.optional(),
        year: yearSchema.optional(),
        encoding: z.enum(ENCODINGS).optional(),
        identity: z.string().min(1).max(MAX_TEXT_LENGTH).optional(),
      }),
    )
    .output(type<LogSource>()),
  /**
   * How lines read from now on are understood; null: as found. Lines that are stored stay as they are. A log that was
   * found becomes one of the user's.
   */
  changeSource: call
    .input(
      z.object({
        id: z.string().max(MAX_TEXT_LENGTH),
        timeZone: timeZoneSchema.nullable(),
        year: yearSchema.nullable(),
        encoding: z.enum(ENCODINGS).nullable(),
      }),
    )
    .output(type<LogSource>()),
  /** The first lines of a source as they would be read. Connects to the other machine for one that is reached by SSH. */
  previewSource: call
    .input(
      z.object({
        path: z.string().min(1).max(MAX_TEXT_LENGTH),
        timeZone: timeZoneSchema.optional(),
        year: yearSchema.optional(),
        encoding: z.enum(ENCODINGS).optional(),
        identity: z.string().min(1).max(MAX_TEXT_LENGTH).optional(),
      }),
    )
    .output(type<SourcePreview>()),
  /** Reading stands still or goes on where it was; kept in the settings. */
  setSourcePaused: call
    .input(z.object({ id: z.string().max(MAX_TEXT_LENGTH), paused: z.boolean() }))
    .output(type<LogSource>()),
  setSourceEnabled: call
    .input(z.object({ id: z.string().max(MAX_TEXT_LENGTH), enabled: z.boolean() }))
    .output(type<LogSource>()),
  removeSource: call
    .input(z.object({ id: z.string().max(MAX_TEXT_LENGTH) }))
    .output(type<Record<string, never>>()),
  /** What masking would make of a text: with settings that are being written, else with those in force. */
  previewMasking: call
    .input(z.object({ text: z.string().max(MAX_TEXT_LENGTH), draft: maskingDraftSchema.optional() }))
    .output(type<{ text: string; spans: { from: number; to: number; kind: string }[] }>()),
  /** What rules that are being written would make of the newest lines that pass, slice by slice. */
  previewMaskingRules: call
    .input(
      z.object({
        draft: maskingDraftSchema,
        filter: logFilterSchema,
        cursor: cursorSchema,
        limit: z.number().int().min(1).max(MAX_MASKING_SLICE).default(MAX_MASKING_SLICE),
        budgetMs: budgetSchema,
      }),
    )
    .output(type<MaskingPreview>()),
  /** What a format, in the settings or only being written, makes of lines: given ones, else the newest of a source. */
  previewFormat: call
    .input(
      z.object({
        format: formatDraftSchema,
        lines: z.array(z.string().max(20_000)).max(MAX_PREVIEW_LINES).optional(),
        sourceId: z.string().max(200).optional(),
        timeZone: timeZoneSchema.optional(),
      }),
    )
    .output(type<FormatPreview>()),
  /** A pattern to begin with, made from one line. */
  suggestFormat: call.input(z.object({ line: z.string().max(20_000) })).output(type<{ pattern: string }>()),
};
