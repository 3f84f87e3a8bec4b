import type { ReportData } from './report-data.ts';
import type { Message } from '../../../src-preload/contract/shared.ts';

/** A message in words: the CSV is read in a spreadsheet. */
type Say = (message: Message) => string;
type CellValue = string | number | undefined;

/**
 * The kind's main table as CSV (RFC 4180, UTF-8 with a byte order mark: spreadsheets take it for another encoding without
 * one). Security: findings; alerts: alerts; logs: sources; health: checks. The JSON export has everything.
 */
export function writeCsv(data: ReportData, say: Say): string {
  const [header, ...rows] = tableOf(data, say);
  return `\uFEFF${[header ?? [], ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('')}`;
}

/**
 * A cell. What a spreadsheet would take for a formula is hostile text that wants to be run: it gets an apostrophe before
 * it, as spreadsheets themselves mark text. Numbers of ours are numbers, also below zero.
 */
function cell(value: CellValue): string {
  if (value === undefined) return '';
  if (typeof value === 'number') return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function tableOf(data: ReportData, say: Say): CellValue[][] {
  switch (data.kind) {
    case 'security':
      return findingTable(data, say);
    case 'alerts':
      return alertTable(data, say);
    case 'logs':
      return sourceTable(data);
    case 'health':
      return checkTable(data, say);
  }
}

function iso(time: number | undefined): string | undefined {
  return time === undefined ? undefined : new Date(time).toISOString();
}

function findingTable({ threats }: ReportData, say: Say): CellValue[][] {
  return [
    [
      'time',
      'first_time',
      'severity',
      'type',
      'risk',
      'confidence',
      'events',
      'addresses',
      'user',
      'source',
      'rule',
      'mitre',
      'owasp',
      'summary',
      'last_evidence',
      'id',
    ],
    ...(threats?.listed ?? []).map((finding) => [
      iso(finding.time),
      iso(finding.firstTime),
      finding.severity,
      finding.type,
      finding.risk,
      finding.confidence,
      finding.count,
      finding.addresses.join(' '),
      finding.user,
      finding.sourceId,
      finding.ruleId,
      finding.mitre.join(' '),
      finding.owasp.join(' '),
      say(finding.summary),
      finding.evidence.at(-1)?.text,
      finding.id,
    ]),
  ];
}

function alertTable({ alerts }: ReportData, say: Say): CellValue[][] {
  return [
    [
      'fired_at',
      'severity',
      'area',
      'title',
      'summary',
      'state',
      'count',
      'acknowledged_at',
      'acknowledged_by',
      'resolved_at',
      'resolved_by',
      'address',
      'note',
      'id',
    ],
    ...(alerts?.listed ?? []).map((alert) => [
      iso(alert.firedAt),
      alert.severity,
      alert.area,
      say(alert.title),
      say(alert.summary),
      alert.state,
      alert.count,
      iso(alert.acknowledgedAt),
      alert.acknowledgedBy,
      iso(alert.resolvedAt),
      alert.resolvedBy,
      alert.address,
      alert.note,
      alert.id,
    ]),
  ];
}

function sourceTable({ logs }: ReportData): CellValue[][] {
  return [
    ['source', 'class', 'lines', 'critical', 'error', 'warning', 'info', 'last_time'],
    ...(logs?.bySource ?? []).map(({ sourceId, logClass, lines, bySeverity, lastTime }) => [
      sourceId,
      logClass,
      lines,
      bySeverity.critical,
      bySeverity.error,
      bySeverity.warning,
      bySeverity.info,
      iso(lastTime),
    ]),
  ];
}

function checkTable({ diagnosis }: ReportData, say: Say): CellValue[][] {
  return [
    ['check', 'status', 'severity', 'score', 'weight', 'points', 'title', 'found', 'fix', 'references'],
    ...[...(diagnosis?.failed ?? []), ...(diagnosis?.unknown ?? [])].map((check) => [
      check.id,
      check.status,
      check.severity,
      check.score,
      check.weight,
      check.points,
      say(check.title),
      say(check.found),
      check.fix === undefined ? undefined : say(check.fix.text),
      check.references.join(' '),
    ]),
  ];
}
