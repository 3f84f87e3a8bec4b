import { createCipheriv, createDecipheriv, randomBytes, scrypt, type ScryptOptions } from 'node:crypto';
import { promisify } from 'node:util';

/*
 * An encrypted bundle: magic, scrypt's cost exponent, salt, nonce, tag, ciphertext. AES-256-GCM over the zip, the header
 * authenticated with it.
 */

const MAGIC = Buffer.from('YAGURA-BUNDLE-1\n');
const SALT_BYTES = 16;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;
/** N = 2^17, r = 8, p = 1: OWASP Password Storage Cheat Sheet; 128 MB and about half a second, once. */
const COST_EXPONENT = 17;
const BLOCK_SIZE = 8;
/** What a foreign file may ask of this machine: 2^20 would take a gigabyte. */
const MAX_COST_EXPONENT = 18;
const HEADER_BYTES = MAGIC.length + 1 + SALT_BYTES + NONCE_BYTES;

const derive = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt);

function keyOf(passphrase: string, salt: Buffer, exponent: number): Promise<Buffer> {
  const cost = 2 ** exponent;
  // The same words typed on two systems must give the same key, whatever form their accents come in.
  return derive(passphrase.normalize('NFKC'), salt, KEY_BYTES, {
    N: cost,
    r: BLOCK_SIZE,
    p: 1,
    maxmem: 130 * cost * BLOCK_SIZE,
  });
}

export function isEncrypted(file: Uint8Array): boolean {
  return file.length >= MAGIC.length && MAGIC.equals(file.subarray(0, MAGIC.length));
}

export async function encrypt(content: Uint8Array, passphrase: string): Promise<Buffer> {
  const header = Buffer.concat([
    MAGIC,
    Buffer.of(COST_EXPONENT),
    randomBytes(SALT_BYTES),
    randomBytes(NONCE_BYTES),
  ]);
  const cipher = createCipheriv(
    'aes-256-gcm',
    await keyOf(passphrase, saltOf(header), COST_EXPONENT),
    nonceOf(header),
  );
  cipher.setAAD(header);
  const encrypted = Buffer.concat([cipher.update(content), cipher.final()]);
  return Buffer.concat([header, cipher.getAuthTag(), encrypted]);
}

/** The content; undefined when the passphrase does not fit or a byte was changed: the two can't be told apart. */
export async function decrypt(file: Uint8Array, passphrase: string): Promise<Buffer | undefined> {
  const header = Buffer.from(file.subarray(0, HEADER_BYTES));
  const exponent = header[MAGIC.length] ?? 0;
  if (file.length < HEADER_BYTES + TAG_BYTES || exponent < 1 || exponent > MAX_COST_EXPONENT)
    return undefined;
  const key = await keyOf(passphrase, saltOf(header), exponent);
  const decipher = createDecipheriv('aes-256-gcm', key, nonceOf(header));
  decipher.setAAD(header);
  decipher.setAuthTag(file.subarray(HEADER_BYTES, HEADER_BYTES + TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(file.subarray(HEADER_BYTES + TAG_BYTES)), decipher.final()]);
  } catch {
    return undefined;
  }
}

function saltOf(header: Buffer): Buffer {
  return header.subarray(MAGIC.length + 1, MAGIC.length + 1 + SALT_BYTES);
}

function nonceOf(header: Buffer): Buffer {
  return header.subarray(MAGIC.length + 1 + SALT_BYTES, HEADER_BYTES);
}
