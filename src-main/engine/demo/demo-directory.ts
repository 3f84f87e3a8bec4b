import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FailureError } from '../flow/failure.ts';

/** Proof that everything in a directory is of a demo and may be thrown away. */
const MARKER = 'demo';
/** What may be there before the marker is: the lock (with its journal), who holds it, Chromium's own files. */
const NOT_OURS = new Set(['lock.db', 'lock.db-journal', 'holder.json', 'desktop']);

/** Whether what a directory holds was written for show. */
export function isDemoDirectory(directory: string): boolean {
  return existsSync(join(directory, MARKER));
}

/**
 * Empties the demo's data directory, of which the lock is held, and makes the folder of its logs.
 * @throws FailureError CONFLICT where something lies that no demo has put there
 */
export function emptyDemoDirectory(directory: string, logFolder: string): void {
  const names = readdirSync(directory).filter((name) => !NOT_OURS.has(name));
  if (names.length > 0 && !names.includes(MARKER)) {
    throw new FailureError({
      kind: 'CONFLICT',
      message: { key: 'engine.demo.notEmpty', parameters: { path: directory } },
    });
  }
  for (const name of names)
    if (name !== MARKER) rmSync(join(directory, name), { recursive: true, force: true });
  writeFileSync(join(directory, MARKER), '', { mode: 0o600 });
  mkdirSync(logFolder, { mode: 0o700 });
}
