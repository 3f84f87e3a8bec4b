import { createHash } from 'node:crypto';

/** What stands before the first entry. */
export const FIRST_PREVIOUS = '0'.repeat(64);

/** An entry as it is kept, without its hash. `details` is the JSON text itself, so that it is hashed byte for byte. */
export interface HashedEntry {
  number: number;
  time: number;
  actor: string;
  action: string;
  subject: string;
  details: string;
  previous: string;
}

/** SHA-256 over all fields and the entry before: a change anywhere changes every hash after it. */
export function auditHash({ number, time, actor, action, subject, details, previous }: HashedEntry): string {
  return createHash('sha256')
    .update(JSON.stringify([number, time, actor, action, subject, details, previous]))
    .digest('hex');
}
