import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { composeReport } from '../../../src-main/engine/report/compose/index.ts';
import type { ReportBlock, ReportDocument, Words } from '../../../src-main/engine/report/document.ts';
import { readReport } from '../../../src-main/engine/report-making.ts';
import { reportSay } from '../../../src-main/engine/report/words.ts';
import { StateDiagnoses } from '../../../src-main/engine/store/state/diagnoses.ts';
import { readWords } from '../../../src-main/locale-files.ts';
import type { CheckResult, Diagnosis } from '../../../src-preload/contract/diagnosis.ts';
import { REPORT_KINDS, type ReportRequest } from '../../../src-preload/contract/reports.ts';
import { DataDirectory, DAY, finding, FROM, HOUR, making, RESOURCES, task, TO } from './report-fixture.ts';

let empty: DataDirectory;
let busy: DataDirectory;
beforeAll(() => {
  empty = new DataDirectory();
  busy = new DataDirectory();
  busy.addRun(FROM - DAY, TO + HOUR);
  busy.addLines(1000, FROM, TO, (index) => `line ${index}`);
  busy.addMetric('host_cpu_percent', FROM, FROM + 10 * HOUR, () => 42);
  busy.addMetric('host_cpu_percent', TO - 10 * HOUR, TO, () => 43);
  const types = ['brute_force', 'sqli', 'xss', 'scan', 'flood', 'cmdi', 'of_my_own'];
  busy.addFindings(
    Array.from({ length: 600 }, (_, index) =>
      finding({
        id: String(index),
        type: types[index % types.length]!,
        time: FROM + HOUR + index * 1000,
        count: index + 1,
        users: [{ name: `person${index % 3}`, count: 1 }],
        distinctUsers: 3,
        addresses: [`203.0.113.${index % 50}`],
      }),
    ),
  );
  busy.addAlert({ severity: 'critical' });
  busy.addAlert({ acknowledgedAt: FROM + 2 * HOUR, resolvedAt: FROM + 3 * HOUR });
  new StateDiagnoses(busy.database).keep(diagnosis());
});
afterAll(() => {
  empty.close();
  busy.close();
});

function check(part: Partial<CheckResult>): CheckResult {
  return {
    id: 'SSH-01',
    subject: 'ssh',
    score: 'security',
    status: 'fail',
    severity: 'error',
    weight: 8,
    points: 0,
    title: { key: 'report.kind.security', parameters: {} },
    found: { key: 'report.kind.logs', parameters: {} },
    evidence: [],
    why: { key: 'report.kind.health', parameters: {} },
    fix: { text: { key: 'report.kind.alerts', parameters: {} } },
    references: [],
    minutes: 2,
    ...part,
  };
}

function diagnosis(): Diagnosis {
  const score = { score: 72, points: 118, maximum: 164, ran: 50, unknown: 3, coverage: 0.94 };
  return {
    id: 'run-1',
    startedAt: FROM + HOUR,
    durationMs: 9000,
    scores: { security: score, performance: { ...score, score: null } },
    coverage: 0.94,
    counts: { pass: 1, unknown: 1, notApplicable: 0, fail: { critical: 0, error: 1, warning: 0, info: 0 } },
    privileged: false,
    hostName: 'desk',
    platform: 'linux',
    checks: [
      check({}),
      check({ id: 'SSH-02', status: 'unknown' }),
      check({ id: 'SSH-03', status: 'pass', points: 8 }),
    ],
  };
}

async function composed(
  data: DataDirectory,
  request: Partial<ReportRequest>,
): Promise<{ document: ReportDocument; words: string[] }> {
  const language = request.language ?? 'en';
  const report = (await readReport(task(data.path, request), making)).data;
  const document = composeReport(report, { language, classification: '', contentHash: 'a'.repeat(64) });
  const say = reportSay(readWords(RESOURCES, language), language, 'Asia/Tokyo');
  return { document, words: wordsOf(document).map(say) };
}

/** Everything in a document that is said. */
function wordsOf(value: unknown): Words[] {
  if (Array.isArray(value)) return value.flatMap(wordsOf);
  if (typeof value !== 'object' || value === null) return [];
  if ('key' in value && 'parameters' in value) return [value as Words];
  return Object.values(value).flatMap(wordsOf);
}

const blocks = (document: ReportDocument, kind: ReportBlock['kind']): ReportBlock[] =>
  document.sections.flatMap((section) => section.blocks).filter((block) => block.kind === kind);

describe.each(['ja', 'en'] as const)('a composed report in %s', (language) => {
  it.each(REPORT_KINDS)(
    'has words for all it says, of a busy and of an empty directory: %s',
    async (kind) => {
      for (const data of [empty, busy]) {
        const { document, words } = await composed(data, { kind, language });
        expect(document.sections.length).toBeGreaterThan(1);
        expect(words.length).toBeGreaterThan(8);
        const wordless = words.filter((each) =>
          /\b(report|severity|alerts|audit|threats)\.[a-z]\w*\./.test(each),
        );
        expect(wordless).toEqual([]);
        expect(words.filter((each) => /[{}]|undefined|NaN/.test(each))).toEqual([]);
      }
    },
  );
});

describe('a composed security report', () => {
  it('leaves no section empty: one without data says what is missing', async () => {
    const { document } = await composed(empty, {});
    for (const section of document.sections)
      expect(section.blocks.length, section.section).toBeGreaterThan(0);
    expect(document.figures.map(({ value }) => value)).toEqual(['0', '0', '0', '0']);
  });

  it('says the figures that the data counts', async () => {
    const { data } = await readReport(task(busy.path), making);
    const { document } = await composed(busy, {});
    const plain = document.figures.map(({ value }) => Number(value.replaceAll(',', '')));
    expect(plain).toEqual([
      data.threats!.findings,
      data.threats!.addresses,
      data.threats!.events,
      data.threats!.successes,
    ]);
  });

  it('draws at most five series of attacks, which together are all of them', async () => {
    const { document } = await composed(busy, {});
    const [bars] = blocks(document, 'bars');
    expect(bars).toMatchObject({ kind: 'bars' });
    if (bars?.kind !== 'bars') return;
    expect(bars.series).toHaveLength(5);
    const all = bars.series.flatMap(({ values }) => values).reduce((sum, value) => sum + value, 0);
    expect(all).toBe((600 * 601) / 2);
  });

  it('never bridges a gap in a chart of the machine, and invents none', async () => {
    const { document } = await composed(busy, {});
    const [lines] = blocks(document, 'lines');
    if (lines?.kind !== 'lines') throw new Error('There is no chart');
    const values = lines.series[0]!.values;
    const gap = values.filter((value) => value === null).length;
    expect(gap / values.length).toBeCloseTo(4 / 24, 1);
    expect(values[0]).toBe(42);
    expect(values.at(-1)).toBe(43);
    expect(values.findLastIndex((value) => value === null) - values.indexOf(null) + 1).toBe(gap);
  });

  it('lists 500 findings and says how many more there are', async () => {
    const { document, words } = await composed(busy, {});
    const table = document.sections.at(-1)!.blocks[0]!;
    expect(table).toMatchObject({ kind: 'table' });
    if (table.kind === 'table') expect(table.rows).toHaveLength(500);
    expect(words.some((each) => each.startsWith('100 older findings'))).toBe(true);
  });

  it('adds the parts of a risk up to it', async () => {
    const { document } = await composed(busy, {});
    const [risk] = blocks(document, 'risk');
    if (risk?.kind !== 'risk') throw new Error('There is no risk');
    expect(risk.parts.reduce((sum, { value }) => sum + value, 0)).toBe(risk.risk);
  });

  it('asks first for what is open and nobody took on, then for the best fix', async () => {
    const { document } = await composed(busy, {});
    const decide = document.sections.find(
      ({ title }) => 'key' in title && title.key === 'report.title.decide',
    );
    const [table] = decide!.blocks;
    if (table?.kind !== 'table') throw new Error('There is no table');
    expect(table.rows.map((row) => row[0]?.state)).toEqual(['critical', 'error']);
  });

  it('has no part that was left out', async () => {
    const { document } = await composed(busy, { without: ['evidence', 'addresses', 'host', 'summary'] });
    const sections = new Set(document.sections.map(({ section }) => section));
    expect([...sections].sort()).toEqual(['alerts', 'decisions', 'diagnosis', 'sight', 'threats']);
    expect(document.figures).toEqual([]);
    expect(blocks(document, 'evidence')).toEqual([]);
  });

  it('of a demo says so on every page', async () => {
    writeFileSync(join(empty.path, 'demo'), '');
    const { document } = await composed(empty, { kind: 'alerts' });
    rmSync(join(empty.path, 'demo'));
    expect(document.classification).toEqual({ key: 'report.demo.classification', parameters: {} });
    expect(document.verdict.details[0]).toMatchObject({ key: 'report.demo.detail' });
    expect((await composed(empty, { kind: 'alerts' })).document.classification).toMatchObject({
      key: 'report.classification',
    });
  });

  it('tells times in the zone of the machine', async () => {
    const { words } = await composed(busy, {});
    // The finding of 01:00 UTC.
    expect(words.some((each) => each.includes('2026-11-20 10:'))).toBe(true);
  });
});
