import { MessageChannelMain, type MessagePortMain } from 'electron';
import type { RawData, WebSocket } from 'ws';
import { ENGINE_PATH } from '../../src-preload/contract/wire.ts';
import { connectEngine } from '../wire/connect.ts';
import type { EngineAddress } from '../wire/engine-address.ts';
import { frameOf } from '../wire/socket-link.ts';

/** One page's way to the engine. */
export interface Relay {
  /** The page's end. */
  port: MessagePortMain;
  close(): void;
}

/**
 * Connects a page with the engine, frame by frame, without looking in. One relay per page load and per engine: when
 * either end closes, so does the other, and the page asks for a new one.
 */
export async function openRelay(address: EngineAddress): Promise<Relay> {
  const socket = await connectEngine(address, { path: ENGINE_PATH, page: true });
  const { port1, port2 } = new MessageChannelMain();
  const close = (): void => {
    port1.close();
    socket.close();
  };
  port1.on('message', ({ data }: { data: unknown }) => sendFrame(socket, data));
  port1.on('close', close);
  socket.on('message', (data, isBinary) => port1.postMessage(cloneable(data, isBinary)));
  socket.on('close', close);
  port1.start();
  return { port: port2, close };
}

function sendFrame(socket: WebSocket, data: unknown): void {
  if (socket.readyState !== socket.OPEN) return;
  // Anything else is not a frame; the engine would refuse it too.
  if (typeof data === 'string') socket.send(data);
  else if (data instanceof ArrayBuffer) socket.send(new Uint8Array(data));
  else if (data instanceof Uint8Array) socket.send(data);
}

/** A Buffer may be a view of a larger one, all of which would be copied. */
function cloneable(data: RawData, isBinary: boolean): string | Uint8Array {
  const frame = frameOf(data, isBinary);
  return typeof frame === 'string' ? frame : Uint8Array.from(frame);
}
