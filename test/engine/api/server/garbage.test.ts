import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { WebSocket } from 'ws';
import { CLOSE_GARBAGE, MAX_FRAME_BYTES } from '../../../../src-preload/contract/wire.ts';
import { closeOf, faceOn, startWire, type TestWire } from '../../../fixtures/wire.ts';

/** That the engine still works, for this socket and for a new one. */
async function expectServed(wire: TestWire, socket?: WebSocket): Promise<void> {
  const faces = [await wire.face(), ...(socket === undefined ? [] : [faceOn(socket)])];
  for (const { client } of faces) expect((await client.system.identity()).processId).toBe(process.pid);
}

/** The next answer to a frame with this id, read as the JSON it is. */
function answerTo(socket: WebSocket, id: string): Promise<{ b: { json: unknown } }> {
  return new Promise((resolve) => {
    socket.on('message', (data: Buffer) => {
      const frame = JSON.parse(data.toString('utf8')) as { i: string; p: { b: { json: unknown } } };
      if (frame.i === id) resolve(frame.p);
    });
  });
}

test.each([
  ['no JSON', 'hello'],
  ['half a JSON', '{"i":"1","p":{"u":"/system/iden'],
  ['an empty text', ''],
  ['a number', '42'],
  ['null', 'null'],
  ['a list', '[1,2,3]'],
  ['an object of another kind', '{"hello":1}'],
  ['a call without an address', '{"i":"1","p":{}}'],
  ['a call whose address is a number', '{"i":"1","p":{"u":7}}'],
  ['a call whose address is no URL', '{"i":"1","p":{"u":"http://["}}'],
  ['control characters', '\0\u0001\uffff'],
  ['binary zeros', Buffer.alloc(64)],
  ['binary noise', randomBytes(4096)],
  [
    'a binary frame whose text part is cut',
    Buffer.concat([Buffer.from('{"i":"1"'), Buffer.from([0xff, 0, 1])]),
  ],
])('%s, as a frame, is counted and the connection goes on', async (_name, frame) => {
  const wire = await startWire();
  const socket = await wire.socket();
  socket.send(frame);
  await expect.poll(() => wire.server.counters.badFrames).toBe(1);
  await expectServed(wire, socket);
});

test.each([
  ['an unknown call', '/logs/nothing', {}, 'NOT_FOUND'],
  ['an unknown area', '/nothing/at/all', {}, 'NOT_FOUND'],
  ['an area, not a call', '/logs', {}, 'NOT_FOUND'],
  ['the prototype as a call', '/__proto__/toString', {}, 'NOT_FOUND'],
  ['a constructor as a call', '/constructor', {}, 'NOT_FOUND'],
  ['no input', '/threats/explain', undefined, 'BAD_INPUT'],
  ['an input of another type', '/threats/explain', { json: 5 }, 'BAD_INPUT'],
  ['an input with a wrong field', '/threats/explain', { json: { line: { a: 1 } } }, 'BAD_INPUT'],
  ['an input that is no oRPC body', '/threats/explain', 'text', 'BAD_INPUT'],
  ['metadata that points nowhere', '/threats/explain', { json: {}, meta: [[1, 'a', 'b']] }, 'BAD_INPUT'],
  ['metadata of another kind', '/threats/explain', { json: { line: 'x' }, meta: [[1]] }, 'BAD_INPUT'],
  ['a text far too long', '/logs/search', { json: { filter: { text: 'x'.repeat(1_000_000) } } }, 'BAD_INPUT'],
])('a whole frame with %s is answered with a declared error', async (_name, address, body, code) => {
  const wire = await startWire();
  const socket = await wire.socket();
  const answer = answerTo(socket, '1');
  socket.send(JSON.stringify({ i: '1', p: { u: address, b: body } }));
  const { b } = await answer;
  expect(b.json).toMatchObject({ defined: true, code });
  expect(JSON.stringify(b)).not.toMatch(/node_modules|\.ts|\.js|at /);
  expect(wire.faults).toEqual([]);
  await expectServed(wire, socket);
});

test('metadata that names the prototype changes no prototype', async () => {
  const wire = await startWire();
  const socket = await wire.socket();
  const answer = answerTo(socket, '1');
  const text =
    '{"i":"1","p":{"u":"/threats/explain","b":{"json":{"line":"x","__proto__":{"hacked":1}},"meta":[[1,"__proto__","hacked"]]}}}';
  socket.send(text);
  await answer;
  expect('hacked' in {}).toBe(false);
  await expectServed(wire, socket);
});

test('a frame longer than the limit ends its connection, before it is read, and no other', async () => {
  const wire = await startWire();
  const socket = await wire.socket();
  const closed = closeOf(socket);
  socket.send(Buffer.alloc(MAX_FRAME_BYTES + 1));
  expect(await closed).toBe(1009);
  expect(wire.server.counters.badFrames).toBe(1);
  await expectServed(wire);
});

test('a hundred bad frames end their connection, and no other', async () => {
  const wire = await startWire();
  const socket = await wire.socket();
  const closed = closeOf(socket);
  for (let count = 0; count < 100; count += 1) socket.send('garbage');
  expect(await closed).toBe(CLOSE_GARBAGE);
  expect(wire.server.counters.badFrames).toBe(100);
  await expectServed(wire);
});

test('a connection cut in the middle of a frame is forgotten', async () => {
  const wire = await startWire();
  const raw = await upgraded(wire);
  // A masked text frame of 100 bytes, of which 8 come.
  raw.write(Buffer.from([0x81, 0x80 | 100, 1, 2, 3, 4, 5, 6, 7, 8]));
  raw.destroy();
  await expect
    .poll(() => wire.server.queues().find((queue) => queue.name === 'wire.connections')?.depth)
    .toBe(0);
  await expectServed(wire);
});

test.each([
  ['not masked', [0x81, 5, 1, 2, 3, 4, 5]],
  ['of a reserved kind', [0x83, 0x80, 1, 2, 3, 4]],
  ['marked as compressed', [0xc1, 0x81, 1, 2, 3, 4, 5]],
  ['of text that is no UTF-8', [0x81, 0x82, 0, 0, 0, 0, 0xc3, 0x28]],
])('a WebSocket frame %s ends its connection, and no other', async (_name, bytes) => {
  const wire = await startWire();
  const raw = await upgraded(wire);
  const closed = once(raw, 'close');
  raw.write(Buffer.from(bytes));
  await closed;
  expect(wire.server.counters.badFrames).toBe(1);
  await expectServed(wire);
});

test('whatever JSON comes, in whatever order, the engine goes on and nothing escapes', async () => {
  const wire = await startWire();
  const message = fc.record({
    i: fc.oneof(fc.string(), fc.integer(), fc.constant('1')),
    t: fc.option(fc.oneof(fc.constantFrom(1, 2, 3, 4, 99), fc.string()), { nil: undefined }),
    p: fc.option(
      fc.record({
        u: fc.oneof(
          fc.constantFrom('/system/identity', '/logs/tail', '/alerts/watch'),
          fc.string(),
          fc.webUrl(),
        ),
        b: fc.jsonValue(),
        h: fc.oneof(fc.constant(undefined), fc.dictionary(fc.string(), fc.string())),
        m: fc.constantFrom(undefined, 'GET', 'POST', 'X'),
      }),
      { nil: undefined },
    ),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(message, { maxLength: 20 }), async (messages) => {
      const socket = await wire.socket();
      for (const each of messages) socket.send(JSON.stringify(each));
      const closed = closeOf(socket);
      socket.close();
      await closed;
      await expectServed(wire);
    }),
    { numRuns: 50 },
  );
});

/** A bare connection that has been let in. */
async function upgraded(wire: TestWire): Promise<Socket> {
  const raw = connect(wire.address.file.socket);
  raw.on('error', () => undefined);
  raw.write(
    [
      'GET /engine HTTP/1.1',
      'Host: x',
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
      `Authorization: Bearer ${wire.address.token}`,
      '\r\n',
    ].join('\r\n'),
  );
  const [first] = (await once(raw, 'data')) as [Buffer];
  expect(first.toString('latin1')).toMatch(/^HTTP\/1\.1 101 /);
  return raw;
}
