import { implement } from '@orpc/server';
import { RPCHandler } from '@orpc/server/ws';
import { expect, test } from 'vitest';
import type { WebSocket } from 'ws';
import { hostContract } from '../../../../src-preload/contract/host.ts';
import { CLOSE_STOP, HOST_PATH } from '../../../../src-preload/contract/wire.ts';
import { HostServices } from '../../../../src-main/engine/api/server/host-services.ts';
import { connectEngine } from '../../../../src-main/wire/connect.ts';
import { closeOf, startWire, type TestWire } from '../../../fixtures/wire.ts';

/** A host that knows one secret, under this answer. */
async function attachHost(wire: TestWire, answer: () => Promise<string>): Promise<WebSocket> {
  const host = implement(hostContract);
  const handler = new RPCHandler(
    host.router({
      notify: host.notify.handler(() => ({ shown: true })),
      secrets: {
        get: host.secrets.get.handler(async () => ({ value: await answer() })),
        set: host.secrets.set.handler(() => ({ protectedBy: 'file' as const })),
      },
    }),
  );
  const socket = await connectEngine(wire.address, { path: HOST_PATH });
  void handler.upgrade(socket);
  return socket;
}

const ask = (host: HostServices): Promise<string | null> =>
  host.ask((client, signal) => client.secrets.get({ name: 'mail' }, { signal })).then(({ value }) => value);

test('a host is asked and answers; the newest one counts, and the one before when it leaves', async () => {
  const host = new HostServices();
  const wire = await startWire({ host });
  await attachHost(wire, () => Promise.resolve('first'));
  await expect.poll(() => host.present).toBe(true);
  expect(await ask(host)).toBe('first');
  const second = await attachHost(wire, () => Promise.resolve('second'));
  await expect.poll(() => ask(host)).toBe('second');
  second.close();
  await closeOf(second);
  await expect.poll(() => ask(host)).toBe('first');
});

test('without a host, the engine knows at once', async () => {
  await expect(ask(new HostServices())).rejects.toMatchObject({
    failure: { kind: 'UNAVAILABLE', message: { key: 'wire.noHost' } },
  });
});

test('a host that is silent is not waited for longer than the limit', async () => {
  const host = new HostServices(50);
  const wire = await startWire({ host });
  await attachHost(wire, () => new Promise(() => undefined));
  await expect.poll(() => host.present).toBe(true);
  await expect(ask(host)).rejects.toMatchObject({
    failure: { kind: 'TIMED_OUT', message: { key: 'wire.hostSilent' } },
  });
});

test('a host that fails says so, and its words stay with the cause', async () => {
  const host = new HostServices();
  const wire = await startWire({ host });
  await attachHost(wire, () => Promise.reject(new Error('keychain locked')));
  await expect.poll(() => host.present).toBe(true);
  await expect(ask(host)).rejects.toMatchObject({
    failure: { kind: 'INTERNAL', message: { key: 'wire.hostFailed' } },
  });
});

test('a host that leaves in the middle of an answer is as none', async () => {
  const host = new HostServices();
  const wire = await startWire({ host });
  const asked = Promise.withResolvers<undefined>();
  const socket = await attachHost(wire, () => {
    asked.resolve(undefined);
    return new Promise(() => undefined);
  });
  await expect.poll(() => host.present).toBe(true);
  const answer = ask(host).catch((error: unknown) => error);
  await asked.promise;
  socket.terminate();
  expect(await answer).toMatchObject({ failure: { kind: 'UNAVAILABLE' } });
  expect(host.present).toBe(false);
});

test('the owner that asks an engine to end, or is gone, is noticed once', async () => {
  for (const leave of [
    (socket: WebSocket) => socket.close(CLOSE_STOP),
    (socket: WebSocket) => socket.terminate(),
  ]) {
    let gone = 0;
    const noticed = Promise.withResolvers<undefined>();
    const wire = await startWire({
      onOwnerGone: () => {
        gone += 1;
        noticed.resolve(undefined);
      },
    });
    const visitor = await connectEngine(wire.address, { path: HOST_PATH });
    const owner = await connectEngine(wire.address, { path: HOST_PATH, owner: true });
    visitor.close();
    await closeOf(visitor);
    expect(gone).toBe(0);
    leave(owner);
    await noticed.promise;
    expect(gone).toBe(1);
  }
});
