import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test, vi } from 'vitest';
import { z } from 'zod';
import { startEngine } from '../../src-main/engine/engine.ts';
import { findInstallation } from '../../src-main/installation.ts';
import { attachToEngine, callLimit } from '../../src-main/wire/engine-client.ts';

const words = z.object({ queue: z.record(z.string(), z.string()) });

test('every queue of an engine, named in both languages', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'yagura-queues-'));
  writeFileSync(join(directory, 'settings.yaml'), 'logs: { discover: false }\n');
  const engine = await startEngine({
    ...findInstallation(pathToFileURL(join(import.meta.dirname, '../../src-main/cli/index.ts')).href),
    dataDirectory: directory,
    overrides: {},
    onFatal: (error) => {
      throw error;
    },
  });
  const connection = await attachToEngine(directory);
  if (connection === undefined) throw new Error('The engine does not answer.');
  try {
    const queues = async (): Promise<string[]> =>
      (await connection.client.system.status(undefined, callLimit())).queues.map(({ name }) => name);
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
    connection.close();
    await engine.stop();
    rmSync(directory, { recursive: true, force: true });
  }
});
