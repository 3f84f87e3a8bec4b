import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { findInstallation } from '../../src-main/installation.ts';
import type { ThreadFiles } from '../../src-main/engine/pipeline.ts';

/** A file that does what is given (JavaScript of a module) and then is one of the engine's real threads. */
export function threadAfter(thread: keyof ThreadFiles, before: string): string {
  const { threads } = findInstallation(new URL('../../src-main/cli/index.ts', import.meta.url).href);
  const file = join(newDirectory(), 'thread.mjs');
  writeFileSync(file, `${before}await import(${JSON.stringify(threads[thread])});\n`);
  return file;
}

/** A directory that goes with the test. */
export function newDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'yagura-thread-'));
  onTestFinished(() => {
    rmSync(directory, { recursive: true, force: true });
  });
  return directory;
}
