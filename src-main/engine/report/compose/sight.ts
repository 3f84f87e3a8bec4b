import type { ReportBlock, ReportPart } from '../document.ts';
import type { SightData } from '../report-data.ts';
import {
  amountCell,
  cell,
  code,
  column,
  durationCell,
  stateCell,
  text,
  timeCell,
  words,
  type ComposeContext,
} from './context.ts';

const MAX_GAP_ROWS = 20;

/** What Yagura could not see: without it no good news is worth anything. */
export function sightPart(context: ComposeContext): ReportPart[] {
  const { sight, audit } = context.data;
  const blocks: ReportBlock[] = [
    {
      kind: 'facts',
      facts: [
        { name: words('sight.watched'), value: durationCell(sight.watchedMs) },
        { name: words('sight.unwatched'), value: durationCell(sight.unwatchedMs) },
        { name: words('sight.lines'), value: amountCell(context, sight.lines) },
        {
          name: words('sight.dropped'),
          value: amountCell(
            context,
            sight.dropped.reduce((sum, { count }) => sum + count, 0),
          ),
        },
        { name: words('sight.unknownChecks'), value: amountCell(context, sight.unknownChecks) },
        {
          name: words('sight.audit'),
          value: stateCell(
            audit.verification.intact ? 'ok' : 'critical',
            words(audit.verification.intact ? 'sight.auditIntact' : 'sight.auditBroken', {
              n: audit.verification.entries,
              number: audit.head.number,
            }),
          ),
        },
        // In full, as `yagura audit verify --head` takes it: the chain can be held against this paper.
        { name: words('sight.auditHead'), value: code(`${audit.head.number}:${audit.head.hash}`) },
      ],
    },
    ...gapBlocks(context, sight),
    ...sourceBlocks(context, sight),
    ...problemBlocks(sight),
  ];
  return [{ section: 'sight', title: words('title.sight'), blocks }];
}

function gapBlocks(context: ComposeContext, { gaps, gapCount }: SightData): ReportBlock[] {
  if (gapCount === 0) return [{ kind: 'paragraph', words: words('sight.noGaps') }];
  // The longest are what matters; in their order of time.
  const shown = gaps
    .toSorted((a, b) => b.to - b.from - (a.to - a.from))
    .slice(0, MAX_GAP_ROWS)
    .sort((a, b) => a.from - b.from);
  const table: ReportBlock = {
    kind: 'table',
    columns: [column('notWatchedFrom'), column('until'), column('howLong', { align: 'end', width: 'fill' })],
    rows: shown.map(({ from, to }) => [
      timeCell(context, from),
      timeCell(context, to),
      durationCell(to - from),
    ]),
    empty: words('sight.noGaps'),
  };
  const left = gapCount - shown.length;
  return left === 0
    ? [table]
    : [table, { kind: 'paragraph', words: words('sight.moreGaps', { n: left }), dim: true }];
}

function sourceBlocks(context: ComposeContext, { sources }: SightData): ReportBlock[] {
  if (sources === undefined) return [{ kind: 'paragraph', words: words('sight.notRunning'), dim: true }];
  const blind = sources.filter(({ state }) => state !== 'ok');
  if (blind.length === 0)
    return [{ kind: 'paragraph', words: words('sight.allSources', { n: sources.length }) }];
  return [
    { kind: 'heading', words: words('sight.sources', { n: blind.length, sources: sources.length }) },
    {
      kind: 'table',
      columns: [column('source', { width: 'fill' }), column('reason', { width: 'fill' }), column('last')],
      rows: blind.map(({ name, state, reason, lastSeenAt }) => [
        { ...code(name), state },
        cell(reason ?? words('sight.noReason')),
        timeCell(context, lastSeenAt),
      ]),
      empty: words('sight.noGaps'),
    },
  ];
}

function problemBlocks({ problems, dropped }: SightData): ReportBlock[] {
  const rows = [
    ...problems.map(({ severity, message }) => [stateCell(severity, message)]),
    ...dropped.map(({ name, count }) => [
      stateCell('warning', words('sight.droppedFrom', { n: count, queue: name })),
    ]),
  ];
  if (rows.length === 0) return [];
  return [
    { kind: 'heading', words: words('sight.problems') },
    {
      kind: 'table',
      columns: [{ title: text(''), align: 'start', width: 'fill' }],
      rows,
      empty: words('sight.noGaps'),
    },
  ];
}
