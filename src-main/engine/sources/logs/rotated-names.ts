import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { stateOfPath, type FileState } from './file-access.ts';
import { holdsLines } from './source-paths.ts';

/** Directory entries looked at when a renamed file or a copy is searched. */
const MAX_SEARCHED = 5_000;

/** What rotated names have in common: `x.log`, `x.log.1`, `x.log-20261121.gz` and `x.log.old` are one family. */
export function familyOf(path: string): string {
  const name = basename(path).replace(/\.(gz|zst)$/, '');
  return join(dirname(path), name.replace(/([._-](\d+|old|bak))+$/, ''));
}

/** Regular files of a directory that may hold lines, latest change first. */
export async function filesBeside(path: string): Promise<{ path: string; state: FileState }[]> {
  return (await filesIn(dirname(path))).toSorted((a, b) => Number(b.state.modified - a.state.modified));
}

/** Regular files of a directory that may hold lines. Those that vanish meanwhile are left out. */
export async function filesIn(directory: string): Promise<{ path: string; state: FileState }[]> {
  const names = await readdir(directory).catch(() => []);
  const files: { path: string; state: FileState }[] = [];
  for (const name of names.filter(holdsLines).slice(0, MAX_SEARCHED)) {
    const path = join(directory, name);
    const state = await stateOfPath(path).catch(() => undefined);
    if (state?.regular === true) files.push({ path, state });
  }
  return files;
}
