import type { Alert } from '../../../../src-preload/contract/alerts.ts';
import type { Cell, ReportBlock, ReportPart } from '../document.ts';
import type { Durations } from '../report-data.ts';
import {
  amountCell,
  cell,
  column,
  durationCell,
  NOTHING,
  severityCell,
  text,
  timeCell,
  words,
  type ComposeContext,
} from './context.ts';

/** Alerts with the times people took; open ones first. */
export function alertPart(context: ComposeContext, maximumRows: number): ReportPart[] {
  const { alerts } = context.data;
  if (alerts === undefined) return [];
  const openIds = new Set(alerts.open.map(({ id }) => id));
  const shown = [...alerts.open, ...alerts.listed.filter(({ id }) => !openIds.has(id))].slice(0, maximumRows);
  const blocks: ReportBlock[] = [
    {
      kind: 'facts',
      facts: [
        { name: words('alerts.fired'), value: amountCell(context, alerts.total) },
        { name: words('alerts.before'), value: amountCell(context, alerts.previousTotal) },
        { name: words('alerts.open'), value: amountCell(context, alerts.open.length) },
        { name: words('alerts.acknowledged'), value: durationsCell(alerts.acknowledged) },
        { name: words('alerts.resolved'), value: durationsCell(alerts.resolved) },
        { name: words('alerts.byPerson'), value: amountCell(context, alerts.resolvedByPerson) },
      ],
    },
    {
      kind: 'table',
      columns: [
        column('severity'),
        column('alert', { width: 'fill' }),
        column('fired'),
        column('acknowledgedAfter', { align: 'end' }),
        column('endedAfter', { align: 'end' }),
      ],
      rows: shown.map((alert) => alertRow(context, alert)),
      empty: words('alerts.none'),
    },
  ];
  const left = alerts.total - shown.filter(({ id }) => alerts.listed.some((each) => each.id === id)).length;
  if (left > 0) blocks.push({ kind: 'paragraph', words: words('alerts.more', { n: left }), dim: true });
  return [{ section: 'alerts', title: words('title.alerts'), blocks }];
}

function alertRow(context: ComposeContext, alert: Alert): Cell[] {
  const after = (time: number | undefined): Cell =>
    durationCell(time === undefined || alert.firedAt === undefined ? undefined : time - alert.firedAt);
  return [
    severityCell(alert.severity),
    cell(alert.title),
    timeCell(context, alert.firedAt),
    after(alert.acknowledgedAt),
    alert.resolvedAt === undefined ? cell(words('alerts.stillOpen')) : after(alert.resolvedAt),
  ];
}

function durationsCell({ count, medianMs, worstMs }: Durations): Cell {
  if (medianMs === null || worstMs === null) return cell(NOTHING);
  return cell(words('alerts.times', { medianMs, worstMs, n: count }));
}

/** Which rules fired how often. */
export function alertRulePart(context: ComposeContext): ReportPart[] {
  const { alerts } = context.data;
  if (alerts === undefined) return [];
  return [
    {
      section: 'alerts',
      title: words('title.alertRules'),
      blocks: [
        {
          kind: 'table',
          columns: [column('severity'), column('rule', { width: 'fill' }), column('count', { align: 'end' })],
          rows: alerts.byRule.map(({ severity, title, count }) => [
            severityCell(severity),
            cell(title),
            amountCell(context, count),
          ]),
          empty: words('alerts.none'),
        },
      ],
    },
  ];
}

/** What people decided and changed, from the audit chain. */
export function decisionPart(context: ComposeContext): ReportPart[] {
  const { decisions } = context.data;
  if (decisions === undefined) return [];
  const blocks: ReportBlock[] = [
    { kind: 'paragraph', words: words('decisions.adviseOnly') },
    {
      kind: 'table',
      columns: [
        column('time'),
        column('who'),
        column('what', { width: 'fill' }),
        column('which', { width: 'fill' }),
      ],
      rows: decisions.entries
        .slice(0, 100)
        .map(({ time, actor, action, subject }) => [
          timeCell(context, time),
          cell(text(actor)),
          cell({ key: `audit.action.${action}`, parameters: {} }),
          { words: text(subject), code: true },
        ]),
      empty: words('decisions.none'),
    },
  ];
  return [{ section: 'decisions', title: words('title.decisions'), blocks }];
}
