import { statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { systemClock } from './flow/clock.ts';
import { FailureError, type Failure } from './flow/failure.ts';
import type { WrittenFinding } from './flow/finding.ts';
import { takeIn } from './log-intake.ts';
import { lineWorkers } from './line-worker-pool.ts';
import { Pipeline, type ThreadFiles } from './pipeline.ts';
import { RuleLibrary, type RulePlaces } from './rule-library.ts';
import { holdsLines } from './sources/logs/source-paths.ts';
import { LogTail } from './sources/logs/tail.ts';
import { storedSettings } from './stored-settings.ts';
import { archivedClasses } from './thread-settings.ts';
import { takeDirectory } from './store/data-directory.ts';
import { AuditChain } from './store/state/audit-chain.ts';
import { FindingStore } from './store/state/findings.ts';
import { openState } from './store/state/state-database.ts';
import { StateValues } from './store/state/values.ts';

export interface IngestOptions extends RulePlaces {
  dataDirectory: string;
  threads: ThreadFiles;
  managedSettings: string;
  files: string[];
  timeZone: string | undefined;
  year: number | undefined;
  onProgress: (done: { lines: number; bytes: number; totalBytes: number }) => void;
  onProblem: (problem: Failure['message']) => void;
}

export interface IngestTotals {
  lines: number;
  /** Lines that were not in the store before. */
  stored: number;
  bytes: number;
  findings: number;
  /** What the logs of the data directory take on disk now. */
  diskBytes: number;
}

/** Findings kept in one transaction at most, and how long they wait for it. */
const FINDINGS_AT_ONCE = 4000;
const KEEP_FINDINGS_MS = 1000;
/** Least time between two words on how far it is. */
const PROGRESS_MS = 200;

/**
 * Reads files to their ends through the same pipeline and into the same store as the engine, without faces and alerts:
 * what is read this way is history. Reading a file again stores only what is new in it.
 * @throws FailureError CONFLICT when an engine holds the directory, NOT_FOUND, FORBIDDEN or BAD_INPUT for a file
 */
export async function ingest(options: IngestOptions): Promise<IngestTotals> {
  const { dataDirectory, threads } = options;
  const files = options.files.map((file) => resolve(file));
  const totalBytes = files.reduce((sum, file) => sum + sizeOf(file), 0);
  const lock = takeDirectory(dataDirectory, systemClock.now());
  const onProblem = (problem: Failure): void => options.onProblem(problem.message);
  const warn = (error: unknown): void =>
    options.onProblem({ key: 'audit.notRecorded', parameters: { reason: String(error) } });
  const database = openState(dataDirectory, { clock: systemClock, onProblem });
  const findings = new FindingStore(database);
  const { masking, detection, retention } = storedSettings(dataDirectory, options.managedSettings);
  const rules = new RuleLibrary(options, join(dataDirectory, 'rules'), () => undefined);
  const totals: IngestTotals = { lines: 0, stored: 0, bytes: 0, findings: 0, diskBytes: 0 };

  // Thousands of findings a second would each cost a sync and the same pages again: they are kept in batches, and one
  // that grew meanwhile once.
  const found = new Map<string, WrittenFinding>();
  let foundUpTo = 0;
  const keepFound = (): void => {
    database.transaction(() => {
      totals.findings += findings
        .acceptWritten([...found.values()])
        .filter((change) => change === 'new').length;
    });
    found.clear();
    pipeline.findingsKept(foundUpTo);
  };
  const take = (more: WrittenFinding[], upTo: number): void => {
    for (const finding of more) found.set(finding.id, finding);
    foundUpTo = upTo;
    if (found.size >= FINDINGS_AT_ONCE) keepFound();
  };
  let fatal: (error: Error) => void = () => undefined;
  const died = new Promise<never>((_resolve, reject) => {
    fatal = reject;
  });
  const pipeline = await Pipeline.start({
    threads,
    dataDirectory,
    workers: lineWorkers(),
    historyOnly: true,
    worker: {
      masking: { ...masking, key: new StateValues(database).keyOf('masking.key') },
      rules: rules.loaded,
      trustedProxies: detection.trustedProxies,
    },
    writer: {
      rules: rules.loaded,
      allowlist: detection.allowlist,
      retention,
      archived: archivedClasses(retention),
    },
    onCommitted: (committed) => {
      take(committed.findings, committed.findingsUpTo);
      totals.lines += committed.lines;
      totals.stored += committed.stored;
      totals.bytes += committed.bytes;
      tellProgress();
    },
    onFound: take,
    onFailed: (_chunk, error) => options.onProblem(error.failure.message),
    onWaiting: (reason) => reason !== undefined && options.onProblem(reason),
    onProblem: options.onProblem,
    onReport: (report) => {
      totals.diskBytes = report.usedBytes;
    },
    onRetained: () => undefined,
    onFatal: fatal,
  });
  const keeping = setInterval(keepFound, KEEP_FINDINGS_MS);
  const tail = new LogTail({
    registry: pipeline.registry,
    known: pipeline.restored,
    clock: systemClock,
    maxInFlight: pipeline.chunkLimit,
    once: true,
  });
  tail.setSources(files.map((path) => ({ id: path, path })));
  let toldAt = 0;
  // In bytes of the files themselves: compressed ones hold more than they are long.
  function tellProgress(): void {
    if (systemClock.now() - toldAt < PROGRESS_MS) return;
    toldAt = systemClock.now();
    const left = tail.states().reduce((sum, { lagBytes }) => sum + lagBytes, 0);
    options.onProgress({ lines: totals.lines, bytes: Math.max(0, totalBytes - left), totalBytes });
  }
  const reading = { timeZone: options.timeZone, year: options.year, logClass: undefined };
  const readAll = async (): Promise<void> => {
    await takeIn(tail, pipeline, systemClock, () => reading);
    for (const { reason } of tail.states()) if (reason !== undefined) options.onProblem(reason);
    await tail.close();
    await pipeline.finish();
    keepFound();
    totals.diskBytes = await pipeline.stop();
  };
  try {
    await Promise.race([readAll(), died]);
  } catch (error) {
    // Not waited for: what it is at may wait for a thread that is no more.
    void tail.close();
    await pipeline.abandon();
    database.close();
    lock.release();
    throw error;
  } finally {
    clearInterval(keeping);
  }
  const audit = new AuditChain(database, { directory: dataDirectory, clock: systemClock, onError: warn });
  audit.begin();
  for (const file of files)
    audit.record({ actor: 'terminal', action: 'logsIngested', subject: file, details: {} });
  audit.anchor();
  database.close();
  lock.release();
  return totals;
}

function sizeOf(file: string): number {
  if (!holdsLines(basename(file)))
    throw new FailureError({
      kind: 'BAD_INPUT',
      message: { key: 'engine.fileNotLines', parameters: { path: file } },
    });
  try {
    return statSync(file).size;
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    const key = missing ? 'engine.fileMissing' : 'engine.fileUnreadable';
    throw new FailureError({
      kind: missing ? 'NOT_FOUND' : 'FORBIDDEN',
      message: { key, parameters: { path: file } },
      cause: error,
    });
  }
}
