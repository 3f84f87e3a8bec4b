import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { newDirectory, threadAfter } from './thread-after.ts';
import { CHUNK, identity, startPipeline } from './started-pipeline.ts';

const FATAL = '/fatal.log';

test('a chunk that kills its line worker each time is given up, and those behind it are stored', async () => {
  const { pipeline, committed, failed } = await startPipeline({ lineWorker: mortalLineWorker() });
  const { stream } = await pipeline.registry.create(identity('tower.log'));
  const [fatal, first, second] = [FATAL, '/tower.log', '/tower.log'].map((path, index) => {
    const bytes = Uint8Array.from(Buffer.from(`${new Date().toISOString()} INFO the lamp is lit\n`));
    const [from, to] = [index * bytes.length, (index + 1) * bytes.length];
    return pipeline.submit({
      ...CHUNK,
      path,
      stream,
      bytes,
      from,
      to,
      readAt: Date.now(),
      fallbackTime: Date.now(),
    });
  });

  expect(await fatal).toBeUndefined();
  expect(failed.map(({ path, error }) => [path, error.failure.message.key])).toEqual([
    [FATAL, 'engine.chunkGivenUp'],
  ]);
  await Promise.all([first, second]);
  expect(committed).toHaveLength(2);
  expect(failed).toHaveLength(1);
});

test('a line worker that dies while it loads is started again after growing pauses, and its chunk is kept for it', async () => {
  const worker = lateLineWorker({ failedLoads: 4 });
  const { pipeline, committed, failed, waited } = await startPipeline({ lineWorker: worker.file });
  const { stream } = await pipeline.registry.create(identity('tower.log'));
  const bytes = Uint8Array.from(Buffer.from(`${new Date().toISOString()} INFO the lamp is lit\n`));
  const [readAt, fallbackTime] = [Date.now(), Date.now()];
  await pipeline.submit({ ...CHUNK, stream, bytes, from: 0, to: bytes.length, readAt, fallbackTime });

  expect(committed).toHaveLength(1);
  expect(failed).toEqual([]);
  const starts = worker.starts();
  const pauses = starts.slice(1).map((at, index) => at - (starts[index] ?? 0));
  expect(pauses).toHaveLength(4);
  for (const [index, pause] of pauses.entries()) expect(pause).toBeGreaterThanOrEqual(100 * 2 ** index);
  expect(waited[0]).toBe('engine.lineWorkerMissing');
  expect(waited.at(-1)).toBeUndefined();
});

/** The real line worker, which can't be loaded at first. */
function lateLineWorker({ failedLoads }: { failedLoads: number }): { file: string; starts: () => number[] } {
  const starts = join(newDirectory(), 'starts');
  const file = threadAfter(
    'lineWorker',
    `import { appendFileSync, readFileSync } from 'node:fs';
const starts = ${JSON.stringify(starts)};
appendFileSync(starts, Date.now() + '\\n');
if (readFileSync(starts, 'utf8').trim().split('\\n').length <= ${failedLoads}) throw new Error('no memory');
`,
  );
  return { file, starts: () => readFileSync(starts, 'utf8').trim().split('\n').map(Number) };
}

/** The real line worker, which one path kills. */
function mortalLineWorker(): string {
  return threadAfter(
    'lineWorker',
    `import { parentPort } from 'node:worker_threads';
parentPort.on('message', ({ path }) => {
  if (path === ${JSON.stringify(FATAL)}) process.exit(1);
});
`,
  );
}
