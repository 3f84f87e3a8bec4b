import type { ReportKind } from '../../../../src-preload/contract/reports.ts';
import type { Language } from '../../../../src-preload/contract/words.ts';
import type { ReportDocument, ReportPart, Words } from '../document.ts';
import type { ReportData } from '../report-data.ts';
import { alertPart, alertRulePart, decisionPart } from './alerts.ts';
import { text, words, type ComposeContext } from './context.ts';
import { decidePart } from './decide.ts';
import { checkPart, scorePart } from './diagnosis.ts';
import { figuresOf } from './figures.ts';
import { hostPart } from './host.ts';
import { breakdownPart, volumePart, worstLinesPart } from './logs.ts';
import { sightPart } from './sight.ts';
import { addressPart, findingsPart, trendPart, typesPart } from './threats.ts';

export interface ComposeOptions {
  language: Language;
  /** Who may read it; empty: the language's default. */
  classification: string;
  /** SHA-256 of the data. */
  contentHash: string;
}

type Compose = (context: ComposeContext) => ReportPart[];

/** Rows of the alert table where alerts are one section of several, and where they are what the report is about. */
const SOME_ALERTS = 40;
const ALL_ALERTS = 500;

/** What each kind of report consists of, in its order: a kind is a line here. */
const PARTS: Record<ReportKind, Compose[]> = {
  security: [
    trendPart,
    scorePart,
    decidePart,
    typesPart,
    addressPart,
    decisionPart,
    hostPart,
    (context) => alertPart(context, SOME_ALERTS),
    checkPart,
    sightPart,
    findingsPart,
  ],
  logs: [volumePart, breakdownPart, worstLinesPart, sightPart],
  health: [
    scorePart,
    decidePart,
    checkPart,
    hostPart,
    (context) => alertPart(context, SOME_ALERTS),
    sightPart,
  ],
  alerts: [decidePart, alertRulePart, (context) => alertPart(context, ALL_ALERTS), decisionPart, sightPart],
};

/** Turns data into what the pages say. Sections that were left out have no part. */
export function composeReport(data: ReportData, options: ComposeOptions): ReportDocument {
  const context: ComposeContext = { data, language: options.language };
  return {
    kind: data.kind,
    language: options.language,
    timeZone: data.timeZone,
    title: words(`kind.${data.kind}`),
    hostName: data.hostName,
    range: data.range,
    createdAt: data.createdAt,
    classification: classificationOf(data, options),
    verdict: data.demo
      ? { ...data.verdict, details: [words('demo.detail'), ...data.verdict.details] }
      : data.verdict,
    figures: data.sections.includes('summary') ? figuresOf(context) : [],
    sections: PARTS[data.kind]
      .flatMap((compose) => compose(context))
      .filter(({ section }) => data.sections.includes(section)),
    contentHash: options.contentHash,
    auditHead: data.audit.head,
    producer: data.producer,
  };
}

/** A report of made-up logs must never be taken for one of this machine: every page says so. */
function classificationOf({ demo }: ReportData, { classification }: ComposeOptions): Words {
  if (demo) return words('demo.classification');
  return classification === '' ? words('classification') : text(classification);
}
