import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { FailureError, type Failure } from '../flow/failure.ts';

/** Keys of the store's failures; the words live in the locales. */
export const STORE_FAILURE = {
  diskFull: 'store.failure.diskFull',
  inputOutput: 'store.failure.inputOutput',
  corrupt: 'store.failure.corrupt',
  busy: 'store.failure.busy',
  notAccessible: 'store.failure.notAccessible',
  inTheWay: 'store.failure.inTheWay',
  newerVersion: 'store.failure.newerVersion',
  olderVersion: 'store.failure.olderVersion',
  setAside: 'store.failure.setAside',
  conflict: 'store.failure.conflict',
  internal: 'store.failure.internal',
} as const;

/** A file system with less than this left is full for our purposes: SQLite reports some shortages as plain I/O errors. */
const FULL_BELOW_BYTES = 1024 * 1024;

/** What went wrong with a database, as a value with a kind. Failures pass through unchanged. */
export function databaseFailure(error: unknown, path: string): Failure {
  if (error instanceof FailureError) return error.failure;
  const code = errorCode(error);
  const failure = (kind: Failure['kind'], key: string, place = path): Failure => ({
    kind,
    message: { key, parameters: { path: place, code } },
    cause: error,
  });
  if (code === 'SQLITE_FULL' || code === 'ENOSPC' || code === 'EDQUOT') {
    return failure('UNAVAILABLE', STORE_FAILURE.diskFull);
  }
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB') {
    return failure('UNAVAILABLE', STORE_FAILURE.corrupt);
  }
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) {
    return failure('UNAVAILABLE', STORE_FAILURE.busy);
  }
  if (code.startsWith('SQLITE_IOERR') || code.startsWith('SQLITE_CANTOPEN') || code === 'EIO') {
    if (nearlyFull(path)) return failure('UNAVAILABLE', STORE_FAILURE.diskFull);
    return failure('UNAVAILABLE', STORE_FAILURE.inputOutput);
  }
  if (/^(SQLITE_(READONLY|PERM|AUTH)|EACCES|EPERM|EROFS)/.test(code)) {
    return failure('FORBIDDEN', STORE_FAILURE.notAccessible);
  }
  if (code === 'EEXIST' || code === 'ENOTDIR') {
    return failure('FORBIDDEN', STORE_FAILURE.inTheWay, pathOf(error));
  }
  if (code.startsWith('SQLITE_CONSTRAINT')) return failure('CONFLICT', STORE_FAILURE.conflict);
  return failure('INTERNAL', STORE_FAILURE.internal);
}

/** Runs something that touches `path`; what it throws becomes a FailureError. */
export function withDatabaseFailures<Result>(path: string, action: () => Result): Result {
  try {
    return action();
  } catch (error) {
    throw error instanceof FailureError ? error : new FailureError(databaseFailure(error, path));
  }
}

/** True when the write can be repeated unchanged once there is space again: nothing of it was kept. */
export function isDiskFull(error: unknown): boolean {
  return error instanceof FailureError && error.failure.message.key === STORE_FAILURE.diskFull;
}

export function isCorrupt(error: unknown): boolean {
  return error instanceof FailureError && error.failure.message.key === STORE_FAILURE.corrupt;
}

function errorCode(error: unknown): string {
  if (error instanceof Database.SqliteError) return error.code;
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return '';
}

/** What a call to the file system was about: nearer to the cause than the database that needed it. */
function pathOf(error: unknown): string | undefined {
  return error instanceof Error && 'path' in error && typeof error.path === 'string' ? error.path : undefined;
}

function nearlyFull(path: string): boolean {
  try {
    const space = statfsSync(dirname(path));
    return space.bavail * space.bsize < FULL_BELOW_BYTES;
  } catch {
    // The folder itself is gone: not a question of space.
    return false;
  }
}
