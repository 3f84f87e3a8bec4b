import type { Alert } from '../../../src-preload/contract/alerts.ts';
import type { AuditEntry, AuditHead, AuditVerification } from '../../../src-preload/contract/audit.ts';
import type {
  CheckResult,
  DiagnosisSummary,
  ScoreName,
  TopFix,
} from '../../../src-preload/contract/diagnosis.ts';
import type { LogClass } from '../../../src-preload/contract/log-classes.ts';
import type { HistogramBucket, LogLine } from '../../../src-preload/contract/logs.ts';
import type { Series } from '../../../src-preload/contract/metrics.ts';
import type { ReportKind, ReportSection } from '../../../src-preload/contract/reports.ts';
import type { Message, Severity, State, TimeRange } from '../../../src-preload/contract/shared.ts';
import type { SourceHealth } from '../../../src-preload/contract/system.ts';
import type { ThreatAddressDetail } from '../../../src-preload/contract/threats.ts';
import type { DetectedFinding } from '../flow/finding.ts';

/*
 * What a report is made of: plain JSON, counted by query. The JSON export is this as it stands, CSV comes from it, and
 * the composer turns it into pages. A part that was left out, or that this kind of report does not have, is absent.
 */

/** Changes when a reader of the JSON export has to know. */
export const REPORT_FORMAT = 'yagura-report-1';

/** Most findings listed one by one; all are counted. */
export const MAX_LISTED_FINDINGS = 2000;
/** Most alerts listed one by one; all are counted. */
export const MAX_LISTED_ALERTS = 2000;

export interface ReportData {
  format: typeof REPORT_FORMAT;
  kind: ReportKind;
  range: TimeRange;
  /** As long as the range, just before it: what counts are compared with. */
  previousRange: TimeRange;
  /** IANA zone in which the pages tell times; here they are UTC milliseconds. */
  timeZone: string;
  hostName: string;
  createdAt: number;
  /** e.g. `Yagura 0.1.0`. */
  producer: string;
  /** Made of logs written for show. */
  demo: boolean;
  sections: ReportSection[];
  verdict: { state: State; headline: Message; details: Message[] };
  threats?: ThreatData | undefined;
  /** Worst first, each with its worst findings. */
  addresses?: { total: number; worst: ThreatAddressDetail[] } | undefined;
  alerts?: AlertData | undefined;
  logs?: LogData | undefined;
  diagnosis?: DiagnosisData | undefined;
  host?: HostChart[] | undefined;
  decisions?: DecisionData | undefined;
  sight: SightData;
  audit: { head: AuditHead; verification: AuditVerification };
  /** What was replaced before it left the machine, by kind. */
  masked: { kind: string; count: number }[];
}

/** Counted over all findings whose time lies in the range. */
export interface ThreatData {
  findings: number;
  /** Lines that counted as evidence, added up over the findings: one that counts for several is counted in each. */
  events: number;
  previousFindings: number;
  previousEvents: number;
  addresses: number;
  /** Of which nothing is kept from before the range. */
  newAddresses: number;
  /** Sign-ins that succeeded from addresses that had been guessing. */
  successes: number;
  /** The same by address. */
  succeeded: Record<string, number>;
  /** Findings of guessed passwords and names. */
  signInFindings: number;
  /** Of the newest finding; null when there is none. */
  lastTime: number | null;
  /** Findings about the past when they were read: counted, never alerted. */
  historic: number;
  bySeverity: Record<Severity, number>;
  /** Worst first, then most events. */
  byType: TypeCount[];
  /** What was attacked, by the log that tells of it; most events first. */
  bySource: { sourceId: string; findings: number; events: number }[];
  /** Events per step by type; every series adds up to the type's events. */
  trend: { stepMs: number; times: number[]; series: { type: string; values: number[] }[] };
  /** Newest first, at most MAX_LISTED_FINDINGS; without evidence where that section is left out. */
  listed: DetectedFinding[];
}

export interface TypeCount {
  type: string;
  severity: Severity;
  findings: number;
  events: number;
  addresses: number;
  previousEvents: number;
  mitre: string[];
  owasp: string[];
}

/** How long something took, over those for which it happened. */
export interface Durations {
  count: number;
  /** null when it never happened. */
  medianMs: number | null;
  worstMs: number | null;
}

/** Alerts that fired within the range. */
export interface AlertData {
  total: number;
  previousTotal: number;
  /** Firing at the end of the range, whenever they began. */
  open: Alert[];
  bySeverity: Record<Severity, number>;
  byArea: { area: string; count: number }[];
  byRule: { ruleId: string; title: Message; severity: Severity; count: number }[];
  /** From firing to a person's acknowledgement. */
  acknowledged: Durations;
  /** From firing to its end. */
  resolved: Durations;
  resolvedByPerson: number;
  /** Newest first, at most MAX_LISTED_ALERTS. */
  listed: Alert[];
}

export interface LogData {
  lines: number;
  previousLines: number;
  bySeverity: Record<Severity, number>;
  byClass: { logClass: LogClass; lines: number }[];
  /** Most lines first. */
  bySource: {
    sourceId: string;
    logClass: LogClass;
    lines: number;
    bySeverity: Record<Severity, number>;
    lastTime: number;
  }[];
  histogram: { stepMs: number; buckets: HistogramBucket[] };
  /** Wrote in the time before, and nothing within the range. */
  quiet: { sourceId: string; lastTime: number }[];
  /** Critical and error lines, newest first. */
  worst: LogLine[];
}

export interface DiagnosisData {
  /** The newest run of before the end of the range; absent: there is none. */
  latest?: DiagnosisSummary | undefined;
  previous?: DiagnosisSummary | undefined;
  /** Scores of earlier runs, oldest first. */
  trend: Record<ScoreName, number[]>;
  /** Best first. */
  fixes: TopFix[];
  /** Failed, worst first. */
  failed: CheckResult[];
  unknown: CheckResult[];
}

/** One chart of the host: series of one unit. */
export interface HostChart {
  /** Words: `report.host.<name>`. */
  name: 'cpu' | 'memory' | 'disk' | 'network' | 'diskTime';
  series: Series[];
  limits: { value: number; severity: 'critical' | 'error' | 'warning' }[];
}

export interface DecisionData {
  total: number;
  byAction: { action: string; count: number }[];
  /** Newest first, at most 500. */
  entries: AuditEntry[];
  /** This version advises and blocks nothing: a fact of every report until there is a decision engine. */
  blocking: 'adviseOnly';
}

/** What Yagura could not see. */
export interface SightData {
  /** Spans of the range in which no engine ran, oldest first, at most 100. */
  gaps: TimeRange[];
  gapCount: number;
  unwatchedMs: number;
  watchedMs: number;
  /** Lines stored of the range, whoever read them. */
  lines: number;
  /** Sources as they stand when the report is made; absent when no engine runs. */
  sources?: SourceHealth[] | undefined;
  /** What is wrong with Yagura itself. */
  problems: { severity: Severity; message: Message }[];
  /** Items dropped since the engine started, by queue. */
  dropped: { name: string; count: number }[];
  /** Checks of the newest diagnosis that found no answer. */
  unknownChecks: number;
}

/** Limits of the settings, in percent. */
export interface Thresholds {
  cpuPercent: { warn: number; critical: number };
  memoryPercent: { warn: number; critical: number };
  diskPercent: { warn: number; critical: number };
}

/** What only a running engine knows of the present. */
export interface LiveFacts {
  sources: SourceHealth[];
  problems: { severity: Severity; message: Message }[];
  dropped: { name: string; count: number }[];
}
