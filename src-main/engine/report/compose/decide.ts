import type { Alert } from '../../../../src-preload/contract/alerts.ts';
import { SEVERITIES } from '../../../../src-preload/contract/shared.ts';
import type { Cell, Column, ReportPart } from '../document.ts';
import { cell, column, severityCell, text, typeWords, words, type ComposeContext } from './context.ts';
import { fixRows } from './diagnosis.ts';

const MAX_ALERT_ROWS = 5;
const MAX_FIX_ROWS = 5;

/** What is asked of the reader now: open alerts that nobody took on, then the fixes that gain most. */
export function decidePart({ data }: ComposeContext): ReportPart[] {
  if (!data.sections.includes('summary')) return [];
  const waiting = (data.alerts?.open ?? [])
    .filter(({ acknowledgedAt, severity }) => acknowledgedAt === undefined && severity !== 'info')
    .sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) || b.lastAt - a.lastAt);
  const fixes = data.diagnosis === undefined ? [] : fixRows(data.diagnosis, MAX_FIX_ROWS);
  return [
    {
      section: 'summary',
      title: words('title.decide'),
      blocks: [
        {
          kind: 'table',
          columns: COLUMNS,
          rows: [...waiting.slice(0, MAX_ALERT_ROWS).map(alertRow), ...fixes],
          empty: words('decide.none'),
        },
      ],
    },
  ];
}

const COLUMNS: Column[] = [
  column('severity'),
  column('decision', { width: 'fill' }),
  column('effect'),
  column('byWhen', { align: 'end' }),
];

function alertRow(alert: Alert): Cell[] {
  const urgent = alert.severity === 'critical' || alert.severity === 'error';
  const when = cell(words(urgent ? 'decide.now' : 'decide.today'));
  const type = alert.title.parameters['type'];
  if (alert.area !== 'security' || alert.address === undefined)
    return [severityCell(alert.severity), cell(alert.title), cell(text('')), when];
  return [
    severityCell(alert.severity),
    cell(words('decide.block', { address: alert.address })),
    cell(typeof type === 'string' ? typeWords(type) : text('')),
    when,
  ];
}
