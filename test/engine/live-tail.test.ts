import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { settingsSchema } from '../../src-preload/contract/settings.ts';
import { openLogs } from '../../src-main/engine/offline.ts';
import { Pipeline } from '../../src-main/engine/pipeline.ts';
import { listPartitions, partitionPath } from '../../src-main/engine/store/partitions.ts';
import type { StreamIdentity } from '../../src-main/engine/flow/stream-position.ts';
import type { Committed } from '../../src-main/engine/threads/messages.ts';
import { findInstallation } from '../../src-main/installation.ts';

const unused = (): void => undefined;

/** The threads of an engine's log pipeline, and what they told of lines stored. */
async function startPipeline(): Promise<{ data: string; pipeline: Pipeline; committed: Committed[] }> {
  const data = mkdtempSync(join(tmpdir(), 'yagura-tail-'));
  const { threads } = findInstallation(new URL('../../src-main/cli/index.ts', import.meta.url).href);
  const { masking, retention } = settingsSchema.parse({});
  const committed: Committed[] = [];
  const pipeline = await Pipeline.start({
    threads,
    dataDirectory: data,
    workers: 1,
    worker: { masking: { ...masking, key: 'k'.repeat(32) }, rules: [], trustedProxies: [] },
    writer: { rules: [], allowlist: [], retention, archived: [] },
    onCommitted: (message) => committed.push(message),
    onFound: unused,
    onFailed: unused,
    onWaiting: unused,
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
  return { data, pipeline, committed };
}

test('lines, a view opened while they are being stored, reach it: its search came too early for them', async () => {
  const { data, pipeline, committed } = await startPipeline();
  const stamp = new Date().toISOString();
  const { stream } = await pipeline.registry.create(identity('tower.log'));
  let from = 0;
  const write = async (text: string): Promise<void> => {
    const bytes = Buffer.from(`${stamp} INFO ${text}\n`);
    const chunk = { bytes: Uint8Array.from(bytes), from, to: from + bytes.length };
    from = chunk.to;
    await pipeline.submit({ ...CHUNK, ...chunk, stream, readAt: Date.now(), fallbackTime: Date.now() });
  };
  await write('the lamp is lit');
  const [name] = listPartitions(join(data, 'logs'));
  if (name === undefined) throw new Error('nothing was stored');
  const database = new Database(partitionPath(join(data, 'logs'), name));
  onTestFinished(() => {
    database.close();
  });

  // A disk that takes its time: the writer has the chunk in hand and waits.
  database.exec('BEGIN IMMEDIATE');
  const written = write('the lamp is out');
  await isBusy(pipeline);
  pipeline.wantTail(true);
  expect(search(data, 'lamp')).toEqual([`${stamp} INFO the lamp is lit`]);
  database.exec('COMMIT');
  await written;

  expect(committed.flatMap(({ tail }) => tail.map(({ text }) => text))).toEqual([
    `${stamp} INFO the lamp is out`,
  ]);
});

test('lines, when the last view was closed, are sent no more', async () => {
  const { pipeline, committed } = await startPipeline();
  const { stream } = await pipeline.registry.create(identity('tower.log'));
  const bytes = Uint8Array.from(Buffer.from(`${new Date().toISOString()} INFO the lamp is lit\n`));
  const chunk = { ...CHUNK, stream, readAt: Date.now(), fallbackTime: Date.now() };
  pipeline.wantTail(true);
  await pipeline.submit({ ...chunk, bytes, from: 0, to: bytes.length });
  pipeline.wantTail(false);
  await pipeline.submit({ ...chunk, bytes, from: bytes.length, to: 2 * bytes.length });
  expect(committed.map(({ tail }) => tail.length)).toEqual([1, 0]);
});

const CHUNK = {
  sourceId: 'tower.log',
  path: '/tower.log',
  fd: undefined,
  cursor: undefined,
  live: true,
  timeZone: 'UTC',
  year: undefined,
  logClass: undefined,
};

function search(data: string, text: string): string[] {
  const logs = openLogs(data, unused);
  const { lines } = logs.search({ text, regex: false }, 'older', undefined, 10, { cancelled: false });
  logs.close();
  return lines.map((line) => line.text);
}

/** Waits until the log writer answers no more. */
async function isBusy(pipeline: Pipeline): Promise<void> {
  for (let number = 0; ; number += 1) {
    const answered = pipeline.registry.create(identity(`other-${number}.log`)).then(() => true);
    if (!(await Promise.race([answered, pause(100, false)]))) return;
  }
}

function identity(path: string): Omit<StreamIdentity, 'stream'> {
  return { sourceId: path, path, fileId: path, fingerprint: path, fingerprintLength: 8 };
}
