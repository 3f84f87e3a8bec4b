import type { AuditVerification } from '../../../src-preload/contract/audit.ts';
import type { AuditReader } from '../store/state/audit-chain.ts';
import { api } from './implementer.ts';

export interface AuditParts {
  chain: AuditReader;
  verify: () => Promise<AuditVerification>;
}

export function auditRouter({ chain, verify }: AuditParts) {
  return {
    list: api.audit.list.handler(({ input }) => chain.list(input.before, input.limit)),
    verify: api.audit.verify.handler(() => verify()),
  };
}
