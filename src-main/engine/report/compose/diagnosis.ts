import type { CheckResult, Score, ScoreName } from '../../../../src-preload/contract/diagnosis.ts';
import type { ReportBlock, ReportPart } from '../document.ts';
import type { DiagnosisData } from '../report-data.ts';
import {
  amountCell,
  cell,
  code,
  column,
  severityCell,
  stateCell,
  words,
  type ComposeContext,
} from './context.ts';

const MAX_CHECK_ROWS = 100;
const SCORE_NAMES: readonly ScoreName[] = ['security', 'performance'];

/** The two scores with their formula and coverage. */
export function scorePart({ data }: ComposeContext): ReportPart[] {
  const { diagnosis } = data;
  if (diagnosis === undefined) return [];
  const { latest, previous, trend } = diagnosis;
  const blocks: ReportBlock[] =
    latest === undefined
      ? [{ kind: 'paragraph', words: words('diagnosis.none') }]
      : [
          {
            kind: 'scores',
            scores: SCORE_NAMES.map((name) =>
              scoreOf(name, latest.scores[name], previous?.scores[name], trend[name]),
            ),
          },
          {
            kind: 'paragraph',
            words: words('diagnosis.at', { diagnosedAt: latest.startedAt }),
            dim: true,
          },
        ];
  return [{ section: 'diagnosis', title: words('title.scores'), blocks }];
}

function scoreOf(name: ScoreName, now: Score, before: Score | undefined, trend: number[]) {
  const { score, points, maximum, unknown, coverage } = now;
  return {
    name: words(`score.${name}`),
    score,
    previous: before?.score ?? undefined,
    points,
    maximum,
    unknown,
    coverage,
    trend,
  };
}

/** What failed, and what could not be seen. */
export function checkPart(context: ComposeContext): ReportPart[] {
  const { diagnosis } = context.data;
  if (diagnosis?.latest === undefined) return [];
  const { failed, unknown } = diagnosis;
  const blocks: ReportBlock[] = [
    {
      kind: 'table',
      columns: [
        column('severity'),
        column('check'),
        column('finding', { width: 'fill' }),
        column('found', { width: 'fill' }),
        column('minutes', { align: 'end' }),
      ],
      rows: failed
        .slice(0, MAX_CHECK_ROWS)
        .map((check) => [
          severityCell(check.severity),
          code(check.id),
          cell(check.title),
          cell(check.found),
          amountCell(context, check.minutes),
        ]),
      empty: words('diagnosis.allPassed'),
    },
  ];
  if (unknown.length > 0) blocks.push(...unknownBlocks(unknown));
  return [{ section: 'diagnosis', title: words('title.checks'), blocks }];
}

function unknownBlocks(unknown: CheckResult[]): ReportBlock[] {
  return [
    { kind: 'heading', words: words('diagnosis.unknown', { n: unknown.length }) },
    {
      kind: 'table',
      columns: [column('check'), column('finding', { width: 'fill' }), column('reason', { width: 'fill' })],
      rows: unknown
        .slice(0, MAX_CHECK_ROWS)
        .map((check) => [code(check.id), stateCell('unknown', check.title), cell(check.found)]),
      empty: words('diagnosis.allPassed'),
    },
  ];
}

/** Best fixes as rows of what is to be decided. */
export function fixRows({ fixes, failed }: DiagnosisData, limit: number) {
  const checks = new Map(failed.map((check) => [check.id, check]));
  return fixes.slice(0, limit).flatMap(({ checkId, score, gain, minutes }) => {
    const check = checks.get(checkId);
    if (check === undefined) return [];
    const urgent = check.severity === 'critical';
    return [
      [
        severityCell(check.severity),
        // What, not how: the steps stand with the check itself.
        cell(words('decide.mend', { check: checkId })),
        cell(words(`decide.fix.${score}`, { gain: Math.round(gain * 10) / 10, minutes })),
        cell(words(urgent ? 'decide.now' : 'decide.today')),
      ],
    ];
  });
}
