import { StandardRPCLink, type StandardLinkClient } from '@orpc/client/standard';
import type { ClientContext } from '@orpc/client';
import { ClientPeer } from '@orpc/standard-server-peer';
import type { RawData, WebSocket } from 'ws';

/**
 * An oRPC link over an open WebSocket of the `ws` package. A socket that closes rejects what is pending (AbortError), and
 * a call on a closed socket rejects at once.
 *
 * oRPC's own link is typed for browsers, answers garbage with an unhandled rejection, and may be made before the socket
 * is open; this one lets the owner of the socket see garbage (`onGarbage`) and decide.
 */
export function socketLink(
  socket: WebSocket,
  onGarbage?: (error: unknown) => void,
): StandardRPCLink<ClientContext> {
  const peer = new ClientPeer((frame) => {
    if (socket.readyState !== socket.OPEN) throw new Error('The connection is closed.');
    socket.send(frame);
  });
  socket.on('message', (data, isBinary) => {
    peer.message(frameOf(data, isBinary)).catch((error: unknown) => onGarbage?.(error));
  });
  socket.on('close', () => peer.close());
  const client: StandardLinkClient<ClientContext> = {
    call: async (request) => {
      const response = await peer.request(request);
      return { ...response, body: () => Promise.resolve(response.body) };
    },
  };
  return new StandardRPCLink(client, { url: 'http://orpc' });
}

/** oRPC reads text frames as strings, and binary ones (with an attached file) as bytes. */
export function frameOf(data: RawData, isBinary: boolean): string | Uint8Array {
  const bytes = Array.isArray(data)
    ? Buffer.concat(data)
    : data instanceof ArrayBuffer
      ? Buffer.from(data)
      : data;
  return isBinary ? bytes : bytes.toString('utf8');
}
