import { chmod, readFile, rename, writeFile } from 'node:fs/promises';
import { safeStorage } from 'electron';
import { z } from 'zod';

const fileSchema = z.record(
  z.string(),
  z.object({ protectedBy: z.enum(['keychain', 'file']), value: z.string() }),
);
type SecretFile = z.output<typeof fileSchema>;

/**
 * Secrets by name, encrypted with a key of the system's keychain. Where there is none (a Linux session without a secret
 * service) they are kept in a file that only this user can read; `set` says so, and the screen warns.
 */
export class Secrets {
  readonly #path: string;
  #writing: Promise<unknown> = Promise.resolve();

  constructor(path: string) {
    this.#path = path;
  }

  async get(name: string): Promise<string | null> {
    const entry = (await this.#read())[name];
    if (entry === undefined) return null;
    const bytes = Buffer.from(entry.value, 'base64');
    return entry.protectedBy === 'keychain' ? safeStorage.decryptString(bytes) : bytes.toString('utf8');
  }

  async set(name: string, value: string): Promise<'keychain' | 'file'> {
    const protectedBy = hasKeychain() ? 'keychain' : 'file';
    const bytes = protectedBy === 'keychain' ? safeStorage.encryptString(value) : Buffer.from(value, 'utf8');
    const write = this.#writing.then(async () => {
      const secrets = await this.#read();
      await this.#write({ ...secrets, [name]: { protectedBy, value: bytes.toString('base64') } });
    });
    // One after the other; a failed one must not stop the next.
    this.#writing = write.catch(() => undefined);
    await write;
    return protectedBy;
  }

  async #read(): Promise<SecretFile> {
    let text: string;
    try {
      text = await readFile(this.#path, 'utf8');
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {};
      throw error;
    }
    // A damaged file throws: overwriting it would lose every secret.
    return fileSchema.parse(JSON.parse(text));
  }

  async #write(secrets: SecretFile): Promise<void> {
    const temporary = `${this.#path}.tmp`;
    await writeFile(temporary, JSON.stringify(secrets), { mode: 0o600 });
    await chmod(temporary, 0o600);
    await rename(temporary, this.#path);
  }
}

/** On Linux without a secret service Electron "encrypts" with a password that is in its source: no protection. */
function hasKeychain(): boolean {
  if (!safeStorage.isEncryptionAvailable()) return false;
  return process.platform !== 'linux' || safeStorage.getSelectedStorageBackend() !== 'basic_text';
}
