import { z } from 'zod';
import { MAX_HISTOGRAM_BUCKETS, MAX_PAGE_LINES, MAX_QUERY_LENGTH, MAX_TEXT_LENGTH } from './limits.ts';
import {
  call,
  pushes,
  rangeSchema,
  severitySchema,
  type,
  type Level,
  type Message,
  type State,
  type Time,
} from './shared.ts';

/** Retention classes; each has its own partitions. */
export const LOG_CLASSES = ['application', 'access', 'audit'] as const;
export type LogClass = (typeof LOG_CLASSES)[number];

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
  /** The text was cut for the view; `logs.line` has all. */
  truncated?: boolean | undefined;
}

/** How a line was understood when it is looked at again. */
export interface LineDetail {
  line: LogLine;
  /** Format that parsed it, e.g. `combined`, `syslog`, `json`, `python`, `text`. */
  format: string;
  fields: { name: string; value: string; masked: boolean }[];
  /** Findings this line is evidence of. */
  findingIds: string[];
}

export interface LogSource {
  id: string;
  /** File, folder or glob as configured, `journald`, or the URL of a listener of the receiver. */
  path: string;
  kind: 'file' | 'journal' | 'receiver';
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
  lastSeenAt?: Time | undefined;
}

/**
 * What to look for. All given parts must hold.
 * `text`: words and "quoted phrases" all of which the line contains whatever their case; `-word` must not occur.
 */
export const logFilterSchema = z.object({
  text: z.string().max(MAX_QUERY_LENGTH).default(''),
  /** `text` is one regular expression (RE2 syntax, linear time, case-insensitive). */
  regex: z.boolean().default(false),
  severities: z.array(severitySchema).max(4).optional(),
  sourceIds: z.array(z.string().max(200)).max(500).optional(),
  address: z.string().max(64).optional(),
  range: rangeSchema.optional(),
});
export type LogFilter = z.input<typeof logFilterSchema>;
export type ParsedLogFilter = z.output<typeof logFilterSchema>;

export interface SearchPage {
  /** Oldest first, whatever the direction. */
  lines: LogLine[];
  /** Continues in the same direction; absent at the end. */
  cursor?: string | undefined;
  scannedLines: number;
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

const pageSizeSchema = z.number().int().min(1).max(MAX_PAGE_LINES);
const lineIdSchema = z.string().min(1).max(100);

export const logsContract = {
  search: call
    .input(
      z.object({
        filter: logFilterSchema,
        direction: z.enum(['older', 'newer']).default('older'),
        cursor: z.string().max(500).optional(),
        limit: pageSizeSchema.default(200),
      }),
    )
    .output(type<SearchPage>()),
  count: call
    .input(z.object({ filter: logFilterSchema }))
    .output(type<{ count: number; elapsedMs: number }>()),
  histogram: call
    .input(
      z.object({
        filter: logFilterSchema,
        range: rangeSchema,
        buckets: z.number().int().min(1).max(MAX_HISTOGRAM_BUCKETS).default(60),
      }),
    )
    .output(type<{ stepMs: number; buckets: HistogramBucket[]; oldestTime?: Time | undefined }>()),
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
        timeZone: z.string().max(60).optional(),
      }),
    )
    .output(type<LogSource>()),
  setSourceEnabled: call
    .input(z.object({ id: z.string().max(200), enabled: z.boolean() }))
    .output(type<LogSource>()),
  removeSource: call.input(z.object({ id: z.string().max(200) })).output(type<Record<string, never>>()),
  /** What masking would make of a text, with the settings in force. */
  previewMasking: call
    .input(z.object({ text: z.string().max(MAX_TEXT_LENGTH) }))
    .output(type<{ text: string; spans: { from: number; to: number; kind: string }[] }>()),
};
