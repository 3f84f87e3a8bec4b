import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { settingsSchema } from '../../src-preload/contract/settings.ts';
import type { FailureError } from '../../src-main/engine/flow/failure.ts';
import type { StreamIdentity } from '../../src-main/engine/flow/stream-position.ts';
import { Pipeline, type Chunk } from '../../src-main/engine/pipeline.ts';
import type { Committed } from '../../src-main/engine/threads/messages.ts';
import { findInstallation } from '../../src-main/installation.ts';

const unused = (): void => undefined;

/** A log pipeline as an engine has it, and what it told. */
export interface StartedPipeline {
  data: string;
  pipeline: Pipeline;
  committed: Committed[];
  failed: { path: string; error: FailureError }[];
  /** Keys of what lines waited for; undefined each time they did no more. */
  waited: (string | undefined)[];
}

/** Starts the real threads, in a directory of their own; they end with the test. `lineWorker`: another file for those. */
export async function startPipeline({ lineWorker }: { lineWorker?: string } = {}): Promise<StartedPipeline> {
  const data = mkdtempSync(join(tmpdir(), 'yagura-pipeline-'));
  const { threads } = findInstallation(new URL('../../src-main/cli/index.ts', import.meta.url).href);
  const { masking, retention } = settingsSchema.parse({});
  const [committed, failed]: [Committed[], StartedPipeline['failed']] = [[], []];
  const waited: StartedPipeline['waited'] = [];
  const pipeline = await Pipeline.start({
    threads: { ...threads, lineWorker: lineWorker ?? threads.lineWorker },
    dataDirectory: data,
    workers: 1,
    worker: { masking: { ...masking, key: 'k'.repeat(32) }, rules: [], trustedProxies: [] },
    writer: { rules: [], allowlist: [], retention, archived: [] },
    onCommitted: (message) => committed.push(message),
    onFound: unused,
    onFailed: ({ path }, error) => failed.push({ path, error }),
    onWaiting: (reason) => waited.push(reason?.key),
    onProblem: unused,
    onReport: unused,
    onRetained: unused,
    onFatal: (error) => {
      throw error;
    },
  });
  onTestFinished(async () => {
    await pipeline.stop();
    rmSync(data, { recursive: true, force: true });
  });
  return { data, pipeline, committed, failed, waited };
}

/** What a chunk of a followed log says besides its bytes and stream. */
export const CHUNK = {
  sourceId: 'tower.log',
  path: '/tower.log',
  fd: undefined,
  cursor: undefined,
  live: true,
  timeZone: 'UTC',
  year: undefined,
  logClass: undefined,
} satisfies Partial<Chunk>;

export function identity(path: string): Omit<StreamIdentity, 'stream'> {
  return { sourceId: path, path, fileId: path, fingerprint: path, fingerprintLength: 8 };
}
