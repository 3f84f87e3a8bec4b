import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { z } from 'zod';
import { callLimit } from '../../src-main/wire/engine-client.ts';
import { runEngine } from './running-engine.ts';

const words = z.object({ queue: z.record(z.string(), z.string()) });

test('every queue of an engine, named in both languages', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'yagura-queues-'));
  writeFileSync(join(directory, 'settings.yaml'), 'logs: { discover: false }\n');
  const engine = await runEngine(directory);
  try {
    const queues = async (): Promise<string[]> =>
      (await engine.client.system.status(undefined, callLimit())).queues.map(({ name }) => name);
    // The log writer tells its own with its first report.
    await vi.waitFor(async () => expect(await queues()).toContain('pipeline.order'), 10_000);
    const asked = (await queues()).map((name) => name.replaceAll('.', '_')).toSorted();
    for (const language of ['en', 'ja']) {
      const file = readFileSync(`resources/locales/${language}/itself.json`, 'utf8');
      const { queue } = words.parse(JSON.parse(file));
      expect(
        asked.filter((name) => queue[name] === undefined),
        language,
      ).toEqual([]);
    }
  } finally {
    await engine.stop();
    rmSync(directory, { recursive: true, force: true });
  }
});
