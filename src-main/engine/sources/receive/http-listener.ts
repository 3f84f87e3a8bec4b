import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Socket } from 'node:net';
import { BodyBudget, Refusal, withBody } from './http-body.ts';
import type { Listener, ListenerContext } from './listener.ts';
import { plainAddress } from './sender-gate.ts';
import { listening, portOf } from './stream-listener.ts';
import type { TlsFiles } from './tls-files.ts';

/** What a request is answered with when all went well. */
export interface HttpAnswer {
  type: string;
  body: string | Buffer;
}

/** Takes the body of a request to one path. */
export interface HttpRoute {
  /** @throws Refusal */
  take(body: Buffer, request: { from: string; contentType: string }): Promise<HttpAnswer>;
  /** An error in the words of the protocol. */
  refuse(refusal: Refusal, contentType: string): HttpAnswer;
}

const MAX_HEADER_BYTES = 16 * 1024;
/** Between two requests of a connection; exporters send every few seconds to minutes. */
const KEEP_ALIVE_MS = 75_000;
const CHECKING_MS = 1000;
/** Bodies of so many largest requests may be under way together. */
const LARGEST_AT_ONCE = 4;

/**
 * HTTP for the routes of one listener, with a token. A request is answered with success when its lines are durable, and
 * with 429 or 503 and Retry-After when it has to come again: nothing is dropped that was promised.
 */
export async function openHttpListener(
  id: 'http' | 'otlp',
  context: ListenerContext,
  routes: ReadonlyMap<string, HttpRoute>,
  opens: (header: string | undefined) => boolean,
  tls: TlsFiles | undefined,
): Promise<Listener> {
  const { settings, clock, gate, queue, tally } = context;
  const { bodyBytes, connections, arrivalSeconds } = settings.limits;
  const { address, port } = settings[id];
  const budget = new BodyBudget(LARGEST_AT_ONCE * bodyBytes);
  const sockets = new Set<Socket>();
  const underWay = new Set<Promise<void>>();

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const from = plainAddress(request.socket.remoteAddress);
    const contentType = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
    const route = routes.get((request.url ?? '').split('?')[0] ?? '');
    try {
      if (!opens(request.headers.authorization)) throw new Refusal(401, 'the token is missing or another');
      if (route === undefined) throw new Refusal(404, `paths are ${[...routes.keys()].join(', ')}`);
      if (request.method !== 'POST') throw new Refusal(405, 'the method is POST');
      if (queue.full) throw new Refusal(503, 'the queue is full', 1);
      if (request.headers.expect !== undefined) response.writeContinue();
      const done = await withBody(request, bodyBytes, budget, (body) =>
        route.take(body, { from, contentType }),
      );
      send(response, 200, done, {});
    } catch (error) {
      const refusal = error instanceof Refusal ? error : new Refusal(503, 'it could not be stored', 5);
      count(refusal.status);
      if (response.headersSent || response.destroyed) return;
      const words = route?.refuse(refusal, contentType) ?? plainRefusal(refusal);
      send(response, refusal.status, words, headersOf(refusal, !request.complete));
    }
  }

  /** A request is counted as one, whatever was in it: it is told that nothing was taken, and may send again. */
  function count(status: number): void {
    const now = clock.now();
    if (status === 401) tally.drop('unauthorized', now);
    else if (status === 413) tally.drop('tooLarge', now);
    else if (status === 429 || status === 503) tally.deferred += 1;
    else tally.drop('malformed', now);
  }

  const options = {
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: Math.min(arrivalSeconds, 20) * 1000,
    requestTimeout: arrivalSeconds * 1000,
    keepAliveTimeout: KEEP_ALIVE_MS,
    connectionsCheckingInterval: CHECKING_MS,
  };
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    response.on('error', () => undefined);
    const one = answer(request, response).finally(() => underWay.delete(one));
    underWay.add(one);
  };
  const server =
    tls === undefined
      ? createServer(options, handle)
      : createTlsServer({ ...options, ...tls, minVersion: 'TLSv1.2', handshakeTimeout: 10_000 }, handle);
  server.on('checkContinue', handle);
  server.on('clientError', (_error: Error, socket: Socket) => {
    tally.drop('malformed', clock.now());
    // Ended for good: a peer that does not close its side would keep it open.
    if (socket.writable)
      socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n', () => socket.destroy());
    else socket.destroy();
  });
  server.prependListener('connection', (socket: Socket) => {
    socket.on('error', () => socket.destroy());
    const admitted = gate.admits(plainAddress(socket.remoteAddress));
    if (!admitted || sockets.size >= connections) {
      tally.drop(admitted ? 'connections' : 'notAllowed', clock.now());
      socket.destroy();
      return;
    }
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await listening(server, id, address, port);
  return {
    port: portOf(server),
    get connections() {
      return sockets.size;
    },
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      // Requests whose lines are on their way are still answered.
      await Promise.race([Promise.all(underWay), new Promise((resolve) => setTimeout(resolve, CLOSE_MS))]);
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** How long requests under way are waited for when the listener closes. */
const CLOSE_MS = 1500;

function send(
  response: ServerResponse,
  status: number,
  { type, body }: HttpAnswer,
  headers: Record<string, string>,
): void {
  response.writeHead(status, {
    'Content-Type': type,
    'Content-Length': String(Buffer.byteLength(body)),
    'Cache-Control': 'no-store',
    ...headers,
  });
  response.end(body);
}

function headersOf(refusal: Refusal, bodyUnread: boolean): Record<string, string> {
  return {
    ...(refusal.status === 401 ? { 'WWW-Authenticate': 'Bearer realm="yagura"' } : {}),
    ...(refusal.status === 405 ? { Allow: 'POST' } : {}),
    ...(refusal.retryAfter === undefined ? {} : { 'Retry-After': String(refusal.retryAfter) }),
    // What is still being sent is not read to its end.
    ...(bodyUnread ? { Connection: 'close' } : {}),
  };
}

/** `{"error":"…"}`. */
export function plainRefusal({ message }: Refusal): HttpAnswer {
  return { type: 'application/json', body: JSON.stringify({ error: message }) };
}
