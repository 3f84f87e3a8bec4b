import { expect, test } from 'vitest';
import type { LogLine } from '../../../../src-preload/contract/logs.ts';
import type { Push } from '../../../../src-preload/contract/shared.ts';
import { ERROR_KINDS } from '../../../../src-preload/contract/errors.ts';
import { STREAM_WINDOW } from '../../../../src-preload/contract/limits.ts';
import { callLimit } from '../../../../src-main/wire/engine-client.ts';
import { line } from '../../../fixtures/stand-in-router.ts';
import { startWire } from '../../../fixtures/wire.ts';

test('a failure of the engine arrives with its kind, words and field', async () => {
  const { face, faults } = await startWire();
  const { client } = await face();
  await expect(client.threats.explain({ line: 'failure' })).rejects.toMatchObject({
    code: 'CONFLICT',
    defined: true,
    data: { key: 'threats.odd', parameters: { line: 1 }, field: 'line' },
  });
  expect(faults).toEqual([]);
});

test('an input that does not fit names its field', async () => {
  const { face } = await startWire();
  const { client } = await face();
  await expect(client.threats.explain({ line: '' })).rejects.toMatchObject({
    code: 'BAD_INPUT',
    defined: true,
    data: { key: 'errors.badInput', field: 'line' },
  });
});

test.each(['bug', 'reject'])('a fault of ours (%s) says nothing but where the log has it', async (text) => {
  const { face, faults } = await startWire();
  const { client } = await face();
  const error: unknown = await client.threats.explain({ line: text }).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'INTERNAL', defined: true, data: { key: 'errors.internal' } });
  expect(JSON.stringify(error)).not.toContain('shadow');
  expect(faults).toHaveLength(1);
  expect(faults[0]).toMatchObject({
    call: 'threats.explain',
    logId: logIdOf(error),
  });
  expect(String(faults[0]?.error)).toContain('/etc/shadow');
});

test('an error in the middle of a stream comes after what was said before, as a declared kind', async () => {
  const { face } = await startWire();
  const { client } = await face();
  const pushes: unknown[] = [];
  const read = async (): Promise<void> => {
    for await (const push of await client.alerts.watch()) pushes.push(push);
  };
  const error: unknown = await read().catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'NOT_FOUND', defined: true, data: { key: 'alerts.gone' } });
  expect(pushes).toHaveLength(1);
  expect(ERROR_KINDS).toContain(Reflect.get(Object(error), 'code'));
});

test('a call that is cancelled ends at once, and its handler is told', async () => {
  const { face, stand } = await startWire();
  const { client } = await face();
  const leave = new AbortController();
  const call = client.logs.search({ filter: { text: 'slow' } }, { signal: leave.signal });
  await client.system.identity();
  leave.abort();
  await expect(call).rejects.toMatchObject({ name: 'AbortError' });
  await expect.poll(() => stand.cancelled).toEqual(['logs.search']);
});

test('a call whose time limit runs out ends, and its handler is told', async () => {
  const { face, stand } = await startWire();
  const { client } = await face();
  await expect(client.logs.search({ filter: { text: 'slow' } }, callLimit(50))).rejects.toMatchObject({
    name: 'TimeoutError',
  });
  await expect.poll(() => stand.cancelled).toEqual(['logs.search']);
});

test('a connection that drops rejects what is pending, tells the handlers, and ends its streams', async () => {
  const { face, stand, feeds, server } = await startWire();
  const { client, socket } = await face();
  const stream = (await client.logs.tail({ filter: {} }))[Symbol.asyncIterator]();
  const pending = [client.logs.search({ filter: { text: 'slow' } }), stream.next()].map((call) =>
    call.then(
      () => 'answered',
      (error: unknown) => (error instanceof Error ? error.name : 'no error'),
    ),
  );
  await client.system.identity();
  expect(feeds.open).toBe(1);
  socket.terminate();
  expect(await Promise.all(pending)).toEqual(['AbortError', 'AbortError']);
  await expect.poll(() => [feeds.open, stand.cancelled]).toEqual([0, ['logs.search']]);
  expect(server.queues().find((queue) => queue.name === 'wire.calls')?.depth).toBe(0);
  await expect(client.system.identity()).rejects.toThrow('closed');
});

test('an engine that ends rejects what is pending', async () => {
  const { face, server } = await startWire();
  const { client } = await face();
  const call = client.logs.search({ filter: { text: 'slow' } }).catch((error: unknown) => error);
  await client.system.identity();
  await server.close();
  expect(await call).toMatchObject({ name: 'AbortError' });
});

test('a consumer that acknowledges nothing gets the window full and no more; the rest is dropped and counted', async () => {
  const { face, stand, feeds } = await startWire();
  const { client } = await face();
  const stream = (await client.logs.tail({ filter: {} }))[Symbol.asyncIterator]();
  const total = 5000;
  for (let count = 0; count < total; count += 1) {
    stand.lines.publish([line(`${count}`)]);
    // As an engine does: reading goes on between two lines.
    if (count < STREAM_WINDOW) await new Promise((resolve) => setImmediate(resolve));
  }
  const got: Push<LogLine>[] = [];
  for (let count = 0; count < STREAM_WINDOW; count += 1) got.push(await nextPush(stream));
  const more = nextPush(stream);
  await client.system.identity();
  const [queue] = feeds.states();
  expect(queue).toMatchObject({ name: 'feed.logs.tail', limit: 1000, depth: 1000 });
  const delivered = got.flatMap((push) => push.items).length;
  expect(queue?.dropped).toBe(total - 1000 - delivered);

  const last = got.at(-1);
  await client.system.acknowledge({
    subscription: last?.subscription ?? '',
    sequence: last?.sequence ?? 0,
  });
  const next = await more;
  expect(next.items).toHaveLength(1000);
  expect(next.items.at(-1)?.text).toBe(`${total - 1}`);
  expect(next.dropped).toBe(total - 1000 - delivered);
});

test('a call behind a flood is answered before the flood ends', async () => {
  const { face, stand } = await startWire();
  const { client, socket } = await face();
  const stream = await client.logs.tail({ filter: {} });
  let seen = 0;
  const reading = (async () => {
    for await (const push of stream) {
      seen += push.items.length + push.dropped;
      await client.system.acknowledge({ subscription: push.subscription, sequence: push.sequence });
    }
  })().catch(() => undefined);
  const filler = 'x'.repeat(1000);
  const flood = { on: true, ended: false };
  const flooding = (async () => {
    while (flood.on) {
      stand.lines.publish(Array.from({ length: 200 }, () => line(filler)));
      await new Promise((resolve) => setImmediate(resolve));
    }
    flood.ended = true;
  })();
  await expect.poll(() => seen).toBeGreaterThan(1000);
  const before = seen;
  for (let count = 0; count < 20; count += 1) await client.system.identity();
  // All twenty were answered while it went on.
  await expect.poll(() => seen).toBeGreaterThan(before);
  expect(flood.ended).toBe(false);
  flood.on = false;
  await flooding;
  socket.close();
  await reading;
});

test('a face that reads no answers is not read from either, and the engine holds a bounded amount for it', async () => {
  const { face, stand, server } = await startWire();
  const lazy = await face();
  lazy.socket.pause();
  const other = await face();
  const total = 120;
  const answers: Promise<string>[] = [];
  for (let count = 0; count < total; count += 1) {
    // Each answer is a megabyte.
    const answer = lazy.client.logs.search({ filter: { text: 'big' } });
    answers.push(
      answer.then(
        () => 'answered',
        () => 'lost',
      ),
    );
    // Both a pause, and the proof that others are served meanwhile.
    await other.client.system.identity();
  }
  // Eight megabytes wait in the socket, some more are on their way in the system's buffers.
  expect(stand.searched.length).toBeGreaterThan(8);
  expect(stand.searched.length).toBeLessThan(40);
  lazy.socket.resume();
  expect(new Set(await Promise.all(answers))).toEqual(new Set(['answered']));
  expect(stand.searched).toHaveLength(total);
  expect(server.counters.callsRefused).toBe(0);
});

/** @throws when the stream is over */
async function nextPush(stream: AsyncIterator<Push<LogLine>, unknown>): Promise<Push<LogLine>> {
  const step = await stream.next();
  if (step.done === true) throw new Error('The stream is over.');
  return step.value;
}

function logIdOf(error: unknown): unknown {
  const data: unknown = Reflect.get(Object(error), 'data');
  return Reflect.get(Object(data), 'logId');
}
