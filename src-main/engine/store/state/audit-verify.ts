import { setImmediate } from 'node:timers/promises';
import type { AuditFault, AuditHead, AuditVerification } from '../../../../src-preload/contract/audit.ts';
import type { AuditReader } from './audit-chain.ts';
import { auditHash, FIRST_PREVIOUS } from './audit-hash.ts';

const MAX_FAULTS = 100;
/** Entries read and hashed in one go: about 5 ms, so that the engine's main thread never waits longer. */
const STEP = 1000;

/**
 * Walks the whole chain: every number there, every entry as its hash says, every entry following the one before, and
 * every head that is known from elsewhere still in it.
 * @param knownHeads recorded in the data directory, printed in reports
 */
export async function verifyAudit(reader: AuditReader, knownHeads: AuditHead[]): Promise<AuditVerification> {
  const base = reader.base();
  const faults: AuditFault[] = [];
  const heads = new Map<number, Set<string>>();
  for (const { number, hash } of knownHeads)
    if (number > 0) heads.set(number, (heads.get(number) ?? new Set()).add(hash));
  let head: AuditHead = { number: base.number, hash: base.number === 0 ? FIRST_PREVIOUS : base.hash };
  if (base.hash !== head.hash) faults.push({ kind: 'missing', number: 0 });
  let entries = 0;
  for (;;) {
    const step = reader.after(head.number, STEP);
    if (step.length === 0) break;
    for (const entry of step) {
      if (entry.number !== head.number + 1) faults.push({ kind: 'missing', number: head.number + 1 });
      else if (entry.previous !== head.hash) faults.push({ kind: 'reordered', number: entry.number });
      if (entry.action === 'chainBroken') faults.push({ kind: 'truncated', number: entry.number });
      if (auditHash(entry) !== entry.hash) faults.push({ kind: 'edited', number: entry.number });
      if (heads.has(entry.number) && heads.get(entry.number)?.has(entry.hash) !== true)
        faults.push({ kind: 'anchor', number: entry.number });
      head = { number: entry.number, hash: entry.hash };
      entries += 1;
    }
    await setImmediate();
  }
  const beyond = [...heads.keys()].filter((number) => number > head.number);
  if (beyond.length > 0) faults.push({ kind: 'truncated', number: head.number + 1 });
  return { intact: faults.length === 0, entries, head, faults: faults.slice(0, MAX_FAULTS) };
}
