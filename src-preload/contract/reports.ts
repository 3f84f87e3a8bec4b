import { z } from 'zod';
import {
  call,
  pushes,
  rangeSchema,
  type,
  type Message,
  type State,
  type Time,
  type TimeRange,
} from './shared.ts';

export const REPORT_KINDS = ['security', 'logs', 'health', 'alerts'] as const;
export type ReportKind = (typeof REPORT_KINDS)[number];

export const REPORT_FORMATS = ['pdf', 'html', 'csv', 'json'] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];

export const REPORT_LANGUAGES = ['ja', 'en'] as const;

/** What a report may hold, in its order; each kind has its own selection. Words: `report.section.<name>`. */
export const REPORT_SECTIONS = [
  'summary',
  'threats',
  'addresses',
  'alerts',
  'logs',
  'diagnosis',
  'host',
  'decisions',
  'sight',
  'evidence',
] as const;
export type ReportSection = (typeof REPORT_SECTIONS)[number];

/** Longest report password, and the shortest: what a person can be asked to type. */
const passwordSchema = z.string().min(8).max(127);

export const reportRequestSchema = z.object({
  kind: z.enum(REPORT_KINDS),
  range: rangeSchema,
  language: z.enum(REPORT_LANGUAGES),
  formats: z.array(z.enum(REPORT_FORMATS)).min(1).max(4).default(['pdf', 'html', 'csv', 'json']),
  /** Sections left out; default: none. */
  without: z.array(z.enum(REPORT_SECTIONS)).max(REPORT_SECTIONS.length).default([]),
  /** User names, e-mail addresses and account numbers become pseudonyms. */
  pseudonyms: z.boolean().default(true),
  /** Encrypts the PDF (AES-256). Never kept; other formats are then not written. */
  password: passwordSchema.optional(),
});
export type ReportRequest = z.output<typeof reportRequestSchema>;

export interface ReportFile {
  format: ReportFormat;
  bytes: number;
  sha256: string;
}

/** A report that was made. */
export interface ReportInfo {
  id: string;
  kind: ReportKind;
  range: TimeRange;
  language: 'ja' | 'en';
  createdAt: Time;
  /** Name of the schedule that made it; absent: a person. */
  schedule?: string | undefined;
  /** The cover's verdict. */
  state: State;
  verdict: Message;
  files: ReportFile[];
  /** Pages of the PDF, where there is one. */
  pages?: number | undefined;
  sections: ReportSection[];
  /** What was replaced, by kind: `user`, `email`, `account`, `secret`. */
  masked: { kind: string; count: number }[];
  /** SHA-256 of the report's data (the JSON file, byte for byte), printed on every page. */
  contentHash: string;
  auditHead: { number: number; hash: string };
  durationMs: number;
  encrypted: boolean;
}

/** A report being made. */
export interface ReportJob {
  id: string;
  kind: ReportKind;
  startedAt: Time;
  /** Words: `report.step.<name>`. */
  step: 'reading' | 'laying-out' | 'writing';
  /** 0–1. */
  done: number;
}

export interface ReportsState {
  jobs: ReportJob[];
  /** Changes whenever a report is made or removed: time to ask `list` again. */
  revision: number;
  /** The newest job that failed, until the next one succeeds. */
  failure?: { jobId: string; message: Message } | undefined;
}

/** A schedule as settings hold it, and how it fares. */
export interface ScheduleState {
  name: string;
  nextAt?: Time | undefined;
  lastSentAt?: Time | undefined;
  /** Where the last one was put. */
  lastFile?: string | undefined;
  /** Why the last try failed; it is tried again. */
  failure?: Message | undefined;
}

/** Settings of a scheduled report. */
export const reportScheduleSchema = z.strictObject({
  /** Unique. */
  name: z.string().min(1).max(100),
  kind: z.enum(REPORT_KINDS).default('security'),
  /** Covers the last day, week or month before it. */
  every: z.enum(['day', 'week', 'month']).default('day'),
  /** Local time. */
  at: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/)
    .default('07:00'),
  /** 1 Monday … 7 Sunday (every week). */
  weekday: z.number().int().min(1).max(7).default(1),
  /** 1–28 (every month). */
  day: z.number().int().min(1).max(28).default(1),
  language: z.enum(REPORT_LANGUAGES).default('ja'),
  formats: z.array(z.enum(REPORT_FORMATS)).min(1).max(4).default(['pdf']),
  /** Absolute path. */
  folder: z.string().min(1).max(4096),
  enabled: z.boolean().default(true),
});
export type ReportSchedule = z.output<typeof reportScheduleSchema>;

/** Most bytes of a file one `content` call answers; the rest follows from `offset`. */
export const MAX_CONTENT_BYTES = 4 * 1024 * 1024;

const idSchema = z.string().min(1).max(100);

export const reportsContract = {
  /** Newest first. */
  list: call.output(type<ReportInfo[]>()),
  /** Begins a report; progress and end arrive by `watch`, the report by `list` under the same id. */
  create: call.input(reportRequestSchema).output(type<{ id: string }>()),
  cancel: call.input(z.object({ id: idSchema })).output(type<Record<string, never>>()),
  remove: call.input(z.object({ id: idSchema })).output(type<Record<string, never>>()),
  watch: call.output(pushes<ReportsState>()),
  /** What would be replaced in such a report: shown before the first one leaves the machine. */
  review: call
    .input(
      reportRequestSchema.pick({ kind: true, range: true, language: true, without: true, pseudonyms: true }),
    )
    .output(
      type<{
        masked: { kind: string; count: number }[];
        samples: { kind: string; before: string; after: string }[];
      }>(),
    ),
  /** Part of a file as base64, at most MAX_CONTENT_BYTES from `offset` on. */
  content: call
    .input(
      z.object({ id: idSchema, format: z.enum(REPORT_FORMATS), offset: z.number().int().min(0).default(0) }),
    )
    .output(type<{ base64: string; bytes: number }>()),
  schedules: call.output(type<ScheduleState[]>()),
  /** Makes the schedule's report now, as it would be made. */
  runSchedule: call.input(z.object({ name: z.string().min(1).max(100) })).output(type<{ id: string }>()),
};
