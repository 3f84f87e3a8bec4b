import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test, vi } from 'vitest';
import { startEngine } from '../../src-main/engine/engine.ts';
import { findInstallation } from '../../src-main/installation.ts';
import { attachToEngine, callLimit } from '../../src-main/wire/engine-client.ts';

test('a settings file that is not accepted, told in the state of the engine until it is mended', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'yagura-refused-'));
  const file = join(directory, 'settings.yaml');
  writeFileSync(file, 'logs: { discover: false }\nretention:\n  access: { days: many }\n');
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
  const status = () => connection.client.system.status(undefined, callLimit());
  try {
    const { state, problems } = await status();
    expect(problems).toEqual([
      {
        severity: 'warning',
        message: {
          key: 'engine.settingsRefused',
          parameters: { file, line: 3, field: 'retention.access.days' },
        },
      },
    ]);
    // Not "ok": blindness or an alert of this machine may outweigh the warning.
    expect(state).not.toBe('ok');
    writeFileSync(file, 'logs: { discover: false }\n');
    await vi.waitFor(async () => expect((await status()).problems).toEqual([]), 10_000);
  } finally {
    connection.close();
    await engine.stop();
    rmSync(directory, { recursive: true, force: true });
  }
});
