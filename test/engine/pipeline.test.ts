import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { findInstallation } from '../../src-main/installation.ts';
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

/** The real line worker, which one path kills. */
function mortalLineWorker(): string {
  const directory = mkdtempSync(join(tmpdir(), 'yagura-worker-'));
  onTestFinished(() => {
    rmSync(directory, { recursive: true, force: true });
  });
  const { threads } = findInstallation(new URL('../../src-main/cli/index.ts', import.meta.url).href);
  const file = join(directory, 'line-worker.mjs');
  writeFileSync(
    file,
    `import { parentPort } from 'node:worker_threads';
parentPort.on('message', ({ path }) => {
  if (path === ${JSON.stringify(FATAL)}) process.exit(1);
});
await import(${JSON.stringify(threads.lineWorker)});
`,
  );
  return file;
}
