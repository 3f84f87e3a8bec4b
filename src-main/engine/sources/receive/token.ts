import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** 256 bits: nothing to guess, so that a fast hash is enough to keep it by. */
const TOKEN_BYTES = 32;

/** A token of which only the hash is kept. */
export interface KeptToken {
  /** SHA-256, hexadecimal. */
  hash: string;
  madeAt: number;
}

/** @returns the token, told once, and what is kept of it */
export function makeToken(now: number): { token: string; kept: KeptToken } {
  // The prefix lets scanners for secrets in code find it where it should not be.
  const token = `yagura_${randomBytes(TOKEN_BYTES).toString('base64url')}`;
  return { token, kept: { hash: hashOf(token).toString('hex'), madeAt: now } };
}

/**
 * Whether an Authorization header carries the token, in time that does not depend on where they differ.
 * @param kept undefined: there is no token, and nobody gets in
 */
export function bears(header: string | undefined, kept: KeptToken | undefined): boolean {
  const shown = /^Bearer +(\S{1,500}) *$/i.exec(header ?? '')?.[1];
  if (shown === undefined || kept === undefined) return false;
  const wanted = Buffer.from(kept.hash, 'hex');
  return wanted.length === 32 && timingSafeEqual(hashOf(shown), wanted);
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
