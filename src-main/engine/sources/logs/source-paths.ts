import { glob, readdir } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, parse } from 'node:path';
import type { Message } from '../../../../src-preload/contract/shared.ts';
import { errorCode, stateOfPath } from './file-access.ts';

/** Files one source may have. More are left out, and the source says so. */
const MAX_FILES_PER_SOURCE = 20_000;

/** What a source's path stands for at the moment. */
export interface Expansion {
  kind: 'file' | 'folder' | 'glob';
  /** Files to watch; for a single file also when it does not exist (yet). */
  paths: string[];
  /** Directories in which new files may appear. */
  directories: string[];
  reason?: Message | undefined;
  /** It could not be looked at: what was known before still holds. */
  failed?: boolean | undefined;
}

/** Compressed in ways that are not read, or binary: their bytes are no lines. */
const NOT_LINES =
  /\.(tgz|xz|bz2|lz4|zip|7z|tar|journal~?|db|db-wal|db-shm|sqlite|evtx?|etl|tracev3|asl|pcap|png|swp)$|^(wtmp|btmp|utmp|lastlog|faillog|tallylog)(\.\d+)?$|^\.|~$/i;

/** Whether a file's name allows for lines of text in it, compressed by gzip or zstd or not. */
export function holdsLines(path: string): boolean {
  return !NOT_LINES.test(basename(path).replace(/\.(gz|zst)$/i, ''));
}

/** What a share says whose server or connection is away. */
const AWAY = new Set(['EIO', 'ESTALE', 'ETIMEDOUT', 'EHOSTDOWN', 'EHOSTUNREACH', 'ENOTCONN', 'ECONNRESET']);

function away(path: string, code: string): Expansion {
  const reason = { key: 'sources.reason.unreadable', parameters: { path, code } };
  return { kind: 'file', paths: [], directories: [], reason, failed: true };
}

function isGlob(path: string): boolean {
  return /[*?[\]{}]/.test(path);
}

/** Resolves a file, folder or glob. Never throws: what is wrong is the reason. */
export async function expandSource(path: string): Promise<Expansion> {
  if (!isAbsolute(path)) return refused(path, 'sources.reason.relative');
  try {
    const state = await stateOfPath(path);
    if (state.regular) return { kind: 'file', paths: [path], directories: [] };
    return await expandFolder(path);
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOTDIR') return refused(path, 'sources.reason.notRegular');
    if (code === 'ENOENT' && isGlob(path)) return expandGlob(path);
    if (code === 'EACCES' || code === 'EPERM') return refused(path, 'sources.reason.permission');
    if (AWAY.has(code)) return away(path, code);
    // Absent for now: the name is watched, and read from the moment it appears.
    return { kind: 'file', paths: [path], directories: [] };
  }
}

function refused(path: string, key: string): Expansion {
  return { kind: 'file', paths: [], directories: [], reason: { key, parameters: { path } } };
}

/** The folder's own files; folders inside it are sources of their own. */
async function expandFolder(path: string): Promise<Expansion> {
  const entries = await readdir(path, { withFileTypes: true });
  const paths = entries
    .filter((entry) => (entry.isFile() || entry.isSymbolicLink()) && holdsLines(entry.name))
    .map((entry) => join(path, entry.name));
  return limited({ kind: 'folder', paths, directories: [path] }, path);
}

async function expandGlob(pattern: string): Promise<Expansion> {
  const paths: string[] = [];
  const directories = new Set([literalPart(pattern)]);
  for await (const entry of glob(pattern, { withFileTypes: true })) {
    if (!(entry.isFile() || entry.isSymbolicLink()) || !holdsLines(entry.name)) continue;
    paths.push(join(entry.parentPath, entry.name));
    directories.add(entry.parentPath);
    if (paths.length > MAX_FILES_PER_SOURCE) break;
  }
  const expansion: Expansion = { kind: 'glob', paths, directories: [...directories] };
  if (paths.length === 0) expansion.reason = { key: 'sources.reason.noMatch', parameters: { path: pattern } };
  return limited(expansion, pattern);
}

/** The deepest folder of a glob that has no wildcard in it. */
function literalPart(pattern: string): string {
  let path = dirname(pattern);
  while (isGlob(path) && path !== parse(path).root) path = dirname(path);
  return path;
}

function limited(expansion: Expansion, path: string): Expansion {
  if (expansion.paths.length <= MAX_FILES_PER_SOURCE) return expansion;
  return {
    ...expansion,
    paths: expansion.paths.slice(0, MAX_FILES_PER_SOURCE),
    reason: { key: 'sources.reason.tooMany', parameters: { path, limit: MAX_FILES_PER_SOURCE } },
  };
}
