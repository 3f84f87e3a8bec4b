import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { AuditHead, AuditVerification } from '../../src-preload/contract/audit.ts';
import { systemClock } from './flow/clock.ts';
import { FailureError, type Failure } from './flow/failure.ts';
import { createFieldReader } from './parse/field-reader.ts';
import { openReadable } from './store/database.ts';
import { stateMigrations } from './store/migrations/state/index.ts';
import { openLogReader } from './store/read/log-reader.ts';
import { recordedHeads } from './store/state/audit-anchor.ts';
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
