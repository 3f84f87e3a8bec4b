import { Worker } from 'node:worker_threads';
import type { ReportJob } from '../../src-preload/contract/reports.ts';
import { FailureError, type Failure } from './flow/failure.ts';
import type { ReportTask } from './report-task.ts';
import type { MaskedSample } from './report/pseudonyms.ts';
import type { WrittenReport } from './report/report-library.ts';

/*
 * Reports are made in a thread that lives as long as one of them: laying out a PDF takes a second of processor time in one
 * piece and some hundred megabytes, and cancelling ends the thread at once.
 */

/** What a thread is started with. */
export interface ReportThreadData {
  task: ReportTask;
  /** Where to write `<id>.<format>.part`; absent: only say what would be replaced. */
  output?: { id: string; folder: string } | undefined;
}

/** What would be replaced in a report. */
export interface MaskingReview {
  masked: { kind: string; count: number }[];
  samples: MaskedSample[];
}

export type FromReportThread =
  | { type: 'step'; step: ReportJob['step']; done: number }
  | { type: 'problem'; failure: Failure }
  | { type: 'written'; report: WrittenReport }
  | { type: 'reviewed'; review: MaskingReview }
  | { type: 'failed'; failure: Failure };

/** Bounds what one report may take of the engine's memory, in megabytes. */
const HEAP_LIMIT_MB = 768;

export interface ReportThreadOptions {
  /** File of `threads/report-writer`, resolved by the entry. */
  file: string;
  signal: AbortSignal;
  onStep: (step: ReportJob['step'], done: number) => void;
  onProblem: (problem: Failure) => void;
}

/** Writes a report's files. @throws FailureError */
export async function writeInThread(
  task: ReportTask,
  output: { id: string; folder: string },
  options: ReportThreadOptions,
): Promise<WrittenReport> {
  const answer = await run({ task, output }, options);
  if (answer.type !== 'written') throw lost('no report');
  return answer.report;
}

/** Looks what would be replaced. @throws FailureError */
export async function reviewInThread(task: ReportTask, options: ReportThreadOptions): Promise<MaskingReview> {
  const answer = await run({ task }, options);
  if (answer.type !== 'reviewed') throw lost('no review');
  return answer.review;
}

type Answer = Extract<FromReportThread, { type: 'written' | 'reviewed' }>;

function run(workerData: ReportThreadData, options: ReportThreadOptions): Promise<Answer> {
  const worker = new Worker(options.file, {
    workerData,
    resourceLimits: { maxOldGenerationSizeMb: HEAP_LIMIT_MB },
  });
  const stop = (): void => void worker.terminate();
  options.signal.addEventListener('abort', stop, { once: true });
  return new Promise<Answer>((resolve, reject) => {
    worker.on('message', (message: FromReportThread) => {
      if (message.type === 'step') options.onStep(message.step, message.done);
      else if (message.type === 'problem') options.onProblem(message.failure);
      else if (message.type === 'failed') reject(new FailureError(message.failure));
      else resolve(message);
    });
    worker.on('error', (error: unknown) =>
      reject(lost(error instanceof Error ? error.message : String(error), error)),
    );
    worker.on('exit', () => reject(lost('the thread ended')));
  }).finally(() => {
    options.signal.removeEventListener('abort', stop);
    stop();
  });
}

function lost(reason: string, cause?: unknown): FailureError {
  return new FailureError({
    kind: 'INTERNAL',
    message: { key: 'report.failure.notMade', parameters: { reason } },
    cause,
  });
}
