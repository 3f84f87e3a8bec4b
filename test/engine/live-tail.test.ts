import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { openLogs } from '../../src-main/engine/offline.ts';
import type { Pipeline } from '../../src-main/engine/pipeline.ts';
import { listPartitions, partitionPath } from '../../src-main/engine/store/partitions.ts';
import { CHUNK, identity, startPipeline } from './started-pipeline.ts';

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

function search(data: string, text: string): string[] {
  const logs = openLogs(data, () => undefined);
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
