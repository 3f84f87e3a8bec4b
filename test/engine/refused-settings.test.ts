import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { callLimit } from '../../src-main/wire/engine-client.ts';
import { runEngine } from './running-engine.ts';

test('a settings file that is not accepted, told in the state of the engine until it is mended', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'yagura-refused-'));
  const file = join(directory, 'settings.yaml');
  writeFileSync(file, 'logs: { discover: false }\nretention:\n  access: { days: many }\n');
  const engine = await runEngine(directory);
  const status = () => engine.client.system.status(undefined, callLimit());
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
    await engine.stop();
    rmSync(directory, { recursive: true, force: true });
  }
});
