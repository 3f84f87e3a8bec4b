import { z } from 'zod';
import { MAX_HISTOGRAM_BUCKETS, MAX_PATTERNS, MAX_QUERY_LENGTH } from './limits.ts';
import { exportCalls } from './log-export.ts';
import { budgetSchema, cursorSchema, lineIdSchema, logFilterSchema, pageSizeSchema } from './log-filter.ts';
import { formatCalls } from './log-formats.ts';
import { sourceCalls } from './log-sources.ts';
import { maskingCalls } from './masking.ts';
import { retentionCalls } from './retention.ts';
import { call, pushes, rangeSchema, timeSchema, type, type Level, type Time } from './shared.ts';
import { trafficQuestionSchema, type TrafficAnswer } from './traffic.ts';

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
export type IdentifierKind = 'trace' | 'span' | 'parentSpan' | 'request' | 'session';

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

/** Calls about lines; those of one subject of its own are in that subject's file. */
export const logsContract = {
  ...sourceCalls,
  ...formatCalls,
  ...maskingCalls,
  ...exportCalls,
  ...retentionCalls,
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
  /** Requests of access logs: figures, their course, and what they are made of. */
  traffic: call.input(trafficQuestionSchema).output(type<TrafficAnswer>()),
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
};
