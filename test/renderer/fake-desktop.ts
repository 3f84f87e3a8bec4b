import type { Router } from '@orpc/server';
import { RPCHandler } from '@orpc/server/message-port';
import type { Contract } from '../../src-preload/contract/index.ts';
import type {
  Autostart,
  EngineState,
  ProcessUsage,
  SavedArchiveKey,
  WindowMode,
} from '../../src-preload/contract/desktop.ts';
import type { Desktop } from '../../src-renderer/bridge/index.ts';

export interface FakeDesktop extends Desktop {
  /** What the main process would tell. */
  setState: (state: EngineState) => void;
  copied: string[];
  restarts: number;
  /** What the file dialog will answer. */
  chosen: string[];
  /** What the folder dialog will answer. */
  chosenFolder: string | null;
  /** What was handed over to be saved, and where the save dialog will say it was written. */
  saved: { suggestedName: string; bytes: Uint8Array }[];
  savedAs: string | null;
  /** What saving the archives' key answers. */
  savedKey: SavedArchiveKey;
  used: ProcessUsage[];
  atSignIn: Autostart;
  /** Modes asked for, in order. */
  windowModes: WindowMode[];
  demos: number;
  /** What the file dialog answers, and the bundles that were shown. */
  bundle: string | null;
  shownBundles: string[];
  /** What the tray would tell. */
  goTo: (hash: string) => void;
}

/** A desktop without Electron: ports lead to an engine in this page. Without a router no port ever comes. */
export function fakeDesktop(
  router: Router<Contract, object> | undefined,
  first: EngineState = { phase: 'up', generation: 1, attached: false },
): FakeDesktop {
  const handler = router === undefined ? undefined : new RPCHandler(router);
  const portListeners: ((port: MessagePort) => void)[] = [];
  const stateListeners: ((state: EngineState) => void)[] = [];
  const goToListeners = new Set<(hash: string) => void>();
  let state = first;
  const desktop: FakeDesktop = {
    platform: 'linux',
    versions: { electron: '33.2.1', chromium: '130.0.6723.137', node: '20.18.1' },
    copied: [],
    restarts: 0,
    chosen: [],
    chosenFolder: '/srv/reports',
    saved: [],
    savedAs: '/home/desk/saved',
    savedKey: { outcome: 'saved', path: '/home/desk/key.txt', fingerprint: '3f9a2c0d11223344' },
    used: [{ type: 'main', cpuPercent: 0.2, memoryBytes: 124_000_000 }],
    atSignIn: { supported: true, enabled: false },
    windowModes: [],
    demos: 0,
    bundle: '/home/desk/other.zip',
    shownBundles: [],
    onEnginePort: (listener) => {
      portListeners.push(listener);
    },
    onEngineState: (listener) => {
      stateListeners.push(listener);
      listener(state);
      return () => stateListeners.splice(stateListeners.indexOf(listener), 1);
    },
    requestEnginePort: () => {
      if (handler === undefined) return new Promise(() => undefined);
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
    chooseFolder: () => Promise.resolve(desktop.chosenFolder),
    saveFile: (suggestedName, bytes) => {
      desktop.saved.push({ suggestedName, bytes });
      return Promise.resolve(desktop.savedAs);
    },
    saveArchiveKey: () => Promise.resolve(desktop.savedKey),
    usage: () => Promise.resolve(desktop.used),
    autostart: {
      get: () => Promise.resolve(desktop.atSignIn),
      set: (enabled) => {
        desktop.atSignIn = { ...desktop.atSignIn, enabled };
        return Promise.resolve(desktop.atSignIn);
      },
    },
    setWindowMode: (mode) => {
      desktop.windowModes.push(mode);
      return Promise.resolve();
    },
    chooseBundle: () => Promise.resolve(desktop.bundle),
    showBundle: (directory) => {
      desktop.shownBundles.push(directory);
      return Promise.resolve();
    },
    startDemo: () => {
      desktop.demos += 1;
      return Promise.resolve();
    },
    onGoTo: (listener) => {
      goToListeners.add(listener);
      return () => {
        goToListeners.delete(listener);
      };
    },
    goTo: (hash) => {
      for (const listener of goToListeners) listener(hash);
    },
    setState: (next) => {
      state = next;
      for (const listener of stateListeners) listener(next);
    },
  };
  return desktop;
}
