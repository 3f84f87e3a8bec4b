import { watch, type FSWatcher } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { join } from 'node:path';

/** File systems whose changes by other machines are never reported: NFS, SMB, CIFS, FUSE (sshfs), 9P, AFS, Ceph. */
const NETWORK_TYPES = new Set([
  0x6969, 0xff534d42, 0xfe534d42, 0x517b, 0x65735546, 0x01021997, 0x5346414f, 0x00c36400,
]);

/** inotify allows some thousands of watches per user, which other programs want as well. */
const MAX_WATCHES = 512;

/**
 * Change notices by directory: one watch serves all its files. Where there are none (network shares, watches used up)
 * `isWatched` says so and files are polled more often.
 */
export class DirectoryWatches {
  readonly #onChange: (path: string, directory: string) => void;
  readonly #watchers = new Map<string, FSWatcher | undefined>();

  /** @param onChange told the path that changed; the directory itself where the system does not name it */
  constructor(onChange: (path: string, directory: string) => void) {
    this.#onChange = onChange;
  }

  isWatched(directory: string): boolean {
    return this.#watchers.get(directory) !== undefined;
  }

  /** Watches exactly these directories. */
  async set(directories: ReadonlySet<string>): Promise<void> {
    for (const [directory, watcher] of this.#watchers) {
      if (directories.has(directory)) continue;
      watcher?.close();
      this.#watchers.delete(directory);
    }
    for (const directory of directories) {
      if (this.isWatched(directory) || this.#watchers.size >= MAX_WATCHES) continue;
      this.#watchers.set(directory, await this.#watch(directory));
    }
  }

  close(): void {
    for (const watcher of this.#watchers.values()) watcher?.close();
    this.#watchers.clear();
  }

  async #watch(directory: string): Promise<FSWatcher | undefined> {
    try {
      const system = await statfs(directory);
      if (NETWORK_TYPES.has(system.type)) return undefined;
      const watcher = watch(directory, { persistent: false }, (_, name) => {
        this.#onChange(name === null ? directory : join(directory, name), directory);
      });
      watcher.on('error', () => {
        watcher.close();
        this.#watchers.set(directory, undefined);
      });
      return watcher;
    } catch {
      // No such directory, or no watches left: polling covers it, and the next `set` tries again.
      return undefined;
    }
  }
}
