import type { DesktopApi } from '../../src-preload/contract/desktop.ts';
import { ENGINE_PORT_MESSAGE } from '../../src-preload/contract/desktop.ts';

declare global {
  interface Window {
    /** Set by the preload script; absent in a browser. */
    yagura?: DesktopApi;
  }
}

/** The desktop as the bridge sees it: the preload's calls, and ports as they arrive. */
export interface Desktop extends DesktopApi {
  onEnginePort: (listener: (port: MessagePort) => void) => void;
}

/**
 * The desktop this page runs in.
 * @throws outside of Yagura's window
 */
export function thisDesktop(): Desktop {
  const api = window.yagura;
  if (api === undefined) throw new Error('This page runs in the window of Yagura only.');
  return {
    ...api,
    onEnginePort: (listener) => {
      window.addEventListener('message', (event: MessageEvent<unknown>) => {
        const [port] = event.ports;
        if (event.source === window && event.data === ENGINE_PORT_MESSAGE && port !== undefined)
          listener(port);
      });
    },
  };
}
