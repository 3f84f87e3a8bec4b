import { createORPCClient } from '@orpc/client';
import type { ContractRouterClient } from '@orpc/contract';
import { CALL_TIMEOUT_MS } from '../../src-preload/contract/limits.ts';
import type { Contract } from '../../src-preload/contract/index.ts';
import { ENGINE_PATH } from '../../src-preload/contract/wire.ts';
import { connectEngine } from './connect.ts';
import { readEngineAddress, type EngineAddress } from './engine-address.ts';
import { socketLink } from './socket-link.ts';

export type EngineClient = ContractRouterClient<Contract>;

/** A connection to a running engine. */
export interface EngineConnection {
  client: EngineClient;
  address: EngineAddress;
  /** Resolves when the connection is over, whoever ended it. */
  closed: Promise<void>;
  close(): void;
}

/**
 * Connects to an engine. Calls on a connection that is lost reject; each takes `callLimit()` or a signal of its own.
 * @throws when nobody answers at the address
 */
export async function connectClient(address: EngineAddress): Promise<EngineConnection> {
  const socket = await connectEngine(address, { path: ENGINE_PATH });
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  const client = createORPCClient<EngineClient>(socketLink(socket));
  return { client, address, closed, close: () => socket.close() };
}

/** The engine that runs for a data directory, or undefined. */
export async function attachToEngine(dataDirectory: string): Promise<EngineConnection | undefined> {
  const address = await readEngineAddress(dataDirectory);
  if (address === undefined) return undefined;
  try {
    return await connectClient(address);
  } catch {
    // The file outlived its engine, or the engine is ending.
    return undefined;
  }
}

/** The time limit every call without its own gets. */
export function callLimit(milliseconds: number = CALL_TIMEOUT_MS): { signal: AbortSignal } {
  return { signal: AbortSignal.timeout(milliseconds) };
}
