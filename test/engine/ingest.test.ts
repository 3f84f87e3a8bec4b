import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startReading } from './reading.ts';
import { threadAfter } from './thread-after.ts';

test('a bulk read whose log writer dies ends with its reason, and lets go of the data directory', async () => {
  const reading = startReading();
  const log = join(reading.directory, 'tower.log');
  appendFileSync(log, '2026-11-20T10:00:00Z INFO the lamp is lit\n');
  const logWriter = threadAfter(
    'logWriter',
    `import { parentPort } from 'node:worker_threads';
parentPort.on('message', ({ type }) => {
  if (type === 'identify') throw new Error('out of ink');
});
`,
  );

  await expect(reading.ingest([log], { logWriter })).rejects.toThrow('out of ink');
  expect((await reading.ingest([log])).stored).toBe(1);
});
