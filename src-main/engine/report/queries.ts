import type { Alert } from '../../../src-preload/contract/alerts.ts';
import type { AuditEntry, AuditHead, AuditVerification } from '../../../src-preload/contract/audit.ts';
import type { Diagnosis, DiagnosisSummary, TopFix } from '../../../src-preload/contract/diagnosis.ts';
import type { HistogramBucket, LogLine } from '../../../src-preload/contract/logs.ts';
import type { Series } from '../../../src-preload/contract/metrics.ts';
import type { TimeRange } from '../../../src-preload/contract/shared.ts';
import type { ThreatAddressDetail } from '../../../src-preload/contract/threats.ts';
import type { DetectedFinding } from '../flow/finding.ts';
import type { AddressCounts, FindingFact, SourceLines } from '../store/types.ts';

/** What a report asks of the stores. All of it reads; it blocks, so it is asked in a thread of its own or a terminal. */
export interface ReportQueries {
  /** Findings, alerts and audit as of one instant, whatever is written meanwhile. */
  snapshot<Result>(read: () => Result): Result;
  /** All of the range, oldest first. */
  findingFacts(range: TimeRange): FindingFact[];
  addressCounts(range: TimeRange): AddressCounts;
  /** Newest first. */
  findings(range: TimeRange, limit: number): DetectedFinding[];
  /** Addresses by risk, worst first. */
  worstAddresses(range: TimeRange, limit: number): ThreatAddressDetail[];
  /** Sign-ins that succeeded from addresses since they had begun to guess, by address; from the stored lines. */
  succeededSignIns(guessers: { address: string; since: number }[], range: TimeRange): Record<string, number>;
  /** Users that log lines name. */
  usersIn(lines: string[]): string[];
  /** Fired within the range, newest first. */
  alertsFired(range: TimeRange): Alert[];
  alertsOpenAt(time: number): Alert[];
  /** Spans in which no engine ran, oldest first. */
  gaps(range: TimeRange): TimeRange[];
  /** Oldest first. */
  auditEntries(range: TimeRange): AuditEntry[];
  auditHead(): AuditHead;
  verifyAudit(): Promise<AuditVerification>;
  logStatistics(range: TimeRange): SourceLines[];
  logHistogram(range: TimeRange, buckets: number): { stepMs: number; buckets: HistogramBucket[] };
  /** Critical and error lines, newest first. */
  worstLines(range: TimeRange, limit: number): LogLine[];
  /** Names of all metrics of these names, about so many points each. */
  series(names: string[], range: TimeRange, points: number): Series[];
  latestDiagnosis(range: TimeRange): LatestDiagnosis;
}

/** The newest run that began before the end of the range, and those before it. */
export interface LatestDiagnosis {
  run?: Diagnosis | undefined;
  fixes: TopFix[];
  /** Newest first, the run itself first. */
  history: DiagnosisSummary[];
}
