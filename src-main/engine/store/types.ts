import type { LogClass } from '../../../src-preload/contract/log-classes.ts';
import type { ParsedLogFilter } from '../../../src-preload/contract/log-filter.ts';
import type {
  HistogramBucket,
  LogLine,
  PatternList,
  ScanProgress,
  SearchPage,
  TraceAnswer,
} from '../../../src-preload/contract/logs.ts';
import type { Series, SeriesInfo, SeriesKey } from '../../../src-preload/contract/metrics.ts';
import type { Alert, AlertEvent } from '../../../src-preload/contract/alerts.ts';
import type { ReportInfo } from '../../../src-preload/contract/reports.ts';
import type { Diagnosis, DiagnosisSummary } from '../../../src-preload/contract/diagnosis.ts';
import type { Severity, TimeRange } from '../../../src-preload/contract/shared.ts';
import type { DetectedFinding } from '../flow/finding.ts';
import type { MetricSample } from '../flow/metric.ts';
import type { PatternChange } from '../flow/pattern-entry.ts';
import type { StoredLines } from '../flow/stored-lines.ts';
import type { StreamIdentity, StreamPosition } from '../flow/stream-position.ts';
import type { NumberList } from './block/number-list.ts';

/**
 * A block ready to be written: encoding happens in the line workers, the writer only inserts it. Made by
 * `block/encode-block.ts`; its four arrays have buffers of their own, to be transferred between threads.
 */
export interface EncodedBlock {
  logClass: LogClass;
  day: string;
  sourceId: string;
  stream: number;
  count: number;
  firstOffset: number;
  lastOffset: number;
  firstTime: number;
  lastTime: number;
  /** Lines by severity: critical, error, warning, info. */
  severities: [number, number, number, number];
  /** The patterns its lines have. */
  patterns: BlockPattern[];
  /** Bytes of the lines' text before compression. */
  textBytes: number;
  /** Which n-grams, addresses and sources may occur; see block/gram-filter.ts. */
  filter: Uint8Array<ArrayBuffer>;
  /** Which runs of five digits do; see block/number-list.ts. */
  numbers: NumberList;
  /** The typed columns; see block/encode-block.ts. */
  columns: Uint8Array<ArrayBuffer>;
  /** The compressed lines. */
  text: Uint8Array<ArrayBuffer>;
}

/** What a block holds of a pattern. */
export interface BlockPattern {
  /** See flow/pattern-entry.ts. */
  entry: string;
  lines: number;
  /** Of the worst line. */
  level: number;
  firstTime: number;
  lastTime: number;
}

/**
 * What one committed write did. Line i of the batch, for i from `skipped` on, now has the id
 * `partition/(firstSequence + i - skipped)`: two numbers instead of an object a line.
 */
export interface WriteResult {
  /** `class/day`. */
  partition: string;
  /** Lines at the start of the batch that were stored before (a re-read after a crash). */
  skipped: number;
  /** Lines newly stored. */
  stored: number;
  firstSequence: number;
}

/** What detectors remember, as a checkpoint keeps it: in pieces, as they may be megabytes. */
export interface SavedState {
  name: string;
  pieces: Uint8Array[];
}

/**
 * Owned by the log writer thread alone: the only writer of the partitions and of the checkpoint.
 *
 * Every method that writes throws a FailureError and keeps nothing of what it was given when it can't. After one that
 * `isDiskFull` (failures.ts) the same call can be repeated unchanged until there is space.
 */
export interface LogStore {
  /** Writes lines row by row into the hot table with the stream's position `end`, in one transaction. */
  append(lines: StoredLines, end: StreamPosition): WriteResult;
  /**
   * Writes ready blocks of one partition and one stream, in stream order, with the stream's position in one
   * transaction; lines already stored are left out.
   */
  appendBlocks(blocks: EncodedBlock[], end: StreamPosition): WriteResult;
  /** Templates became more general: lines of the older ones in the partitions in use belong to the newer from now on. */
  changePatterns(changes: readonly PatternChange[]): void;
  /** Seals what is due; returns true when more is due. Called when idle, and bounded in time per call. */
  maintain(): boolean;
  /** Positions and the whole state of all detectors in one transaction: the lower bound a restart reads from. */
  checkpoint(positions: StreamPosition[], detectors: SavedState[]): void;
  loadCheckpoint(): {
    positions: StreamPosition[];
    detectors: SavedState[];
    streams: StreamIdentity[];
  };
  /**
   * Finds the number of the stream of exactly this identity (its path may have changed), or gives a new one.
   * @param fresh always a new one: the file was truncated or replaced, even if it begins with the same bytes
   */
  identify(identity: Omit<StreamIdentity, 'stream'>, fresh?: boolean): StreamIdentity;
  /** The stream goes by another path now, or more of its beginning is known. */
  rename(identity: StreamIdentity): void;
  /**
   * Deletes partitions past their age or class size; returns what was deleted.
   * @param mayGo whether a partition whose newest line has this number may be deleted; all of them where absent
   */
  retain(
    limits: Record<LogClass, { days: number; maxBytes: number }>,
    now: number,
    mayGo?: (partition: string, lastSequence: () => number) => boolean,
  ): { partition: string; bytes: number }[];
  usedBytes(): number;
  close(): void;
}

/** Ends a read between two blocks. */
export interface ReadSignal {
  /** The answer is not wanted any more. */
  readonly cancelled: boolean;
  /** The budget ran out: answer with what there is, and where to go on. */
  readonly outOfTime?: boolean;
}

/** Which part of the lines a count or a histogram goes through. */
export interface ScanPart {
  /** Of an earlier answer; absent = from the start. */
  cursor?: string | undefined;
  /** One of several readers that share the work: blocks whose number leaves this remainder. */
  share?: { index: number; of: number } | undefined;
}

/** A value of a field, and how many of the newest lines have it. */
export interface FieldValue {
  value: string;
  lines: number;
}

/** Reads partitions; lives in reader threads, never on the engine's main thread. */
export interface LogReader {
  search(
    filter: ParsedLogFilter,
    direction: 'older' | 'newer',
    cursor: string | undefined,
    limit: number,
    signal: ReadSignal,
  ): SearchPage;
  count(filter: ParsedLogFilter, signal: ReadSignal, part?: ScanPart): { count: number } & ScanProgress;
  histogram(
    filter: ParsedLogFilter,
    range: TimeRange,
    buckets: number,
    signal: ReadSignal,
    part?: ScanPart,
  ): { stepMs: number; buckets: HistogramBucket[]; oldestTime?: number | undefined } & ScanProgress;
  /** Patterns of the lines that pass, most first. */
  patterns(filter: ParsedLogFilter, range: TimeRange, limit: number, signal: ReadSignal): PatternList;
  /** Lines of the range by source and class, most first. */
  statistics(range: TimeRange, signal: ReadSignal): SourceLines[];
  /** Lines that name this id as one of theirs, oldest first. */
  trace(id: string, around: number, signal: ReadSignal): TraceAnswer;
  /** Names of fields, or values of one, that the newest lines have; most frequent first. */
  fieldNames(): FieldValue[];
  fieldValues(name: string): FieldValue[];
  context(id: string, before: number, after: number): LogLine[];
  line(id: string): LogLine | undefined;
  /** The stored line that began at this offset of this stream. */
  lineAt(stream: number, offset: number, time: number): LogLine | undefined;
  close(): void;
}

/** Lines of one source and class within a range. */
export interface SourceLines {
  sourceId: string;
  logClass: LogClass;
  /** Lines by severity: critical, error, warning, info. */
  severities: [number, number, number, number];
  /** Time of the newest. */
  lastTime: number;
}

/** A finding without its evidence: what counting takes. */
export interface FindingFact {
  id: string;
  type: string;
  severity: Severity;
  time: number;
  firstTime: number;
  /** Of the newest event that is kept; a finding grows after the event that completed it. */
  lastTime: number;
  /** Events that counted. */
  count: number;
  sourceId: string;
  ruleId: string;
  mitre: string[];
  owasp: string[];
  historic: boolean;
  /** The first one; empty where there is none. */
  address: string;
  /** Sign-ins of the same address that succeeded meanwhile. */
  successes: number;
}

/** Addresses of the findings of a range. */
export interface AddressCounts {
  total: number;
  /** Of which no finding is kept from before the range. */
  fresh: number;
  byType: Record<string, number>;
}

/** Owned by the engine's main thread: a few hundred points per collection. */
export interface MetricStore {
  append(samples: MetricSample[]): void;
  catalogue(): SeriesInfo[];
  range(
    series: { name: string; labels?: Record<string, string> | undefined }[],
    range: TimeRange,
    points: number,
  ): Series[];
  /** Seals chunks, rolls up, deletes what is past its age. */
  maintain(limits: { rawDays: number; minuteDays: number; hourDays: number }, now: number): void;
  usedBytes(): number;
  close(): void;
}

export type { SeriesKey };

/** Small facts that must outlive a restart, by name. */
export interface ValueStore {
  get(name: string): string | undefined;
  set(name: string, value: string): void;
}

/** What a delivered finding did to the store. */
export type FindingChange = 'new' | 'grown' | 'known';

/** What alerts need of the store of findings: each once, whatever is delivered twice. */
export interface FindingIntake {
  /**
   * What it did with each. `grown`: the same finding with more events than before. Call it within
   * {@link AlertStore.transaction}.
   */
  accept(findings: readonly DetectedFinding[]): FindingChange[];
  /** Deletes what is past its age and, oldest first, what is beyond the limit; returns how many. */
  retain(limits: { olderThan: number; most: number }): number;
}

/** When an alert fired, and how bad it was; `to` is undefined while it still does. */
export interface FiredSpan {
  severity: Severity;
  from: number;
  to: number | undefined;
}

/** An alert with what the alert part keeps beside it. */
export interface KeptAlert {
  alert: Alert;
  /** One unresolved alert per group: rule and series, or type and address. */
  group: string;
  /** Evidence was last seen at; the quiet period of event alerts starts here. UTC milliseconds. */
  evidenceAt: number;
  /** Last notice handed out, and the worst severity it told. */
  notifiedAt?: number | undefined;
  notifiedSeverity?: Severity | undefined;
  /** Handed out and not yet confirmed as shown: given out again after a crash. */
  noticeOpen?: boolean | undefined;
}

/** Where the state machine of one rule and series stands; `state` is the alert part's own text. */
export interface KeptInstance {
  ruleId: string;
  series: string;
  state: string;
}

export interface AlertHistoryPage {
  alerts: Alert[];
  total: number;
}

/** Alerts, what happened to them, and the state machines behind them. Lives in state.db. */
export interface AlertStore {
  /** All of it or nothing; may be nested. */
  transaction<Result>(work: () => Result): Result;
  /** Pending and firing. */
  unresolved(): KeptAlert[];
  find(id: string): KeptAlert | undefined;
  save(kept: KeptAlert): void;
  /** For pending alerts whose condition went away before they fired. */
  remove(id: string): void;
  addEvent(alertId: string, event: AlertEvent): void;
  events(alertId: string): AlertEvent[];
  history(range: TimeRange, before: string | undefined, limit: number): AlertHistoryPage;
  /** Alerts that fired within a range, for the day ribbon. */
  spans(range: TimeRange): FiredSpan[];
  instances(): KeptInstance[];
  saveInstance(instance: KeptInstance): void;
  removeInstance(ruleId: string, series: string): void;
  retain(limits: { olderThan: number; most: number }): number;
}

/** Which reports there are; their files lie beside the stores. */
export interface ReportIndex {
  /** Newest first. */
  list(): ReportInfo[];
  find(id: string): ReportInfo | undefined;
  save(info: ReportInfo): void;
  remove(id: string): void;
}

/** How far a scheduled report has come. */
export interface KeptSchedule {
  /** When it is made, as text: another plan begins anew instead of making up for times that were never planned. */
  plan: string;
  /** The end of the newest period that was made, or begun with. */
  coveredUntil: number;
  lastSentAt?: number | undefined;
  lastFile?: string | undefined;
  /** Id of a report that was made and could not be put into its folder yet. */
  undelivered?: string | undefined;
}

export interface ScheduleMemory {
  get(name: string): KeptSchedule | undefined;
  set(name: string, kept: KeptSchedule): void;
  /** Forgets schedules that are gone. */
  keepOnly(names: string[]): void;
}

/** Runs of the diagnosis, bounded: the oldest go first. Lives in state.db. */
export interface DiagnosisStore {
  keep(run: Diagnosis): void;
  /** Newest first. */
  list(limit: number): DiagnosisSummary[];
  latest(): Diagnosis | undefined;
  find(id: string): Diagnosis | undefined;
}
