import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import { systemClock } from '../../../../src-main/engine/flow/clock.ts';
import { askTime } from '../../../../src-main/engine/sources/host/sntp.ts';

const EPOCH_SECONDS = 2_208_988_800;
let server: Socket | undefined;

afterEach(() => {
  server?.close();
  server = undefined;
});

function writeStamp(packet: Buffer, at: number, utcMs: number): void {
  const seconds = utcMs / 1000 + EPOCH_SECONDS;
  packet.writeUInt32BE(Math.floor(seconds) % 2 ** 32, at);
  packet.writeUInt32BE(Math.floor((seconds % 1) * 2 ** 32), at + 4);
}

/** A responder as RFC 4330, section 5 describes it, whose clock is `aheadMs` ahead of ours. */
async function responder(
  aheadMs: number,
  change: (packet: Buffer) => void = () => undefined,
): Promise<string> {
  const socket = createSocket('udp4');
  server = socket;
  socket.on('message', (request, from) => {
    const packet = Buffer.alloc(48);
    packet[0] = 0x24;
    packet[1] = 2;
    request.copy(packet, 24, 40, 48);
    writeStamp(packet, 32, Date.now() + aheadMs);
    writeStamp(packet, 40, Date.now() + aheadMs);
    change(packet);
    socket.send(packet, from.port, from.address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return `127.0.0.1:${socket.address().port}`;
}

test('time server, the offset of this clock is measured', async () => {
  const result = await askTime(await responder(1500), systemClock);
  expect('answer' in result && result.answer.offsetSeconds).toBeCloseTo(-1.5, 1);
});

test('time server, a clock beyond the wrap of 2036 is still read right', async () => {
  const later = Date.UTC(2037, 0, 1);
  const ahead = later - Date.now();
  const result = await askTime(await responder(ahead), { now: () => later });
  expect('answer' in result && result.answer.offsetSeconds).toBeCloseTo(0, 1);
});

test('time server, one that refuses is not believed', async () => {
  const result = await askTime(
    await responder(0, (packet) => {
      packet[1] = 0;
    }),
    systemClock,
  );
  expect('failure' in result && result.failure.message.key).toBe('host.clock.refused');
});

test('time server, one that is not synchronised itself is not believed', async () => {
  const result = await askTime(
    await responder(0, (packet) => {
      packet[0] = 0xe4;
    }),
    systemClock,
  );
  expect('failure' in result && result.failure.message.key).toBe('host.clock.notSynchronised');
});

test('time server, an answer to a question never asked is ignored', async () => {
  const result = await askTime(
    await responder(0, (packet) => {
      packet[24] = (packet[24] ?? 0) ^ 1;
    }),
    systemClock,
  );
  expect('failure' in result && result.failure.message.key).toBe('host.clock.noAnswer');
});
