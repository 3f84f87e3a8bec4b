import { implement } from '@orpc/server';
import { RPCHandler } from '@orpc/server/ws';
import type { WebSocket } from 'ws';
import { hostContract } from '../../src-preload/contract/host.ts';
import type { DesktopWords } from './desktop-words.ts';
import { showNotice } from './notifications.ts';
import type { Secrets } from './secrets.ts';

export interface HostServiceOptions {
  secrets: Secrets;
  words: DesktopWords;
  onNoticeClicked: () => void;
}

/** What this desktop does for its engine: keychain and notifications. */
export function hostServices(options: HostServiceOptions): (socket: WebSocket) => void {
  const { secrets } = options;
  const host = implement(hostContract);
  const router = host.router({
    notify: host.notify.handler(({ input }) => ({
      shown: showNotice(input, options.words.say, options.onNoticeClicked),
    })),
    secrets: {
      get: host.secrets.get.handler(async ({ input }) => ({ value: await secrets.get(input.name) })),
      set: host.secrets.set.handler(async ({ input }) => ({
        protectedBy: await secrets.set(input.name, input.value),
      })),
    },
  });
  const handler = new RPCHandler(router);
  return (socket) => void handler.upgrade(socket);
}
