import type { ReportKind, ReportRequest, ReportSection } from '../../../src-preload/contract/reports.ts';
import { REPORT_SECTIONS_OF } from '../../../src-preload/contract/limits.ts';
import { REPORT_SECTIONS } from '../../../src-preload/contract/reports.ts';
import type { TimeRange } from '../../../src-preload/contract/shared.ts';
import { alertData } from './gather/alerts.ts';
import { diagnosisData } from './gather/diagnosis.ts';
import { hostCharts } from './gather/host.ts';
import { logData } from './gather/logs.ts';
import { sightData } from './gather/sight.ts';
import { addressData, threatData } from './gather/threats.ts';
import { decisionData } from './gather/decisions.ts';
import type { ReportQueries } from './queries.ts';
import { REPORT_FORMAT, type LiveFacts, type ReportData, type Thresholds } from './report-data.ts';
import { verdictOf } from './verdict.ts';

/** Alerts about attacks are the security report's; the health report is about the machine. */
const AREAS_OF: Record<ReportKind, 'all' | 'exceptSecurity'> = {
  security: 'all',
  logs: 'all',
  health: 'exceptSecurity',
  alerts: 'all',
};

/** What a report is made for, besides the request. */
export interface ReportSetting {
  hostName: string;
  timeZone: string;
  createdAt: number;
  producer: string;
  /** The logs were written for show. */
  demo: boolean;
  thresholds: Thresholds;
  /** undefined: no engine runs. */
  live: LiveFacts | undefined;
}

/** The sections a request asks for, in their order. */
function sectionsOf({ kind, without }: Pick<ReportRequest, 'kind' | 'without'>): ReportSection[] {
  return REPORT_SECTIONS.filter(
    (section) => REPORT_SECTIONS_OF[kind].includes(section) && !without.includes(section),
  );
}

/** The span of the same length just before. */
function previousRangeOf({ from, to }: TimeRange): TimeRange {
  return { from: Math.max(0, from - (to - from)), to: from };
}

/** Asks for all that a report says; nothing is masked yet beyond what the stores mask. */
export async function gatherReport(
  request: Pick<ReportRequest, 'kind' | 'range' | 'without'>,
  queries: ReportQueries,
  setting: ReportSetting,
): Promise<ReportData> {
  const { kind, range } = request;
  const sections = sectionsOf(request);
  const has = (section: ReportSection): boolean => sections.includes(section);
  const previousRange = previousRangeOf(range);
  const kept = queries.snapshot(() => ({
    // The verdict rests on attacks and alerts, whatever sections are shown.
    ...attackData(queries, request, sections),
    alerts: kind === 'logs' ? undefined : alertData(queries, range, previousRange, AREAS_OF[kind]),
    decisions: has('decisions') ? decisionData(queries, range) : undefined,
    diagnosis:
      kind === 'security' || kind === 'health' ? diagnosisData(queries.latestDiagnosis(range)) : undefined,
    head: queries.auditHead(),
  }));
  const { threats, alerts, addresses, decisions, diagnosis } = kept;
  const logs = kind === 'logs' ? logData(queries, range, previousRange, has('evidence')) : undefined;
  // Nobody can have watched what is yet to come.
  const past = { from: range.from, to: Math.max(range.from, Math.min(range.to, setting.createdAt)) };
  const sight = sightData(queries, past, setting.live, diagnosis?.unknown.length ?? 0);
  const verification = await queries.verifyAudit();
  const verdict = verdictOf({ kind, range, threats, alerts, logs, diagnosis, sight });
  return {
    format: REPORT_FORMAT,
    kind,
    range,
    previousRange,
    timeZone: setting.timeZone,
    hostName: setting.hostName,
    createdAt: setting.createdAt,
    producer: setting.producer,
    demo: setting.demo,
    sections,
    verdict,
    threats: has('threats') || has('evidence') ? threats : undefined,
    addresses,
    alerts: has('alerts') ? alerts : undefined,
    logs: has('logs') ? logs : undefined,
    diagnosis: has('diagnosis') ? diagnosis : undefined,
    host: has('host') ? hostCharts(queries, range, setting.thresholds) : undefined,
    decisions,
    sight,
    audit: { head: kept.head, verification },
    masked: [],
  };
}

/** Attacks, and the addresses they came from. */
function attackData(
  queries: ReportQueries,
  { kind, range }: Pick<ReportRequest, 'kind' | 'range'>,
  sections: ReportSection[],
): Pick<ReportData, 'threats' | 'addresses'> {
  if (kind !== 'security') return {};
  const threats = threatData(queries, range, previousRangeOf(range), sections.includes('evidence'));
  if (!sections.includes('addresses')) return { threats };
  return { threats, addresses: addressData(queries, range, threats.succeeded) };
}
