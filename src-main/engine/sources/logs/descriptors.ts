import { closeDescriptor, openForReading, stateOfDescriptor } from './file-access.ts';

interface Entry {
  descriptor: number;
  /** Readers that must not lose it: chunks handed out and reads under way. */
  pins: number;
  forgotten: boolean;
}

/** Well below the 1,024 many systems allow, leaving room for the store, sockets and watchers. */
export const MAX_DESCRIPTORS = 256;

/** The name now belongs to another file. */
export class ReplacedError extends Error {
  constructor(path: string) {
    super(`Another file has the name ${path}`);
    this.name = 'ReplacedError';
  }
}

/**
 * Open files, at most `limit` beside those in use. A descriptor held keeps a deleted or renamed file readable, so the
 * ones used last stay open.
 */
export class Descriptors {
  readonly #limit: number;
  /** In order of last use. */
  readonly #entries = new Map<string, Entry>();
  readonly #opening = new Map<string, Promise<Entry>>();

  constructor(limit: number = MAX_DESCRIPTORS) {
    this.#limit = limit;
  }

  get open(): number {
    return this.#entries.size;
  }

  isOpen(fileId: string): boolean {
    return this.#entries.has(fileId);
  }

  /**
   * The file's descriptor, opened where it is not, and kept open until `release`.
   * @param path a name it should have
   * @throws ReplacedError when that name is another file's; the system's error when it can't be opened
   */
  async acquire(fileId: string, path: string): Promise<number> {
    const entry = this.#entries.get(fileId) ?? (await this.#open(fileId, path));
    entry.pins += 1;
    this.#entries.delete(fileId);
    this.#entries.set(fileId, entry);
    this.#evict();
    return entry.descriptor;
  }

  release(fileId: string): void {
    const entry = this.#entries.get(fileId);
    if (entry === undefined) return;
    entry.pins -= 1;
    if (entry.forgotten && entry.pins === 0) this.#close(fileId, entry);
    else this.#evict();
  }

  /** Nobody will want the file again: it is closed when the last reader is done. */
  forget(fileId: string): void {
    const entry = this.#entries.get(fileId);
    if (entry === undefined) return;
    entry.forgotten = true;
    if (entry.pins === 0) this.#close(fileId, entry);
  }

  /** Closes all, in use or not. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#opening.values());
    const descriptors = [...this.#entries.values()].map((entry) => entry.descriptor);
    this.#entries.clear();
    await Promise.allSettled(descriptors.map((descriptor) => closeDescriptor(descriptor)));
  }

  async #open(fileId: string, path: string): Promise<Entry> {
    const pending = this.#opening.get(fileId);
    if (pending !== undefined) return pending;
    const opening = openVerified(fileId, path);
    this.#opening.set(fileId, opening);
    try {
      const entry = await opening;
      this.#entries.set(fileId, entry);
      return entry;
    } finally {
      this.#opening.delete(fileId);
    }
  }

  #evict(): void {
    if (this.#entries.size <= this.#limit) return;
    for (const [fileId, entry] of this.#entries) {
      if (this.#entries.size <= this.#limit) return;
      if (entry.pins === 0) this.#close(fileId, entry);
    }
  }

  #close(fileId: string, entry: Entry): void {
    this.#entries.delete(fileId);
    // A read-only descriptor loses nothing when closing fails.
    closeDescriptor(entry.descriptor).catch(() => undefined);
  }
}

async function openVerified(fileId: string, path: string): Promise<Entry> {
  const descriptor = await openForReading(path);
  const state = await stateOfDescriptor(descriptor);
  if (state.fileId === fileId) return { descriptor, pins: 0, forgotten: false };
  await closeDescriptor(descriptor);
  throw new ReplacedError(path);
}
