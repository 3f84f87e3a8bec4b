import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import type { AuditHead } from '../../src-preload/contract/audit.ts';
import type { ReportFormat, ReportInfo } from '../../src-preload/contract/reports.ts';
import { readWords } from '../locale-files.ts';
import { isDemoDirectory } from './demo/demo-directory.ts';
import type { Clock } from './flow/clock.ts';
import type { Failure } from './flow/failure.ts';
import { openReportSources } from './report-sources.ts';
import type { ReportTask } from './report-task.ts';
import { composeReport } from './report/compose/index.ts';
import { writeCsv } from './report/csv.ts';
import type { ReportDocument } from './report/document.ts';
import { gatherReport } from './report/gather.ts';
import { writeHtml } from './report/html/write-html.ts';
import { ReportMasking, type MaskedSample } from './report/pseudonyms.ts';
import type { ReportData } from './report/report-data.ts';
import { reportSay, type Say } from './report/words.ts';

export type ReportStep = 'reading' | 'laying-out' | 'writing';

/** A report in memory. */
export interface MadeReport {
  files: { format: ReportFormat; bytes: Uint8Array; sha256: string }[];
  info: Pick<
    ReportInfo,
    | 'kind'
    | 'range'
    | 'language'
    | 'createdAt'
    | 'state'
    | 'verdict'
    | 'pages'
    | 'sections'
    | 'masked'
    | 'contentHash'
    | 'encrypted'
  > & { auditHead: AuditHead };
}

export interface MakingOptions {
  clock: Clock;
  onProblem: (problem: Failure) => void;
  /** @param done 0–1 */
  onStep?: (step: ReportStep, done: number) => void;
}

/** Reads, composes and writes a report. Takes processor time in one piece: call it in a thread, or in a terminal. */
export async function makeReport(task: ReportTask, options: MakingOptions): Promise<MadeReport> {
  const step = options.onStep ?? (() => undefined);
  step('reading', 0);
  const { data } = await readReport(task, options);
  const { request } = task;
  const json = Buffer.from(`${JSON.stringify(data, undefined, 1)}\n`);
  const contentHash = sha256(json);
  const say = reportSay(readWords(task.resources, request.language), request.language, task.timeZone);
  // A password protects the PDF only; the same content beside it in the open would make it pointless.
  const formats = request.password === undefined ? [...new Set(request.formats)] : (['pdf'] as const);
  const files: MadeReport['files'] = [];
  const { language } = request;
  const document = composeReport(data, { language, classification: task.classification, contentHash });
  let pages: number | undefined;
  for (const [place, format] of formats.entries()) {
    step(format === 'pdf' ? 'laying-out' : 'writing', (place + 1) / (formats.length + 1));
    switch (format) {
      case 'json':
        files.push({ format, bytes: json, sha256: contentHash });
        break;
      case 'csv':
        files.push(asFile(format, Buffer.from(writeCsv(data, say))));
        break;
      case 'html':
        files.push(asFile(format, Buffer.from(writeHtml(document, { say }))));
        break;
      case 'pdf': {
        const pdf = await asPdf(document, say, task);
        pages = pdf.pages;
        files.push(asFile(format, pdf.bytes));
        break;
      }
    }
  }
  return {
    files,
    info: {
      kind: data.kind,
      range: data.range,
      language: request.language,
      createdAt: data.createdAt,
      state: data.verdict.state,
      verdict: data.verdict.headline,
      pages,
      sections: data.sections,
      masked: data.masked,
      contentHash,
      auditHead: data.audit.head,
      encrypted: request.password !== undefined,
    },
  };
}

/** What a report says, masked as asked, and samples of what was replaced. */
export async function readReport(
  task: ReportTask,
  { clock, onProblem }: MakingOptions,
): Promise<{ data: ReportData; samples: MaskedSample[] }> {
  const sources = openReportSources({
    dataDirectory: task.dataDirectory,
    resources: task.resources,
    maskingRules: task.maskingRules,
    clock,
    onProblem,
  });
  try {
    const gathered = await gatherReport(task.request, sources.queries, {
      hostName: hostname(),
      timeZone: task.timeZone,
      createdAt: clock.now(),
      producer: `Yagura ${task.version}`,
      demo: isDemoDirectory(task.dataDirectory),
      thresholds: task.thresholds,
      live: task.live,
    });
    return new ReportMasking(sources.masking, task.request.pseudonyms).apply(gathered);
  } finally {
    sources.close();
  }
}

/** Loaded when it is needed: whoever wants a table waits for no typesetting. */
async function asPdf(document: ReportDocument, say: Say, { fonts, request }: ReportTask) {
  const { writePdf } = await import('./report/pdf/write-pdf.ts');
  return writePdf(document, { say, fonts, password: request.password });
}

function asFile(format: ReportFormat, bytes: Uint8Array): MadeReport['files'][number] {
  return { format, bytes, sha256: sha256(bytes) };
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
