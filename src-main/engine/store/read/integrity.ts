import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import Database from 'better-sqlite3';
import { listPartitions, partitionPath } from '../partitions.ts';

export interface StoreIntegrity {
  /** Paths within the data directory; `problem` is SQLite's own words. */
  files: { path: string; problem?: string | undefined }[];
  /** Files that were damaged before and put out of the way. */
  setAside: string[];
  /** Files too large to read through in a diagnosis. */
  skipped: number;
}

/** The newest files are those written when the power went; older ones were sealed and checked before. */
const NEWEST_PARTITIONS = 4;
const NEWEST_METRICS = 3;
/** SQLite reads some 500 MB a second from a warm disk; a diagnosis has ten seconds for all of it. */
const READ_BELOW_BYTES = 256 * 1024 * 1024;
const MAX_SET_ASIDE = 100;

/**
 * Reads the newest databases of a data directory through (PRAGMA quick_check), whoever is writing them. It takes seconds:
 * not on the engine's main thread.
 */
export function checkIntegrity(directory: string): StoreIntegrity {
  const files: StoreIntegrity['files'] = [];
  let skipped = 0;
  for (const file of newestDatabases(directory)) {
    if (statSync(file).size > READ_BELOW_BYTES) skipped += 1;
    else files.push({ path: relative(directory, file), problem: quickCheck(file) });
  }
  return { files, setAside: setAsideIn(directory), skipped };
}

function newestDatabases(directory: string): string[] {
  const logs = join(directory, 'logs');
  const metrics = join(directory, 'metrics');
  return [
    join(directory, 'state.db'),
    join(directory, 'checkpoint.db'),
    ...listPartitions(logs)
      .slice(0, NEWEST_PARTITIONS)
      .map((name) => partitionPath(logs, name)),
    ...namesIn(metrics)
      .filter((name) => name.endsWith('.db'))
      .sort()
      .slice(-NEWEST_METRICS)
      .map((name) => join(metrics, name)),
  ].filter((file) => existsSync(file));
}

function quickCheck(file: string): string | undefined {
  try {
    const database = new Database(file, { readonly: true, fileMustExist: true, timeout: 2000 });
    try {
      const answer = database.pragma('quick_check(1)', { simple: true });
      return answer === 'ok' ? undefined : String(answer);
    } finally {
      database.close();
    }
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function setAsideIn(directory: string): string[] {
  return [directory, join(directory, 'metrics'), ...logDirectories(directory)]
    .flatMap((each) =>
      namesIn(each)
        .filter((name) => name.includes('.corrupt-') && !/-(wal|shm)$/.test(name))
        .map((name) => relative(directory, join(each, name))),
    )
    .slice(0, MAX_SET_ASIDE);
}

function logDirectories(directory: string): string[] {
  const logs = join(directory, 'logs');
  return namesIn(logs).map((name) => join(logs, name));
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    // Not there yet, or not a directory.
    return [];
  }
}
