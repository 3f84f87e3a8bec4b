import type { Alert } from '../../../src-preload/contract/alerts.ts';
import type { Severity, Time } from '../../../src-preload/contract/shared.ts';

const SEVERITY_ORDER: readonly Severity[] = ['critical', 'error', 'warning', 'info'];
const AREA_ORDER: readonly string[] = ['security', 'infrastructure', 'yagura'];

/** What of an alert decides how bad it is; `unknown` when its rule cannot see. */
export function markOf(alert: Alert): Severity | 'unknown' | 'ok' {
  if (alert.state === 'resolved') return 'ok';
  return alert.blindness === undefined ? alert.severity : 'unknown';
}

/** Worst first; among equals what nobody has acknowledged, then what came last. */
function compareAlerts(a: Alert, b: Alert): number {
  return (
    SEVERITY_ORDER.indexOf(a.severity) - SEVERITY_ORDER.indexOf(b.severity) ||
    Number(a.state === 'pending') - Number(b.state === 'pending') ||
    Number(a.acknowledgedAt !== undefined) - Number(b.acknowledgedAt !== undefined) ||
    b.since - a.since
  );
}

export interface AlertGroup {
  area: string;
  alerts: Alert[];
}

/** Alerts by area, worst first within it; the area with the worst alert first, of equals in the usual order. */
export function groupAlerts(alerts: readonly Alert[]): AlertGroup[] {
  const areas = new Map<string, Alert[]>();
  for (const alert of [...alerts].sort(compareAlerts)) {
    const group = areas.get(alert.area);
    if (group === undefined) areas.set(alert.area, [alert]);
    else group.push(alert);
  }
  const rank = ({ area, alerts: [worst] }: AlertGroup): number =>
    (worst === undefined ? 9 : SEVERITY_ORDER.indexOf(worst.severity)) * 10 +
    (AREA_ORDER.includes(area) ? AREA_ORDER.indexOf(area) : AREA_ORDER.length);
  return [...areas].map(([area, group]) => ({ area, alerts: group })).sort((a, b) => rank(a) - rank(b));
}

/** Ids from one to the other, both included, in the order shown: what Shift selects. */
export function idsBetween(ordered: readonly Alert[], from: string, to: string): string[] {
  const start = ordered.findIndex((alert) => alert.id === from);
  const end = ordered.findIndex((alert) => alert.id === to);
  if (start < 0 || end < 0) return end < 0 ? [] : [to];
  return ordered.slice(Math.min(start, end), Math.max(start, end) + 1).map((alert) => alert.id);
}

/** Most of the chart lies before the alert: what led to it matters more than that it goes on. */
const BEFORE_MS = 30 * 60_000;
const AFTER_MS = 10 * 60_000;
/** Longer alerts are drawn from their start, and no longer than a day. */
const LONGEST_MS = 24 * 3_600_000;

/** Span of the chart of an alert: from half an hour before it began to shortly after it ended, or now. */
export function chartRange(alert: Alert, now: Time): { from: Time; to: Time } {
  const end = Math.min(now, (alert.resolvedAt ?? now) + AFTER_MS);
  const from = Math.max(alert.since - BEFORE_MS, end - LONGEST_MS);
  return { from: Math.min(from, end - 60_000), to: end };
}
