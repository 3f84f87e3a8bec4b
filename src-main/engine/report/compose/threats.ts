import type { ThreatAddressDetail } from '../../../../src-preload/contract/threats.ts';
import type { DetectedFinding } from '../../flow/finding.ts';
import type { ReportBlock, ReportPart } from '../document.ts';
import type { ThreatData, TypeCount } from '../report-data.ts';
import {
  amount,
  amountCell,
  cell,
  code,
  column,
  differenceCell,
  severityCell,
  text,
  timeCell,
  timeText,
  typeWords,
  words,
  type ComposeContext,
} from './context.ts';

/** Colours of a chart that can be told apart; what is beyond them is one series. */
const MAX_BAR_SERIES = 4;
/** Rows of the findings table; the CSV and JSON exports have the others. */
const MAX_FINDING_ROWS = 500;
/** Findings shown with their lines, worst first, and lines of each. */
const SHOWN_FINDINGS = 20;
const SHOWN_LINES = 6;
const STORY_LINES = 8;
const MAX_USERS = 10;
const MAX_SOURCE_ROWS = 10;

/** Attacks over time, stacked by type. */
export function trendPart({ data }: ComposeContext): ReportPart[] {
  const { threats } = data;
  if (threats === undefined) return [];
  const { stepMs, times, series } = threats.trend;
  const byEvents = series.toSorted((a, b) => total(b.values) - total(a.values));
  const shown = byEvents.slice(0, byEvents.length > MAX_BAR_SERIES + 1 ? MAX_BAR_SERIES : MAX_BAR_SERIES + 1);
  const rest = byEvents.slice(shown.length);
  const bars = shown.map(({ type, values }) => ({ name: typeWords(type), values }));
  if (rest.length > 0) {
    const values = times.map((_, index) => rest.reduce((sum, each) => sum + (each.values[index] ?? 0), 0));
    bars.push({ name: words('otherTypes'), values });
  }
  const block: ReportBlock =
    bars.length === 0
      ? { kind: 'paragraph', words: words('threats.none') }
      : { kind: 'bars', caption: words('threats.perStep', { spanMs: stepMs }), times, stepMs, series: bars };
  return [{ section: 'threats', title: words('title.trend'), blocks: [block] }];
}

/** Attacks by type and by the log that tells of them. */
export function typesPart(context: ComposeContext): ReportPart[] {
  const { threats } = context.data;
  if (threats === undefined) return [];
  const blocks: ReportBlock[] = [
    {
      kind: 'table',
      columns: [
        column('severity'),
        column('type', { width: 'fill' }),
        column('findings', { align: 'end' }),
        column('events', { align: 'end' }),
        column('addresses', { align: 'end' }),
        column('classification'),
        column('difference', { align: 'end' }),
      ],
      rows: threats.byType.map((each) => typeRow(context, each)),
      empty: words('threats.none'),
    },
    { kind: 'paragraph', words: words('threats.counting'), dim: true },
  ];
  if (threats.bySource.length > 0) blocks.push(...sourceBlocks(context, threats));
  if (threats.historic > 0)
    blocks.push({ kind: 'paragraph', words: words('threats.historic', { n: threats.historic }), dim: true });
  return [{ section: 'threats', title: words('title.types'), blocks }];
}

function typeRow(context: ComposeContext, each: TypeCount) {
  return [
    severityCell(each.severity),
    cell(typeWords(each.type)),
    amountCell(context, each.findings),
    amountCell(context, each.events),
    amountCell(context, each.addresses),
    code([...each.mitre, ...each.owasp.map(owaspName)].join(' ') || '–'),
    differenceCell(context, each.events - each.previousEvents),
  ];
}

/** `A03:2021` is a number only to those who know it. */
function owaspName(category: string): string {
  return category.startsWith('OWASP') ? category : `OWASP ${category}`;
}

function sourceBlocks(context: ComposeContext, { bySource }: ThreatData): ReportBlock[] {
  return [
    { kind: 'heading', words: words('threats.bySource') },
    {
      kind: 'table',
      columns: [
        column('source', { width: 'fill' }),
        column('events', { align: 'end' }),
        column('findings', { align: 'end' }),
      ],
      rows: bySource
        .slice(0, MAX_SOURCE_ROWS)
        .map(({ sourceId, events, findings }) => [
          code(sourceId),
          amountCell(context, events),
          amountCell(context, findings),
        ]),
      empty: words('threats.none'),
    },
  ];
}

/** The worst address told as a story, and the others in a table. */
export function addressPart(context: ComposeContext): ReportPart[] {
  const { addresses } = context.data;
  if (addresses === undefined) return [];
  const [worst, ...others] = addresses.worst;
  if (worst === undefined) {
    return [
      {
        section: 'addresses',
        title: words('title.addresses'),
        blocks: [{ kind: 'paragraph', words: words('addresses.none') }],
      },
    ];
  }
  const blocks = storyOf(worst);
  if (others.length > 0) {
    blocks.push(
      { kind: 'heading', words: words('addresses.others', { n: addresses.total }) },
      {
        kind: 'table',
        columns: [
          column('severity'),
          column('address', { width: 'fill' }),
          column('risk', { align: 'end' }),
          column('type', { width: 'fill' }),
          column('events', { align: 'end' }),
          column('last'),
        ],
        rows: others.map((each) => [
          severityCell(each.severity),
          code(each.address),
          amountCell(context, each.risk),
          cell(typeWords(each.types[0] ?? '')),
          amountCell(context, each.events),
          timeCell(context, each.lastTime),
        ]),
        empty: words('addresses.none'),
      },
    );
  }
  return [{ section: 'addresses', title: words('title.worstAddress', { address: worst.address }), blocks }];
}

function storyOf(worst: ThreatAddressDetail): ReportBlock[] {
  const { address, risk, severity, riskParts, findings, events, firstTime, lastTime } = worst;
  const blocks: ReportBlock[] = [
    {
      kind: 'paragraph',
      words: words('addresses.story', {
        firstAt: firstTime,
        spanMs: Math.max(0, lastTime - firstTime),
        n: events,
        findings,
        address,
      }),
    },
    ...worst.types.slice(1, 4).map((type): ReportBlock => ({
      kind: 'paragraph',
      words: words('addresses.alsoType', { type }),
    })),
  ];
  if (worst.distinctUsers > 0) {
    const names = worst.users.slice(0, MAX_USERS).map(({ name }) => name);
    blocks.push({
      kind: 'paragraph',
      words: words('addresses.users', { n: worst.distinctUsers, names: names.join(', ') }),
    });
  }
  blocks.push(
    {
      kind: 'paragraph',
      words: words(worst.successes > 0 ? 'addresses.succeeded' : 'addresses.noneSucceeded', {
        n: worst.successes,
      }),
    },
    { kind: 'risk', address, risk, state: severity, parts: partsOf(risk, riskParts) },
  );
  const [finding] = worst.findingsList;
  const evidence = finding === undefined ? [] : evidenceBlocks(finding, STORY_LINES);
  return [...blocks, ...evidence];
}

/** Severity × confidence, raised by repetition towards 100: two parts that add up. */
function partsOf(risk: number, { severity, confidence }: ThreatAddressDetail['riskParts']) {
  const base = Math.min(risk, Math.round(severity * confidence));
  return [
    { name: words('risk.base', { severity: String(severity), confidence: String(confidence) }), value: base },
    { name: words('risk.repetition'), value: risk - base },
  ];
}

function evidenceBlocks(finding: DetectedFinding, limit: number): ReportBlock[] {
  const lines = finding.evidence.slice(-limit);
  if (lines.length === 0) return [];
  return [
    {
      kind: 'evidence',
      caption: words('evidence.caption', { type: finding.type, source: finding.sourceId, n: finding.count }),
      lines: lines.map((line, index) => ({
        time: line.time,
        text: line.text,
        // The last line of a finding is the one that completed it.
        detected: index === lines.length - 1,
      })),
    },
  ];
}

/** Every finding in a table, and the worst with their lines. */
export function findingsPart(context: ComposeContext): ReportPart[] {
  const { threats } = context.data;
  if (threats === undefined) return [];
  const rows = threats.listed.slice(0, MAX_FINDING_ROWS);
  const blocks: ReportBlock[] = [
    {
      kind: 'table',
      columns: [
        column('time'),
        column('severity'),
        column('type', { width: 'fill' }),
        column('from', { width: 'fill' }),
        column('events', { align: 'end' }),
        column('risk', { align: 'end' }),
        column('rule', { width: 'fill' }),
      ],
      rows: rows.map((finding) => [
        cell(text(timeText(context, finding.time))),
        severityCell(finding.severity),
        cell(typeWords(finding.type)),
        code(originOf(finding)),
        amountCell(context, finding.count),
        amountCell(context, finding.risk),
        code(finding.ruleId),
      ]),
      empty: words('threats.none'),
    },
  ];
  if (threats.findings > rows.length) {
    blocks.push({
      kind: 'paragraph',
      words: words('evidence.more', {
        n: threats.findings - rows.length,
        shown: amount(context, rows.length),
      }),
      dim: true,
    });
  }
  const worst = rows.toSorted((a, b) => b.risk - a.risk || b.count - a.count).slice(0, SHOWN_FINDINGS);
  const shown = worst.flatMap((finding) => evidenceBlocks(finding, SHOWN_LINES));
  if (shown.length > 0) blocks.push({ kind: 'heading', words: words('evidence.lines') }, ...shown);
  return [{ section: 'evidence', title: words('title.findings'), blocks }];
}

/** One address as it is, several as the first and how many more. */
function originOf({ addresses, user }: DetectedFinding): string {
  const [first] = addresses;
  if (first === undefined) return user ?? '–';
  return addresses.length === 1 ? first : `${first} +${addresses.length - 1}`;
}

function total(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
