import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '../flow/clock.ts';
import { FailureError, type Failure } from '../flow/failure.ts';
import { makeReport, readReport, type MadeReport } from '../report-making.ts';
import type { FromReportThread, ReportThreadData } from '../report-thread.ts';

/*
 * A report thread: makes the one report it was started for. It may be terminated at any time: what it writes is renamed by
 * the engine when all of it is there.
 */

const PART = '.part';
const { task, output } = workerData as ReportThreadData;

try {
  const options = {
    clock: systemClock,
    onProblem: (failure: Failure) => tell({ type: 'problem', failure: withoutCause(failure) }),
    onStep: (step: 'reading' | 'laying-out' | 'writing', done: number) => tell({ type: 'step', step, done }),
  };
  if (output === undefined) {
    const { data, samples } = await readReport(task, options);
    tell({ type: 'reviewed', review: { masked: data.masked, samples } });
  } else {
    const { files, info } = await makeReport(task, options);
    for (const file of files) write(`${join(output.folder, output.id)}.${file.format}${PART}`, file);
    const written = files.map(({ format, bytes, sha256 }) => ({ format, bytes: bytes.length, sha256 }));
    tell({ type: 'written', report: { ...info, files: written } });
  }
} catch (error) {
  tell({ type: 'failed', failure: failureOf(error) });
}

/** On the disk when this returns: the index names it after that. */
function write(path: string, { bytes }: MadeReport['files'][number]): void {
  const descriptor = openSync(path, 'w', 0o600);
  try {
    let done = 0;
    while (done < bytes.length) done += writeSync(descriptor, bytes, done);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function tell(message: FromReportThread): void {
  parentPort?.postMessage(message);
}

function failureOf(error: unknown): Failure {
  if (error instanceof FailureError) return withoutCause(error.failure);
  const reason = error instanceof Error ? error.message : String(error);
  const full = error instanceof Error && 'code' in error && error.code === 'ENOSPC';
  const message = full
    ? { key: 'report.failure.diskFull', parameters: {} }
    : { key: 'report.failure.notMade', parameters: { reason } };
  return withoutCause({ kind: full ? 'UNAVAILABLE' : 'INTERNAL', message, cause: error });
}

/** An error of a library's own class can't cross between threads; its text is what the log needs. */
function withoutCause(failure: Failure): Failure {
  const { cause, ...rest } = failure;
  if (cause === undefined) return rest;
  return { ...rest, cause: cause instanceof Error ? (cause.stack ?? cause.message) : 'unknown' };
}
