import { once } from 'node:events';
import { chmod, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { PROTOCOL_VERSION } from '../../../../src-preload/contract/limits.ts';
import type { QueueState } from '../../../../src-preload/contract/system.ts';
import {
  CLOSE_ENDING,
  ENGINE_FILE,
  ENGINE_PATH,
  HOST_PATH,
  MAX_FRAME_BYTES,
  OWNER_HEADER,
  PAGE_HEADER,
  TOKEN_FILE,
  type EngineFile,
} from '../../../../src-preload/contract/wire.ts';
import type { Clock } from '../../flow/clock.ts';
import { MAX_CALLS_PER_CONNECTION, serveConnection, type ServedConnection } from './connection.ts';
import type { Fault } from './declared-errors.ts';
import { createHandler, type EngineRouter } from './handler.ts';
import { HostServices } from './host-services.ts';
import { OwnerWatch } from './owner.ts';
import { opens, replacePrivately, writeNewToken } from './secret-token.ts';
import { chooseSocketPath, socketPlace, type SocketPlace } from './socket-path.ts';

/** Faces of one user on one machine: windows, terminals, a few scripts. */
export const MAX_CONNECTIONS = 64;
/** A connection that says nothing useful for this long is closed: faces are local and answer in a millisecond. */
const HANDSHAKE_TIMEOUT_MS = 5000;
/** How long a face may take to confirm that the connection closes. */
const CLOSE_TIMEOUT_MS = 500;

export interface ServeOptions {
  router: EngineRouter;
  /** Must exist and be locked by this process: an old socket in it is removed. */
  dataDirectory: string;
  /** Yagura's version. */
  version: string;
  clock: Clock;
  /** Faults of ours, for the engine's log. */
  logFault: (fault: Fault) => void;
  /** Refuses every call that changes something. */
  readOnly?: boolean;
  /** Where it asks its host; made by the caller, since routers and notifications need it too. */
  host?: HostServices;
  /** Set when a desktop started this engine for itself: called once when that desktop asks it to end, or is gone. */
  onOwnerGone?: () => void;
  place?: SocketPlace;
}

/** Events of the wire since the engine started. */
export interface WireCounters {
  connections: number;
  /** Wrong or no token. */
  unauthorised: number;
  /** Beyond {@link MAX_CONNECTIONS}. */
  connectionsRefused: number;
  /** Beyond {@link MAX_CALLS_PER_CONNECTION}. */
  callsRefused: number;
  /** What was no frame of this protocol. */
  badFrames: number;
}

export interface WireServer {
  /** What `engine.json` says. */
  readonly address: EngineFile;
  readonly counters: WireCounters;
  queues(): QueueState[];
  /** Closes every connection and removes socket, token and `engine.json`. */
  close(): Promise<void>;
}

/**
 * Listens on the data directory's local socket and serves the contract to whoever shows its token. `engine.json` appears
 * last: who finds it finds an engine that answers.
 */
export async function serve(options: ServeOptions): Promise<WireServer> {
  const { dataDirectory } = options;
  const engineFile = join(dataDirectory, ENGINE_FILE);
  const tokenFile = join(dataDirectory, TOKEN_FILE);
  const socketPath = await chooseSocketPath(dataDirectory, options.place ?? socketPlace());
  await rm(engineFile, { force: true });
  const token = await writeNewToken(tokenFile);

  const counters: WireCounters = {
    connections: 0,
    unauthorised: 0,
    connectionsRefused: 0,
    callsRefused: 0,
    badFrames: 0,
  };
  const owner = options.onOwnerGone === undefined ? undefined : new OwnerWatch(options.onOwnerGone);
  const faces = new Set<ServedConnection>();
  const sockets = acceptSockets(options, counters, owner, faces);
  const server = createServer({ headersTimeout: HANDSHAKE_TIMEOUT_MS }, (_request, response) => {
    response.writeHead(404, { connection: 'close' }).end();
  });
  server.maxConnections = MAX_CONNECTIONS;
  server.on('drop', () => {
    counters.connectionsRefused += 1;
  });
  server.on('clientError', (_error, socket) => socket.destroy());
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    // Without a listener, a caller that resets the connection here would end the engine.
    socket.on('error', () => socket.destroy());
    if (!opens(request.headers.authorization, token)) {
      counters.unauthorised += 1;
      refuse(socket, '401 Unauthorized');
    } else if (request.url === ENGINE_PATH || request.url === HOST_PATH) {
      sockets.handleUpgrade(request, socket, head, (webSocket) => {
        sockets.emit('connection', webSocket, request);
      });
    } else refuse(socket, '404 Not Found');
  });
  await listen(server, socketPath);

  const address: EngineFile = {
    pid: process.pid,
    socket: socketPath,
    startedAt: options.clock.now(),
    version: options.version,
    protocol: PROTOCOL_VERSION,
  };
  await replacePrivately(engineFile, JSON.stringify(address));

  return {
    address,
    counters,
    queues: () => [
      {
        name: 'wire.connections',
        depth: sockets.clients.size,
        limit: MAX_CONNECTIONS,
        dropped: counters.connectionsRefused,
      },
      {
        // The limit is each connection's own: what counts is the fullest.
        name: 'wire.calls',
        depth: Math.max(0, ...[...faces].map((face) => face.underWay)),
        limit: MAX_CALLS_PER_CONNECTION,
        dropped: counters.callsRefused,
      },
    ],
    close: async () => {
      owner?.close();
      await Promise.all([rm(engineFile, { force: true }), rm(tokenFile, { force: true })]);
      await closeAll(sockets, server);
      // Node removes the socket's file itself; after a crash of this process nobody does.
      if (process.platform !== 'win32') await rm(socketPath, { force: true });
    },
  };
}

function acceptSockets(
  options: ServeOptions,
  counters: WireCounters,
  owner: OwnerWatch | undefined,
  faces: Set<ServedConnection>,
): WebSocketServer {
  const handler = createHandler(options.router, options.logFault, options.readOnly);
  const host = options.host ?? new HostServices();
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_FRAME_BYTES,
    // Local: compressing costs more than it saves.
    perMessageDeflate: false,
  });
  sockets.on('connection', (socket: WebSocket, request: IncomingMessage) => {
    counters.connections += 1;
    // A broken frame: ws closes the connection by itself.
    socket.on('error', () => {
      counters.badFrames += 1;
    });
    if (request.url === HOST_PATH) {
      host.attach(socket);
      if (request.headers[OWNER_HEADER] === '1') owner?.attach(socket);
      return;
    }
    const caller = {
      name: `connection-${counters.connections}`,
      page: request.headers[PAGE_HEADER] === '1',
    };
    const face = serveConnection(socket, caller, handler, {
      onBadFrame: () => {
        counters.badFrames += 1;
      },
      onRefusedCall: () => {
        counters.callsRefused += 1;
      },
    });
    faces.add(face);
    socket.on('close', () => faces.delete(face));
  });
  return sockets;
}

async function listen(server: Server, path: string): Promise<void> {
  const unix = process.platform !== 'win32';
  if (unix) await rm(path, { force: true });
  // The socket is born with its final rights: between listening and chmod anybody could have connected.
  const before = unix ? process.umask(0o177) : undefined;
  try {
    server.listen(path);
  } finally {
    if (before !== undefined) process.umask(before);
  }
  await once(server, 'listening');
  if (unix) await chmod(path, 0o600);
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () => socket.destroy());
}

async function closeAll(sockets: WebSocketServer, server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  for (const socket of sockets.clients) socket.close(CLOSE_ENDING);
  const impatience = setTimeout(() => {
    for (const socket of sockets.clients) socket.terminate();
    server.closeAllConnections();
  }, CLOSE_TIMEOUT_MS);
  await closed;
  clearTimeout(impatience);
}
