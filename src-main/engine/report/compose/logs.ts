import { SEVERITIES } from '../../../../src-preload/contract/shared.ts';
import type { ReportBlock, ReportPart } from '../document.ts';
import {
  amountCell,
  cell,
  code,
  column,
  severityCell,
  timeCell,
  words,
  type ComposeContext,
} from './context.ts';

const MAX_SOURCE_ROWS = 50;
const MAX_LINES = 50;

/** Lines over time by severity. */
export function volumePart({ data }: ComposeContext): ReportPart[] {
  const { logs } = data;
  if (logs === undefined) return [];
  const { stepMs, buckets } = logs.histogram;
  const block: ReportBlock =
    logs.lines === 0
      ? { kind: 'paragraph', words: words('logs.none') }
      : {
          kind: 'bars',
          caption: words('logs.perStep', { spanMs: stepMs }),
          times: buckets.map(({ time }) => time),
          stepMs,
          series: SEVERITIES.map((severity) => ({
            name: { key: `severity.${severity}`, parameters: {} },
            values: buckets.map((bucket) => bucket[severity]),
          })),
        };
  return [{ section: 'logs', title: words('title.volume'), blocks: [block] }];
}

/** Lines by class, severity and source. */
export function breakdownPart(context: ComposeContext): ReportPart[] {
  const { logs } = context.data;
  if (logs === undefined) return [];
  const blocks: ReportBlock[] = [
    {
      kind: 'table',
      columns: [column('severity', { width: 'fill' }), column('lines', { align: 'end' })],
      rows: SEVERITIES.map((severity) => [
        severityCell(severity),
        amountCell(context, logs.bySeverity[severity]),
      ]),
      empty: words('logs.none'),
    },
    {
      kind: 'table',
      columns: [column('class', { width: 'fill' }), column('lines', { align: 'end' })],
      rows: logs.byClass.map(({ logClass, lines }) => [
        cell(words(`logs.class.${logClass}`)),
        amountCell(context, lines),
      ]),
      empty: words('logs.none'),
    },
    { kind: 'heading', words: words('logs.sources') },
    {
      kind: 'table',
      columns: [
        column('source', { width: 'fill' }),
        column('lines', { align: 'end' }),
        column('errors', { align: 'end' }),
        column('warnings', { align: 'end' }),
        column('last'),
      ],
      rows: logs.bySource
        .slice(0, MAX_SOURCE_ROWS)
        .map(({ sourceId, lines, bySeverity, lastTime }) => [
          code(sourceId),
          amountCell(context, lines),
          amountCell(context, bySeverity.critical + bySeverity.error),
          amountCell(context, bySeverity.warning),
          timeCell(context, lastTime),
        ]),
      empty: words('logs.none'),
    },
  ];
  if (logs.quiet.length > 0) {
    blocks.push(
      { kind: 'heading', words: words('logs.quiet', { n: logs.quiet.length }) },
      {
        kind: 'table',
        columns: [column('source', { width: 'fill' }), column('last')],
        rows: logs.quiet.map(({ sourceId, lastTime }) => [code(sourceId), timeCell(context, lastTime)]),
        empty: words('logs.none'),
      },
    );
  }
  return [{ section: 'logs', title: words('title.breakdown'), blocks }];
}

/** Critical and error lines as they stand. */
export function worstLinesPart({ data }: ComposeContext): ReportPart[] {
  const { logs } = data;
  if (logs === undefined || !data.sections.includes('evidence')) return [];
  const lines = logs.worst
    .slice(0, MAX_LINES)
    .map((line) => ({ time: line.time, text: line.text, detected: false }));
  const block: ReportBlock =
    lines.length === 0
      ? { kind: 'paragraph', words: words('logs.noErrors') }
      : { kind: 'evidence', caption: words('logs.newest', { n: lines.length }), lines };
  return [{ section: 'evidence', title: words('title.errorLines'), blocks: [block] }];
}
