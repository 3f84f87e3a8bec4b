import type { Alert } from '../../../../src-preload/contract/alerts.ts';
import { SEVERITIES, type TimeRange } from '../../../../src-preload/contract/shared.ts';
import type { ReportQueries } from '../queries.ts';
import { MAX_LISTED_ALERTS, type AlertData, type Durations } from '../report-data.ts';
import { countBySeverity } from './threats.ts';

export function alertData(
  queries: ReportQueries,
  range: TimeRange,
  previousRange: TimeRange,
  areas: 'all' | 'exceptSecurity',
): AlertData {
  const wanted = (alert: Alert): boolean => areas === 'all' || alert.area !== 'security';
  const fired = queries.alertsFired(range).filter(wanted);
  return {
    total: fired.length,
    previousTotal: queries.alertsFired(previousRange).filter(wanted).length,
    open: queries.alertsOpenAt(range.to).filter(wanted),
    bySeverity: countBySeverity(fired),
    byArea: byArea(fired),
    byRule: byRule(fired),
    acknowledged: durations(fired, (alert) => alert.acknowledgedAt),
    resolved: durations(fired, (alert) => alert.resolvedAt),
    resolvedByPerson: fired.filter((alert) => alert.resolvedBy !== undefined).length,
    listed: fired.slice(0, MAX_LISTED_ALERTS),
  };
}

function byArea(alerts: Alert[]): AlertData['byArea'] {
  const counts = new Map<string, number>();
  for (const { area } of alerts) counts.set(area, (counts.get(area) ?? 0) + 1);
  return [...counts].map(([area, count]) => ({ area, count })).sort((a, b) => b.count - a.count);
}

function byRule(alerts: Alert[]): AlertData['byRule'] {
  const rules = new Map<string, AlertData['byRule'][number]>();
  for (const { ruleId, severity } of alerts) {
    const rule = rules.get(ruleId);
    if (rule === undefined) {
      const title = { key: `alerts.rule.${ruleId}`, parameters: {} };
      rules.set(ruleId, { ruleId, title, severity, count: 1 });
    } else {
      rule.count += 1;
      if (SEVERITIES.indexOf(severity) < SEVERITIES.indexOf(rule.severity)) rule.severity = severity;
    }
  }
  return [...rules.values()].sort((a, b) => b.count - a.count);
}

function durations(alerts: Alert[], end: (alert: Alert) => number | undefined): Durations {
  const took: number[] = [];
  for (const alert of alerts) {
    const ended = end(alert);
    if (ended !== undefined && alert.firedAt !== undefined) took.push(Math.max(0, ended - alert.firedAt));
  }
  took.sort((a, b) => a - b);
  return { count: took.length, medianMs: median(took), worstMs: took.at(-1) ?? null };
}

function median(sorted: number[]): number | null {
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)];
  if (upper === undefined) return null;
  return Number.isInteger(middle) ? ((sorted[middle - 1] ?? upper) + upper) / 2 : upper;
}
