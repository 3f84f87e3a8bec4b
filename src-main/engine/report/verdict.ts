import type { ReportKind } from '../../../src-preload/contract/reports.ts';
import {
  SEVERITIES,
  type Message,
  type Severity,
  type State,
  type TimeRange,
} from '../../../src-preload/contract/shared.ts';
import type { AlertData, DiagnosisData, LogData, ReportData, SightData, ThreatData } from './report-data.ts';

/** A shorter time without an engine is a restart; a longer one is a time of which nothing can be said. */
const BLIND_AFTER_MS = 5 * 60_000;

/** What would be good news, if it had been watched. */
const GOOD: ReadonlySet<State> = new Set<State>(['ok', 'info', 'unknown']);

export type Verdict = ReportData['verdict'];

export interface VerdictFacts {
  kind: ReportKind;
  range: TimeRange;
  threats: ThreatData | undefined;
  alerts: AlertData | undefined;
  logs: LogData | undefined;
  diagnosis: DiagnosisData | undefined;
  sight: SightData;
}

/**
 * The cover's sentence. Not having seen is never "all is well": what would be good news becomes "unknown" for a range
 * that was not watched, and bad news stays bad.
 */
export function verdictOf(facts: VerdictFacts): Verdict {
  const { kind, threats, alerts, logs, diagnosis, sight } = facts;
  const verdict = (() => {
    if (kind === 'security' && threats !== undefined) return securityVerdict(threats, alerts, sight);
    if (kind === 'logs' && logs !== undefined) return logVerdict(logs);
    if (kind === 'health' && diagnosis !== undefined) return healthVerdict(diagnosis, alerts);
    return alertVerdict(alerts, sight);
  })();
  return withBlindness(verdict, facts);
}

function message(key: string, parameters: Message['parameters'] = {}): Message {
  return { key: `report.verdict.${key}`, parameters };
}

function worst(items: { severity: Severity }[]): Severity | undefined {
  return SEVERITIES.find((severity) => items.some((item) => item.severity === severity));
}

function securityVerdict(threats: ThreatData, alerts: AlertData | undefined, sight: SightData): Verdict {
  const ongoing = (alerts?.open ?? []).filter(({ area }) => area === 'security');
  const details = ongoing.slice(0, 2).map((alert) =>
    message('ongoingDetail', {
      type: String(alert.title.parameters['type'] ?? alert.ruleId),
      address: alert.address ?? String(alert.title.parameters['address'] ?? ''),
      sinceAt: alert.since,
    }),
  );
  if (threats.findings > 0) {
    details.push(
      message('attacksDetail', {
        n: threats.events,
        findings: threats.findings,
        addresses: threats.addresses,
      }),
    );
  }
  if (threats.successes > 0) {
    return { state: 'critical', headline: message('succeeded', { n: threats.successes }), details };
  }
  if (ongoing.length > 0) {
    return {
      state: worst(ongoing) ?? 'error',
      headline: message('ongoing', { n: ongoing.length }),
      details,
    };
  }
  if (threats.findings > 0) {
    // No alert about it is open, and nobody got in: worth a look, not an alarm.
    const state = threats.bySeverity.critical + threats.bySeverity.error > 0 ? 'warning' : 'info';
    return {
      state,
      headline: message('attacked', { n: threats.findings, lastAt: threats.lastTime ?? 0 }),
      details,
    };
  }
  if (sight.lines === 0) return { state: 'unknown', headline: message('noLogs'), details };
  return { state: 'ok', headline: message('quiet'), details: [message('quietDetail', { n: sight.lines })] };
}

function logVerdict({ lines, bySeverity, bySource, quiet }: LogData): Verdict {
  if (lines === 0) return { state: 'unknown', headline: message('noLines'), details: [] };
  const errors = bySeverity.critical + bySeverity.error;
  const sources = new Set(bySource.map(({ sourceId }) => sourceId)).size;
  return {
    state: quiet.length > 0 ? 'warning' : 'ok',
    headline: message('lines', { n: lines, sources }),
    details: [
      message('errors', { n: errors, percent: Math.round((errors / lines) * 1000) / 10 }),
      ...(quiet.length > 0 ? [message('quietSources', { n: quiet.length })] : []),
    ],
  };
}

function healthVerdict({ latest, failed }: DiagnosisData, alerts: AlertData | undefined): Verdict {
  const open = alerts?.open ?? [];
  const openDetail = open.length > 0 ? [message('openAlerts', { n: open.length })] : [];
  if (latest === undefined) {
    return { state: worst(open) ?? 'unknown', headline: message('noDiagnosis'), details: openDetail };
  }
  const { security, performance } = latest.scores;
  const headline =
    security.score === null || performance.score === null
      ? message('partlyScored', { n: failed.length })
      : message('scored', { security: security.score, performance: performance.score });
  return {
    state: worst([...failed, ...open]) ?? 'ok',
    headline,
    details: [message('failedChecks', { n: failed.length, diagnosedAt: latest.startedAt }), ...openDetail],
  };
}

function alertVerdict(alerts: AlertData | undefined, sight: SightData): Verdict {
  const { total = 0, open = [] } = alerts ?? {};
  if (open.length > 0) {
    return {
      state: worst(open) ?? 'warning',
      headline: message('open', { n: open.length }),
      details: [message('fired', { n: total })],
    };
  }
  if (total > 0) return { state: 'ok', headline: message('allEnded', { n: total }), details: [] };
  const details = sight.lines > 0 ? [message('quietDetail', { n: sight.lines })] : [];
  return { state: 'ok', headline: message('noAlert'), details };
}

function withBlindness(verdict: Verdict, { kind, range, sight }: VerdictFacts): Verdict {
  if (sight.unwatchedMs < Math.min(BLIND_AFTER_MS, Math.max(1, range.to - range.from))) return verdict;
  const parameters = { unwatchedMs: sight.unwatchedMs };
  const blind = message(sight.watchedMs === 0 ? 'neverWatched' : 'notWatched', parameters);
  // Logs that were read in later tell of attacks all the same, but not of what nobody measured.
  const readLater =
    sight.watchedMs === 0 && sight.lines > 0 ? [message('readLater', { n: sight.lines })] : [];
  // What the lines say is there, whoever was watching when they were written.
  const stands = kind === 'logs' && sight.lines > 0;
  if (stands || !GOOD.has(verdict.state)) {
    return { ...verdict, details: [...verdict.details, blind, ...readLater] };
  }
  const keepsHeadline = verdict.state === 'info';
  return {
    state: 'unknown',
    headline: keepsHeadline ? verdict.headline : blind,
    details: keepsHeadline
      ? [...verdict.details, blind, ...readLater]
      : [
          verdict.headline,
          ...verdict.details.filter(({ key }) => key !== verdict.headline.key),
          ...readLater,
        ],
  };
}
