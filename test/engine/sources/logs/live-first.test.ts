import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../../../src-main/engine/flow/clock.ts';
import type { Chunk } from '../../../../src-main/engine/sources/logs/chunk.ts';
import { LogTail } from '../../../../src-main/engine/sources/logs/tail.ts';
import { MemoryStore, QUICK, temporaryDirectory } from './tail-harness.ts';

const BULK_BYTES = 8 * 1024 * 1024;

test('a new line is handed out although history is read and none of its chunks was given back', async () => {
  const directory = temporaryDirectory();
  const [live, bulk] = [join(directory, 'live.log'), join(directory, 'bulk.log')];
  writeFileSync(live, 'first\n');
  const store = new MemoryStore();
  const tail = new LogTail({
    registry: store.registry,
    known: store.known,
    clock: systemClock,
    maxInFlight: 4,
    timings: QUICK,
  });
  onTestFinished(() => tail.close());
  const next = async (): Promise<Chunk> => {
    const chunk = await tail.next();
    if (chunk === undefined) throw new Error('The tail has ended.');
    return chunk;
  };
  tail.setSources([{ id: 'live', path: live }]);
  tail.release(await next());
  appendFileSync(live, 'second\n');
  const second = await next();
  expect(second.live).toBe(true);
  tail.release(second);

  writeFileSync(bulk, `${'.'.repeat(99)}\n`.repeat(BULK_BYTES / 100));
  tail.setSources([
    { id: 'live', path: live },
    { id: 'bulk', path: bulk },
  ]);
  const history = [await next(), await next()];
  expect(history.map(({ sourceId }) => sourceId)).toEqual(['bulk', 'bulk']);
  // Beside live lines history is taken in bites of a megabyte.
  for (const { from, to } of history) expect(to - from).toBeLessThanOrEqual(1024 * 1024);
  // A third may not be of history: it waits until something is written.
  const third = next();
  appendFileSync(live, 'third\n');
  expect((await third).sourceId).toBe('live');
});
