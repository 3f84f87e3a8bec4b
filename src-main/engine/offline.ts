import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { AuditHead, AuditVerification } from '../../src-preload/contract/audit.ts';
import type { ParsedLogFilter } from '../../src-preload/contract/logs.ts';
import { systemClock } from './flow/clock.ts';
import { FailureError, type Failure } from './flow/failure.ts';
import { createFieldReader } from './parse/field-reader.ts';
import { openReadable } from './store/database.ts';
import { stateMigrations } from './store/migrations/state/index.ts';
import { openLogReader } from './store/read/log-reader.ts';
import { recordedHeads } from './store/state/audit-anchor.ts';
import { ReaderPool } from './store/read/reader-pool.ts';
import { cursorForAll } from './store/read/shares.ts';
import { AuditReader } from './store/state/audit-chain.ts';
import { verifyAudit } from './store/state/audit-verify.ts';
import type { LogReader } from './store/types.ts';

/**
 * Opens the logs of a data directory for reading, whether an engine runs on it or not.
 * @param onProblem told about what can't be read; the rest is
 * @throws FailureError NOT_FOUND where there are no logs
 */
export function openLogs(dataDirectory: string, onProblem: (problem: Failure) => void): LogReader {
  if (!existsSync(join(dataDirectory, 'logs'))) {
    throw new FailureError({
      kind: 'NOT_FOUND',
      message: { key: 'engine.noLogs', parameters: { path: dataDirectory } },
    });
  }
  return openLogReader(dataDirectory, {
    onProblem,
    stopwatch: () => performance.now(),
    fields: createFieldReader(systemClock),
    clock: systemClock,
  });
}

/** A count up to here runs where it is asked: starting threads takes as long. */
const ALONE_MS = 200;
const SLICE_MS = 500;

/**
 * Counts the lines of a data directory that match, like {@link openLogs}. What takes longer is shared by two threads.
 * @param readerThread file of `threads/reader`
 * @param onProgress told after every slice how far it is
 */
export async function countLogs(
  dataDirectory: string,
  filter: ParsedLogFilter,
  readerThread: string,
  onProblem: (problem: Failure) => void,
  onProgress: (progress: { scanned: number; total: number; count: number }) => void,
): Promise<number> {
  const logs = openLogs(dataDirectory, onProblem);
  const until = performance.now() + ALONE_MS;
  const signal = {
    cancelled: false,
    get outOfTime() {
      return performance.now() >= until;
    },
  };
  const first = logs.count(filter, signal);
  logs.close();
  if (first.cursor === undefined) return first.count;
  const readers = new ReaderPool({
    threadFile: readerThread,
    directory: dataDirectory,
    threads: 2,
    onProblem,
  });
  let { count, scannedLines: scanned } = first;
  // Both go on from the same place, each with its half of the blocks.
  let cursor: string | undefined = cursorForAll(first.cursor, 2);
  while (cursor !== undefined) {
    const slice = await readers.count(filter, { cursor, budgetMs: SLICE_MS });
    count += slice.count;
    scanned += slice.scannedLines;
    cursor = slice.cursor;
    onProgress({ scanned, total: first.totalLines, count });
  }
  await readers.close();
  return count;
}

/**
 * Opens the audit chain of a data directory for reading, whether an engine runs on it or not.
 * @throws FailureError NOT_FOUND where there is none
 */
export function openAudit(dataDirectory: string): {
  reader: AuditReader;
  verify: (printed: AuditHead[]) => Promise<AuditVerification>;
  close: () => void;
} {
  const database = openReadable(join(dataDirectory, 'state.db'), stateMigrations);
  const reader = new AuditReader(database);
  return {
    reader,
    verify: (printed) => verifyAudit(reader, [...recordedHeads(dataDirectory), ...printed]),
    close: () => database.close(),
  };
}
