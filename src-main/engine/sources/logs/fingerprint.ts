import { createHash } from 'node:crypto';
import { readAt } from './file-access.ts';

/** Bytes at a file's start that tell it from another on the same inode. A first line with its time is nearly always less. */
export const FINGERPRINT_BYTES = 256;

export interface Fingerprint {
  fingerprint: string;
  fingerprintLength: number;
}

export function fingerprintOf(bytes: Uint8Array): Fingerprint {
  return {
    fingerprint: createHash('sha256').update(bytes).digest('hex').slice(0, 32),
    fingerprintLength: bytes.length,
  };
}

/** Of the file's first bytes, as many as there are. */
export async function readFingerprint(descriptor: number, length = FINGERPRINT_BYTES): Promise<Fingerprint> {
  return fingerprintOf(await readAt(descriptor, 0, length));
}

/** Whether the file still begins as it did when the identity was taken. */
export async function beginsAs(descriptor: number, identity: Fingerprint): Promise<boolean> {
  const now = await readFingerprint(descriptor, identity.fingerprintLength);
  return now.fingerprintLength === identity.fingerprintLength && now.fingerprint === identity.fingerprint;
}

/** Same for a beginning that is already read. */
export function sameBeginning(head: Buffer, { fingerprint, fingerprintLength }: Fingerprint): boolean {
  if (head.length < fingerprintLength) return false;
  return fingerprintOf(head.subarray(0, fingerprintLength)).fingerprint === fingerprint;
}
