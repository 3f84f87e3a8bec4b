import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { SyslogFramer } from './framing.ts';
import { bindFault, type Listener, type ListenerContext } from './listener.ts';
import { plainAddress } from './sender-gate.ts';
import { syslogLine, type StampReading } from './syslog-line.ts';
import type { TlsFiles } from './tls-files.ts';

/** A connection on which nothing came for so long gives way to a new one when there are too many. */
const IDLE_MS = 60_000;
const HANDSHAKE_MS = 10_000;
/** A peer that vanished without a word is found out. */
const KEEP_ALIVE_MS = 60_000;

/**
 * Syslog over TCP (RFC 6587) or TLS (RFC 5425). Where lines can't be stored as fast as they come, reading pauses and the
 * sender waits: nothing is dropped here.
 */
export async function openStreamListener(
  id: 'syslogTcp' | 'syslogTls',
  context: ListenerContext,
  stamps: StampReading,
  tls: TlsFiles | undefined,
): Promise<Listener> {
  const { settings, clock, gate, tally } = context;
  const { address, port } = settings[id];
  const connections = new Map<Socket, Connection>();
  const raw = new Set<Socket>();

  /** Before a handshake: whoever may not send costs nothing more. */
  function admit(socket: Socket): void {
    const from = plainAddress(socket.remoteAddress);
    socket.on('error', () => socket.destroy());
    if (!gate.admits(from)) {
      tally.drop('notAllowed', clock.now());
      socket.destroy();
    } else if (raw.size >= settings.limits.connections && !makeRoom()) {
      tally.drop('connections', clock.now());
      socket.destroy();
    } else {
      raw.add(socket);
      socket.setKeepAlive(true, KEEP_ALIVE_MS);
      socket.once('close', () => raw.delete(socket));
    }
  }

  function makeRoom(): boolean {
    const now = performance.now();
    let idlest: Connection | undefined;
    for (const each of connections.values())
      if (now - each.lastAt > IDLE_MS && each.lastAt < (idlest?.lastAt ?? Infinity)) idlest = each;
    idlest?.end();
    return idlest !== undefined;
  }

  function serve(socket: Socket): void {
    if (socket.destroyed) return;
    const connection = new Connection(socket, context, stamps);
    connections.set(socket, connection);
    socket.once('close', () => {
      connections.delete(socket);
      connection.closed();
    });
  }

  const server =
    tls === undefined
      ? createServer((socket) => {
          admit(socket);
          serve(socket);
        })
      : createTlsServer({
          ...tls,
          minVersion: 'TLSv1.2',
          requestCert: tls.ca !== undefined,
          rejectUnauthorized: tls.ca !== undefined,
          handshakeTimeout: HANDSHAKE_MS,
        })
          .prependListener('connection', admit)
          .on('secureConnection', (socket) => {
            socket.on('error', () => socket.destroy());
            serve(socket);
          })
          .on('tlsClientError', (_error, socket) => {
            tally.drop('malformed', clock.now());
            socket.destroy();
          });
  await listening(server, id, address, port);
  return {
    port: portOf(server),
    get connections() {
      return raw.size;
    },
    look() {
      const oldest = performance.now() - settings.limits.arrivalSeconds * 1000;
      for (const connection of connections.values()) connection.endIfSlow(oldest);
      return Promise.resolve();
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const connection of connections.values()) connection.end();
        for (const socket of raw) socket.destroy();
      }),
  };
}

/** One sender's connection. */
class Connection {
  readonly #socket: Socket;
  readonly #context: ListenerContext;
  readonly #stamps: StampReading;
  readonly #from: string;
  readonly #framer: SyslogFramer;
  #messages = 0;
  #partialSince: number | undefined;
  #paused = false;
  lastAt = performance.now();

  constructor(socket: Socket, context: ListenerContext, stamps: StampReading) {
    this.#socket = socket;
    this.#context = context;
    this.#stamps = stamps;
    this.#from = plainAddress(socket.remoteAddress);
    this.#framer = new SyslogFramer(context.settings.limits.messageBytes, (message, cut) =>
      this.#take(message, cut),
    );
    socket.on('data', (bytes: Buffer) => this.#read(bytes));
  }

  end(): void {
    this.#socket.destroy();
  }

  /** A message that takes so long to arrive is never going to. */
  endIfSlow(oldest: number): void {
    if (this.#paused || this.#partialSince === undefined || this.#partialSince > oldest) return;
    this.#context.tally.drop('malformed', this.#context.clock.now());
    this.end();
  }

  closed(): void {
    this.#framer.end();
  }

  #read(bytes: Buffer): void {
    this.lastAt = performance.now();
    this.#messages = 0;
    this.#framer.push(bytes);
    if (!this.#framer.partial) this.#partialSince = undefined;
    else if (this.#messages > 0 || this.#partialSince === undefined) this.#partialSince = this.lastAt;
    const { gate, queue } = this.#context;
    const wait = this.#messages === 0 ? 0 : gate.take(this.#from, this.#messages, this.lastAt);
    if (wait > 0 || queue.full) void this.#pause(wait);
  }

  async #pause(milliseconds: number): Promise<void> {
    if (this.#paused) return;
    this.#paused = true;
    this.#socket.pause();
    if (milliseconds > 0) await new Promise((resolve) => setTimeout(resolve, milliseconds));
    await this.#context.queue.roomAgain();
    this.#paused = false;
    if (this.#partialSince !== undefined) this.#partialSince = performance.now();
    this.#socket.resume();
  }

  #take(message: Buffer, cut: boolean): void {
    const { clock, labelOf, queue, tally } = this.#context;
    const now = clock.now();
    const from = this.#from;
    queue.pushAnyway(syslogLine(message, { from, now, stamps: this.#stamps, labelOf }));
    if (cut) tally.cut += 1;
    tally.take(from, now);
    this.#messages += 1;
  }
}

/** Rejects with a ListenerFault where the port can't be had. */
export function listening(
  server: Server,
  id: 'syslogTcp' | 'syslogTls' | 'http' | 'otlp',
  address: string,
  port: number,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const refuse = (error: Error): void => reject(bindFault(id, address, port, error));
    server.once('error', refuse);
    server.listen({ host: address, port, exclusive: true }, () => {
      server.off('error', refuse);
      // Accepting may fail for want of descriptors; the next connection may come.
      server.on('error', () => undefined);
      resolve();
    });
  });
}

export function portOf(server: Server): number {
  const bound: AddressInfo | string | null = server.address();
  return typeof bound === 'object' && bound !== null ? bound.port : 0;
}
