import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { trimmed } from './framing.ts';
import { kernelDrops } from './kernel-drops.ts';
import { bindFault, type Listener, type ListenerContext } from './listener.ts';
import { plainAddress } from './sender-gate.ts';
import { syslogLine, type StampReading } from './syslog-line.ts';

/** Asked of the system, which may give less: what waits while we are busy. */
const SOCKET_BUFFER_BYTES = 4 * 1024 * 1024;

/** Syslog over UDP (RFC 5426): a message a datagram. What does not fit is dropped and counted: UDP has no way to wait. */
export async function openUdpListener(context: ListenerContext, stamps: StampReading): Promise<Listener> {
  const { settings, clock, gate, labelOf, queue, tally } = context;
  const { address, port } = settings.syslogUdp;
  const { messageBytes } = settings.limits;
  const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');

  function take(datagram: Buffer, sender: RemoteInfo): void {
    const now = clock.now();
    const from = plainAddress(sender.address);
    if (!gate.admits(from)) return tally.drop('notAllowed', now);
    if (gate.take(from, 1, performance.now()) > 0) return tally.drop('rate', now);
    const cut = datagram.length > messageBytes;
    const message = trimmed(cut ? datagram.subarray(0, messageBytes) : datagram);
    if (message.length === 0) return tally.drop('malformed', now);
    // Looked at before the line is made: under a flood most of the time would go into what is dropped.
    if (queue.full || !queue.push(syslogLine(message, { from, now, stamps, labelOf })))
      return tally.drop('full', now);
    if (cut) tally.cut += 1;
    tally.take(from, now);
  }

  await bound(socket, address, port);
  const boundPort = socket.address().port;
  // An error of a bound socket (a network that went down) ends no listener; the next datagram may come.
  socket.on('error', () => undefined);
  socket.on('message', take);
  let droppedBefore = (await kernelDrops(address, boundPort)) ?? 0;
  return {
    port: boundPort,
    connections: 0,
    async look() {
      const dropped = (await kernelDrops(address, boundPort)) ?? droppedBefore;
      if (dropped > droppedBefore) tally.drop('system', clock.now(), dropped - droppedBefore);
      droppedBefore = dropped;
    },
    close: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}

function bound(socket: Socket, address: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('error', (error) => {
      socket.close();
      reject(bindFault('syslogUdp', address, port, error));
    });
    socket.bind({ address, port, exclusive: true }, () => {
      socket.removeAllListeners('error');
      try {
        socket.setRecvBufferSize(SOCKET_BUFFER_BYTES);
      } catch {
        // Some systems refuse instead of giving less: then their own size stays.
      }
      resolve();
    });
  });
}
