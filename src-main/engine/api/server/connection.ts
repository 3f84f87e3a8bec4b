import { createServerPeerHandleRequestFn } from '@orpc/server/standard-peer';
import type { StandardRPCHandler } from '@orpc/server/standard';
import { ServerPeer } from '@orpc/standard-server-peer';
import type { WebSocket } from 'ws';
import { CLOSE_GARBAGE } from '../../../../src-preload/contract/wire.ts';
import { frameOf } from '../../../wire/socket-link.ts';

/** What a call's handler knows of who calls. */
export interface CallContext {
  /** Names the connection, for the log. */
  connection: string;
  /** It is a relay for a page: what runs there need not be ours alone. */
  page: boolean;
  /** False when the connection has as many calls and streams under way as it may have; the call is refused. */
  admitted: boolean;
}

/** Calls and streams one connection may have under way: a window with all its tiles needs some forty. */
export const MAX_CALLS_PER_CONNECTION = 256;

/**
 * Bytes waiting in a connection's socket above which nothing more is read from it until they are gone: who does not
 * read answers can't ask more.
 */
const MAX_BUFFERED_BYTES = 8 * 1024 * 1024;
const RESUME_CHECK_MS = 20;

/** Frames that were no frames before the connection is closed: one may be a bug of the face, a hundred are an attack. */
const MAX_BAD_FRAMES = 100;

export interface ConnectionEvents {
  /** A frame could not be read. */
  onBadFrame(): void;
  /** A call was refused because of {@link MAX_CALLS_PER_CONNECTION}. */
  onRefusedCall(): void;
}

/** A connection as the self-monitoring page sees it. */
export interface ServedConnection {
  /** Calls and streams under way. */
  readonly underWay: number;
}

/** Serves the contract on one WebSocket until it closes. Whatever comes in, nothing leaves here as an exception. */
export function serveConnection(
  socket: WebSocket,
  { name, page }: { name: string; page: boolean },
  handler: StandardRPCHandler<CallContext>,
  events: ConnectionEvents,
): ServedConnection {
  let badFrames = 0;
  let paused: NodeJS.Timeout | undefined;

  const peer = new ServerPeer((frame) => {
    if (socket.readyState === socket.OPEN) socket.send(frame);
    holdWhileFull();
  });

  const admit = (): boolean => {
    // `length` counts calls and streams under way, this one included.
    const admitted = peer.length <= MAX_CALLS_PER_CONNECTION;
    if (!admitted) events.onRefusedCall();
    return admitted;
  };

  socket.on('message', (data, isBinary) => {
    let understood = false;
    peer
      .message(frameOf(data, isBinary), (request) => {
        understood = true;
        const context = { connection: name, page, admitted: admit() };
        return createServerPeerHandleRequestFn(handler, { context })(request);
      })
      .catch(() => {
        // Later than this, only the sending of an answer can fail: the connection is gone.
        if (understood) return;
        badFrames += 1;
        events.onBadFrame();
        if (badFrames >= MAX_BAD_FRAMES) socket.close(CLOSE_GARBAGE);
      });
  });
  socket.on('close', () => {
    clearInterval(paused);
    peer.close();
  });

  function holdWhileFull(): void {
    if (paused !== undefined || socket.bufferedAmount <= MAX_BUFFERED_BYTES) return;
    socket.pause();
    paused = setInterval(() => {
      const open = socket.readyState === socket.OPEN;
      if (open && socket.bufferedAmount > MAX_BUFFERED_BYTES / 2) return;
      clearInterval(paused);
      paused = undefined;
      socket.resume();
    }, RESUME_CHECK_MS);
  }

  return {
    get underWay() {
      return peer.length;
    },
  };
}
