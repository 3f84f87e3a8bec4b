import { WebSocket } from 'ws';
import {
  MAX_FRAME_BYTES,
  OWNER_HEADER,
  PAGE_HEADER,
  type ENGINE_PATH,
  type HOST_PATH,
} from '../../src-preload/contract/wire.ts';
import type { EngineAddress } from './engine-address.ts';

/** The engine is on this machine: a connection takes a millisecond, or the engine is stopped or overloaded. */
const CONNECT_TIMEOUT_MS = 3000;

/** An engine's answers are larger than its inputs: a thousand long lines. */
const MAX_ANSWER_BYTES = 8 * MAX_FRAME_BYTES;

export interface ConnectOptions {
  path: typeof ENGINE_PATH | typeof HOST_PATH;
  /** On a host connection: the engine was started by this face and ends with it. */
  owner?: boolean;
  /** Its frames come from a page. */
  page?: boolean;
  timeoutMs?: number;
}

/**
 * Opens a connection to an engine.
 * @throws when nobody listens, the token is refused, or nothing answers in time
 */
export function connectEngine(address: EngineAddress, options: ConnectOptions): Promise<WebSocket> {
  const { path, owner = false, page = false, timeoutMs = CONNECT_TIMEOUT_MS } = options;
  const socket = new WebSocket(`ws+unix:${address.file.socket}:${path}`, {
    headers: {
      authorization: `Bearer ${address.token}`,
      ...(owner ? { [OWNER_HEADER]: '1' } : {}),
      ...(page ? { [PAGE_HEADER]: '1' } : {}),
    },
    handshakeTimeout: timeoutMs,
    perMessageDeflate: false,
    maxPayload: MAX_ANSWER_BYTES,
  });
  return new Promise((resolve, reject) => {
    // Stays: an error later ends in a close, and without a listener in the end of this process.
    socket.on('error', reject);
    socket.once('open', () => resolve(socket));
  });
}
