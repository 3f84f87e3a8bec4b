import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { LogLine } from '../../src-preload/contract/logs.ts';
import type { Message } from '../../src-preload/contract/shared.ts';
import { ingest, type IngestTotals } from '../../src-main/engine/ingest.ts';
import { openLogs } from '../../src-main/engine/offline.ts';
import { findInstallation } from '../../src-main/installation.ts';

export interface Reading {
  directory: string;
  data: string;
  problems: Message[];
  /** Reads files into the data directory, as `yagura ingest` does. */
  ingest(
    files: string[],
    options?: { timeZone?: string; year?: number; logWriter?: string },
  ): Promise<IngestTotals>;
  /** Stored lines that match, oldest first. */
  search(text: string): LogLine[];
}

/** A data directory of its own, and what reading into it and searching it takes. */
export function startReading(): Reading {
  const directory = mkdtempSync(join(tmpdir(), 'yagura-reading-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const data = join(directory, 'data');
  const problems: Message[] = [];
  const installation = findInstallation(new URL('../../src-main/cli/index.ts', import.meta.url).href);
  return {
    directory,
    data,
    problems,
    ingest: (files, { timeZone = 'UTC', year, logWriter = installation.threads.logWriter } = {}) =>
      ingest({
        ...installation,
        threads: { ...installation.threads, logWriter },
        dataDirectory: data,
        files,
        timeZone,
        year,
        onProgress: () => undefined,
        onProblem: (problem) => problems.push(problem),
      }),
    search(text) {
      const logs = openLogs(data, () => undefined);
      try {
        return logs.search({ text, regex: false }, 'older', undefined, 1000, { cancelled: false }).lines;
      } finally {
        logs.close();
      }
    },
  };
}
