import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, expect, test, vi } from 'vitest';
import { dropsInTable } from '../../../../src-main/engine/sources/receive/kernel-drops.ts';
import { PATIENCE, ReceivingEngine } from './receiving-engine.ts';

let engine: ReceivingEngine | undefined;
afterEach(async () => {
  await engine?.stop();
  engine = undefined;
});

test('a flood of datagrams, leaves as many lines as were sent less those counted as lost', async () => {
  const sent = 8000;
  const started = await ReceivingEngine.start(['syslogUdp'], {
    'limits.queueBytes': 65_536,
    'limits.senderRate': 1_000_000,
  });
  engine = started;
  const port = await started.portOf('syslogUdp');
  const socket = createSocket('udp4');
  const send = (number: number): Promise<void> =>
    new Promise((resolve) =>
      socket.send(`<13>flood: message number ${number} of a flood`, port, '127.0.0.1', () => resolve()),
    );
  // The sender's socket has a queue as well, which says nothing when it is full: fifty at a time fit.
  for (let number = 0; number < sent; number += 50)
    await Promise.all(Array.from({ length: 50 }, (_, index) => send(number + index)));
  socket.close();
  await once(socket, 'close');
  await vi.waitFor(async () => {
    const { received, dropped } = await started.listener('syslogUdp');
    expect(received + dropped).toBe(sent);
  }, PATIENCE);
  const { received, dropsBy } = await started.listener('syslogUdp');
  expect((dropsBy.full ?? 0) + (dropsBy.system ?? 0)).toBeGreaterThan(0);
  expect(await started.until('flood', received)).not.toHaveLength(0);
});

test('drops of the system, are those of the sockets of the port', () => {
  const table = `   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
  10: 0100007F:158A 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 11111 2 0000000000000000 7
  11: 00000000:158A 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 11112 2 0000000000000000 5
  12: 0100007F:0035 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 11113 2 0000000000000000 99
`;
  expect(dropsInTable(table, 5514)).toBe(12);
  expect(dropsInTable(table, 5515)).toBeUndefined();
});
