import type { AuditAction, AuditHead } from '../../../src-preload/contract/audit.ts';

/** What a person did. */
export interface AuditRecord {
  /** `operator` from a screen, `file`, `schedule`, `terminal`. */
  actor: string;
  action: AuditAction;
  subject: string;
  /** JSON values; never a secret. */
  details: Record<string, unknown>;
}

/** Takes down what people change; kept by store/state/audit-chain.ts. */
export interface AuditTrail {
  record(record: AuditRecord): void;
  head(): AuditHead;
}
