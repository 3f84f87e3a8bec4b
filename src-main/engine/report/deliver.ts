import {
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { extname, isAbsolute, join } from 'node:path';
import { FailureError } from '../flow/failure.ts';

/** More reports of one kind and day than anybody makes. */
const MAX_NUMBER = 1000;

/**
 * Puts a copy of a report into a folder under a name that is not taken: whole or not at all, never over another file.
 * @param name e.g. `yagura-security-2026-11-21.pdf`; `-2` is added where it is taken
 * @returns where it is
 * @throws FailureError UNAVAILABLE: the folder is missing, full or can't be written
 */
export function deliver(source: string, folder: string, name: string): string {
  const aside = join(folder, `.${name}.part`);
  try {
    if (!isAbsolute(folder) || !statSync(folder).isDirectory()) throw notAFolder(folder);
    copyFileSync(source, aside);
    synced(aside);
    return named(aside, folder, name);
  } catch (error) {
    discard(aside);
    throw error instanceof FailureError ? error : asFailure(error, folder);
  }
}

/** A link never replaces what is there; a file system without links gets the next best. */
function named(aside: string, folder: string, name: string): string {
  const ending = extname(name);
  const stem = name.slice(0, name.length - ending.length);
  for (let number = 1; number <= MAX_NUMBER; number += 1) {
    const target = join(folder, number === 1 ? name : `${stem}-${number}${ending}`);
    if (existsSync(target)) continue;
    try {
      linkSync(aside, target);
      rmSync(aside);
      return target;
    } catch (error) {
      const code = codeOf(error);
      if (code === 'EEXIST') continue;
      if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(code)) throw error;
      renameSync(aside, target);
      return target;
    }
  }
  throw new FailureError({
    kind: 'UNAVAILABLE',
    message: { key: 'report.failure.names', parameters: { folder, name } },
  });
}

/** What failed before is what has to be told, not that its rest can't be removed. */
function discard(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // It is hidden by its name, and the next try writes over it.
  }
}

function synced(file: string): void {
  const descriptor = openSync(file, 'r+');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function notAFolder(folder: string): FailureError {
  return new FailureError({
    kind: 'UNAVAILABLE',
    message: { key: 'report.failure.noFolder', parameters: { folder } },
  });
}

function asFailure(error: unknown, folder: string): FailureError {
  const code = codeOf(error);
  const name =
    code === 'ENOENT' || code === 'ENOTDIR'
      ? 'noFolder'
      : code === 'ENOSPC' || code === 'EDQUOT'
        ? 'folderFull'
        : 'folderNotWritable';
  return new FailureError({
    kind: 'UNAVAILABLE',
    message: { key: `report.failure.${name}`, parameters: { folder, code } },
    cause: error,
  });
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
