import { createHash, randomBytes } from 'node:crypto';
import {
  closeSync,
  fchmodSync,
  fstatSync,
  fsyncSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { isAbsolute } from 'node:path';
import type { HostServices } from './api/server/host-services.ts';
import type { AuditTrail } from './flow/audit-trail.ts';
import { FailureError } from './flow/failure.ts';

/** Name in the system's keychain. */
const SECRET = 'archive.key';
const KEY = /^[0-9a-f]{64}$/i;
/** A key and a line end; anything much larger is another file. */
const MAX_KEY_FILE_BYTES = 1000;
/** What others than the owner may do. */
const OTHERS = 0o077;

export interface ArchiveKeyOptions {
  host: Pick<HostServices, 'ask'>;
  audit: AuditTrail;
  /** `retention.archive.keyFile`; empty: the keychain of whoever started the engine. */
  keyFile: () => string;
}

/** A copy of the key that was written. */
export interface SavedKey {
  path: string;
  /** By which a copy can be compared with the key, and which gives nothing of it away. */
  fingerprint: string;
}

/** The key of this installation's archives, wherever it lies. It leaves this class only into archives and into a file. */
export class ArchiveKey {
  readonly #options: ArchiveKeyOptions;
  #asking: Promise<string> | undefined;

  constructor(options: ArchiveKeyOptions) {
    this.#options = options;
  }

  /**
   * 64 hexadecimal digits; made when first asked for, where it lies in the keychain.
   * @throws FailureError without a keychain, or when the configured file is no private file with a key
   */
  async get(): Promise<string> {
    const keyFile = this.#options.keyFile();
    if (keyFile !== '') return readKeyFile(keyFile);
    // One at a time: two that find none would each make one, and the first archive could never be read again.
    this.#asking ??= this.#ofKeychain().finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  /**
   * Writes a copy that only its owner can read, and records that.
   * @param replace a file that is there already; else it is refused
   * @throws FailureError as `get`, and BAD_INPUT when it can't be written
   */
  async save(path: string, replace: boolean): Promise<SavedKey> {
    if (!isAbsolute(path)) throw fault('keyPath', { path });
    const key = await this.get();
    writeKeyFile(path, key, replace);
    const saved = { path, fingerprint: fingerprintOf(key) };
    this.#options.audit.record({
      actor: 'operator',
      action: 'archiveKeySaved',
      subject: path,
      details: { fingerprint: saved.fingerprint },
    });
    return saved;
  }

  async #ofKeychain(): Promise<string> {
    const { host } = this.#options;
    const { value } = await host.ask((services, signal) =>
      services.secrets.get({ name: SECRET }, { signal }),
    );
    if (value !== null) return value;
    const made = newKey();
    await host.ask((services, signal) => services.secrets.set({ name: SECRET, value: made }, { signal }));
    return made;
  }
}

export function newKey(): string {
  return randomBytes(32).toString('hex');
}

/** Of 64 bits: enough to tell keys of one house apart. */
export function fingerprintOf(key: string): string {
  return createHash('sha256').update(key.toLowerCase()).digest('hex').slice(0, 16);
}

/**
 * Reads a key that an engine without a keychain is given.
 * @throws FailureError when it is missing, others could read it, or it holds no key
 */
export function readKeyFile(file: string): string {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'r');
  } catch (error) {
    throw problem('keyMissing', { file, reason: codeOf(error) });
  }
  try {
    const { mode, uid, size } = fstatSync(descriptor);
    // Windows has no such rights: there the folder's decide.
    if (process.platform !== 'win32') {
      if ((mode & OTHERS) !== 0) throw problem('keyReadable', { file, mode: (mode & 0o777).toString(8) });
      if (uid !== 0 && uid !== process.getuid?.()) throw problem('keyForeign', { file });
    }
    if (size > MAX_KEY_FILE_BYTES) throw problem('keyMalformed', { file });
    const bytes = Buffer.alloc(MAX_KEY_FILE_BYTES);
    const key = bytes.toString('latin1', 0, readSync(descriptor, bytes)).trim();
    if (!KEY.test(key)) throw problem('keyMalformed', { file });
    return key.toLowerCase();
  } finally {
    closeSync(descriptor);
  }
}

/** Whole or not at all, and never readable by others, not even for a moment. @throws FailureError BAD_INPUT */
export function writeKeyFile(path: string, key: string, replace: boolean): void {
  const target = replace ? `${path}.${process.pid}.part` : path;
  let made = false;
  try {
    if (replace) rmSync(target, { force: true });
    const descriptor = openSync(target, 'wx', 0o600);
    made = true;
    try {
      fchmodSync(descriptor, 0o600);
      writeSync(descriptor, `${key}\n`);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    if (replace) renameSync(target, path);
  } catch (error) {
    if (made) rmSync(target, { force: true });
    if (codeOf(error) === 'EEXIST') throw fault('exists', { path });
    throw fault('keyNotWritten', { path, reason: codeOf(error) });
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}

/** What keeps archives waiting. */
function problem(what: string, parameters: Record<string, string>): FailureError {
  return new FailureError({ kind: 'UNAVAILABLE', message: { key: `archive.problem.${what}`, parameters } });
}

/** What was wrong with a request. */
function fault(what: string, parameters: Record<string, string>): FailureError {
  return new FailureError({ kind: 'BAD_INPUT', message: { key: `archive.fault.${what}`, parameters } });
}
