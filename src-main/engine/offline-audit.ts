import { join } from 'node:path';
import type { AuditHead, AuditVerification } from '../../src-preload/contract/audit.ts';
import { openReadable } from './store/database.ts';
import { stateMigrations } from './store/migrations/state/index.ts';
import { recordedHeads } from './store/state/audit-anchor.ts';
import { AuditReader } from './store/state/audit-chain.ts';
import { verifyAudit } from './store/state/audit-verify.ts';

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
