import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';

const TOKEN_BYTES = 32;

/**
 * Makes a new secret and writes it where only this user can read it. New at every start: a token that leaked with an old
 * backup opens nothing.
 * @returns the token, as 64 hexadecimal digits
 */
export async function writeNewToken(path: string): Promise<string> {
  const token = randomBytes(TOKEN_BYTES).toString('hex');
  await replacePrivately(path, token);
  return token;
}

/**
 * Replaces a file as a whole by one that only this user can read: a reader sees the old text or the new one, never half
 * of it, and nobody sees it with wider rights in between.
 */
export async function replacePrivately(path: string, text: string): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  // wx: never through a link or into a file that somebody else put there.
  const file = await open(temporary, 'wx', 0o600);
  try {
    await file.writeFile(text, 'utf8');
  } finally {
    await file.close();
  }
  try {
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/**
 * Compares what a face shows with the token, in time that does not depend on where they differ.
 * @param header the value of the Authorization header
 */
export function opens(header: string | undefined, token: string): boolean {
  if (header === undefined) return false;
  // Hashed first, so that the lengths are the same whatever was sent.
  return timingSafeEqual(digest(header), digest(`Bearer ${token}`));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
