import { expect, test } from 'vitest';
import { ENGINE_PATH } from '../../src-preload/contract/wire.ts';
import { saveArchiveKey } from '../../src-main/app/key-saving.ts';
import { connectEngine } from '../../src-main/wire/connect.ts';
import { faceOn, startWire } from '../fixtures/wire.ts';

test('the key is saved by the engine where the user said, and only there', async () => {
  const wire = await startWire();
  const { client } = await wire.face();
  const asked: string[] = [];
  const choose = (answer: string | null) => (suggestion: string) => {
    asked.push(suggestion);
    return Promise.resolve(answer);
  };
  expect(await saveArchiveKey(client, '/home/desk', choose(null))).toEqual({ outcome: 'cancelled' });
  expect(wire.stand.writes).toEqual([]);
  expect(await saveArchiveKey(client, '/home/desk', choose('/mnt/stick/key.txt'))).toEqual({
    outcome: 'saved',
    path: '/mnt/stick/key.txt',
    fingerprint: 'f00d',
  });
  expect(asked).toEqual(['/home/desk/yagura-archive-key.txt', '/home/desk/yagura-archive-key.txt']);
  expect(wire.stand.writes).toEqual(['logs.saveArchiveKey']);
});

test('what the engine says against it is told, and that it is away', async () => {
  const wire = await startWire();
  const { client } = await wire.face();
  const here = (): Promise<string> => Promise.resolve('/refused');
  expect(await saveArchiveKey(client, '/home/desk', here)).toEqual({
    outcome: 'failed',
    message: { key: 'archive.fault.keyNotWritten', parameters: { path: '/refused', reason: 'EACCES' } },
  });
  expect(await saveArchiveKey(undefined, '/home/desk', here)).toEqual({
    outcome: 'failed',
    message: { key: 'errors.unavailable', parameters: {} },
  });
});

test('a page that asks the engine itself is refused', async () => {
  const wire = await startWire();
  const socket = await connectEngine(wire.address, { path: ENGINE_PATH, page: true });
  const { client } = faceOn(socket);
  await expect(client.logs.saveArchiveKey({ path: '/x', replace: true })).rejects.toMatchObject({
    code: 'FORBIDDEN',
    data: { key: 'wire.notForPages' },
  });
  expect(wire.stand.writes).toEqual([]);
  // Everything else is a page's as before.
  expect((await client.system.status()).state).toBe('ok');
});
