import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { FailureError } from '../flow/failure.ts';
import { databaseFailure, withDatabaseFailures } from './failures.ts';

/** Who has a data directory. */
export interface DirectoryHolder {
  processId: number;
  /** UTC milliseconds. */
  since: number;
  /** Where it listens; attach there instead of starting a second engine. */
  socketPath: string;
}

/** A data directory that is ours until `release`. */
export interface LockedDirectory {
  held: true;
  path: string;
  release(): void;
}

/** Another engine has it. `holder` is undefined in the instant before it has said who it is. */
export interface DirectoryHeldByOther {
  held: false;
  path: string;
  holder: DirectoryHolder | undefined;
}

const LOCK_FILE = 'lock.db';
const HOLDER_FILE = 'holder.json';

/**
 * Creates the directory if need be (for this user only) and takes its lock. The lock is SQLite's own on an open file: the
 * system drops it with the process, however that ends, so that no stale lock can remain.
 * @throws FailureError when the directory can't be made or written
 */
export function lockDataDirectory(
  path: string,
  self: DirectoryHolder,
): LockedDirectory | DirectoryHeldByOther {
  return withDatabaseFailures(join(path, LOCK_FILE), () => {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    // It may have existed with wider permissions: what is in it is as private as the logs it was read from.
    chmodSync(path, 0o700);
    const lock = new Database(join(path, LOCK_FILE), { timeout: 0 });
    try {
      lock.exec('BEGIN EXCLUSIVE');
    } catch (error) {
      lock.close();
      if (databaseFailure(error, path).message.parameters['code'] === 'SQLITE_BUSY') {
        return { held: false, path, holder: readHolder(path) };
      }
      throw error;
    }
    writeHolder(path, self);
    return {
      held: true,
      path,
      release: () => {
        rmSync(join(path, HOLDER_FILE), { force: true });
        lock.close();
      },
    };
  });
}

/** Written aside and renamed: a reader never sees half of it. */
function writeHolder(path: string, holder: DirectoryHolder): void {
  const file = join(path, HOLDER_FILE);
  writeFileSync(`${file}.new`, JSON.stringify(holder), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/**
 * Who last said that the directory is theirs; only the lock proves it.
 * @returns undefined when there is no such file or it is not ours to understand
 */
function readHolder(path: string): DirectoryHolder | undefined {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(join(path, HOLDER_FILE), 'utf8'));
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  if (!('processId' in value) || !('since' in value) || !('socketPath' in value)) return undefined;
  const { processId, since, socketPath } = value;
  if (typeof processId !== 'number' || typeof since !== 'number' || typeof socketPath !== 'string') {
    return undefined;
  }
  return { processId, since, socketPath };
}

/**
 * As {@link lockDataDirectory}, where nothing can be done without the lock.
 * @throws FailureError CONFLICT, saying who has it
 */
export function takeDirectory(path: string, now: number): LockedDirectory {
  const lock = lockDataDirectory(path, { processId: process.pid, since: now, socketPath: '' });
  if (lock.held) return lock;
  const processId = String(lock.holder?.processId ?? '?');
  throw new FailureError({
    kind: 'CONFLICT',
    message: { key: 'engine.directoryHeld', parameters: { path, processId } },
  });
}
