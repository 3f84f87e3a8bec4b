import type { Router } from '@orpc/server';
import { RPCHandler } from '@orpc/server/message-port';
import type { Contract } from '../../src-preload/contract/index.ts';
import type { EngineState } from '../../src-preload/contract/desktop.ts';
import type { Desktop } from '../../src-renderer/bridge/index.ts';

export interface FakeDesktop extends Desktop {
  /** What the main process would tell. */
  setState: (state: EngineState) => void;
  copied: string[];
  restarts: number;
  /** What the file dialog will answer. */
  chosen: string[];
}

/** A desktop without Electron: ports lead to an engine in this page. */
export function fakeDesktop(
  router: Router<Contract, object>,
  first: EngineState = { phase: 'up', generation: 1, attached: false },
): FakeDesktop {
  const handler = new RPCHandler(router);
  const portListeners: ((port: MessagePort) => void)[] = [];
  const stateListeners: ((state: EngineState) => void)[] = [];
  let state = first;
  const desktop: FakeDesktop = {
    platform: 'linux',
    versions: { electron: '33.2.1', chromium: '130.0.6723.137', node: '20.18.1' },
    copied: [],
    restarts: 0,
    chosen: [],
    onEnginePort: (listener) => {
      portListeners.push(listener);
    },
    onEngineState: (listener) => {
      stateListeners.push(listener);
      listener(state);
      return () => stateListeners.splice(stateListeners.indexOf(listener), 1);
    },
    requestEnginePort: () => {
      const { port1, port2 } = new MessageChannel();
      handler.upgrade(port2);
      port2.start();
      for (const listener of portListeners) listener(port1);
      return Promise.resolve(true);
    },
    restartEngine: () => {
      desktop.restarts += 1;
      return Promise.resolve();
    },
    copyText: (text) => {
      desktop.copied.push(text);
      return Promise.resolve();
    },
    chooseLogFiles: () => Promise.resolve(desktop.chosen),
    setState: (next) => {
      state = next;
      for (const listener of stateListeners) listener(next);
    },
  };
  return desktop;
}
