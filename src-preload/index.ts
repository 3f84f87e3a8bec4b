import { contextBridge, ipcRenderer, type IpcRendererEvent } from 'electron';
import {
  DESKTOP_CHANNELS,
  ENGINE_PORT_MESSAGE,
  type DesktopApi,
  type EngineState,
} from './contract/desktop.ts';

const stateListeners = new Set<(state: EngineState) => void>();

ipcRenderer.on(DESKTOP_CHANNELS.engineState, (_event, state: EngineState) => {
  for (const listener of stateListeners) listener(state);
});

const goToListeners = new Set<(hash: string) => void>();
/** Chosen before the page listened. */
let goToWaiting: string | undefined;

ipcRenderer.on(DESKTOP_CHANNELS.goTo, (_event, hash: string) => {
  if (goToListeners.size === 0) goToWaiting = hash;
  for (const listener of goToListeners) listener(hash);
});

// The page gets the port as a message of its own window; nothing else can carry it out of this isolated world.
ipcRenderer.on(DESKTOP_CHANNELS.enginePort, (event: IpcRendererEvent) => {
  window.postMessage(ENGINE_PORT_MESSAGE, window.location.origin, event.ports);
});

const api: DesktopApi = {
  platform: process.platform,
  versions: {
    electron: process.versions.electron,
    chromium: process.versions.chrome,
    node: process.versions.node,
  },
  onEngineState: (listener) => {
    let changed = false;
    const listen = (state: EngineState): void => {
      changed = true;
      listener(state);
    };
    stateListeners.add(listen);
    void ipcRenderer.invoke(DESKTOP_CHANNELS.engineState).then((state: EngineState) => {
      // A change that came meanwhile is newer than this answer.
      if (!changed && stateListeners.has(listen)) listener(state);
    });
    return () => {
      stateListeners.delete(listen);
    };
  },
  requestEnginePort: () => ipcRenderer.invoke(DESKTOP_CHANNELS.enginePort),
  restartEngine: () => ipcRenderer.invoke(DESKTOP_CHANNELS.restartEngine),
  copyText: (text) => ipcRenderer.invoke(DESKTOP_CHANNELS.copyText, text),
  chooseLogFiles: () => ipcRenderer.invoke(DESKTOP_CHANNELS.chooseLogFiles),
  chooseFolder: () => ipcRenderer.invoke(DESKTOP_CHANNELS.chooseFolder),
  saveFile: (suggestedName, bytes) => ipcRenderer.invoke(DESKTOP_CHANNELS.saveFile, { suggestedName, bytes }),
  saveArchiveKey: () => ipcRenderer.invoke(DESKTOP_CHANNELS.saveArchiveKey),
  usage: () => ipcRenderer.invoke(DESKTOP_CHANNELS.usage),
  autostart: {
    get: () => ipcRenderer.invoke(DESKTOP_CHANNELS.autostart),
    set: (enabled) => ipcRenderer.invoke(DESKTOP_CHANNELS.setAutostart, enabled),
  },
  setWindowMode: (mode) => ipcRenderer.invoke(DESKTOP_CHANNELS.windowMode, mode),
  chooseBundle: () => ipcRenderer.invoke(DESKTOP_CHANNELS.chooseBundle),
  showBundle: (directory) => ipcRenderer.invoke(DESKTOP_CHANNELS.showBundle, directory),
  startDemo: () => ipcRenderer.invoke(DESKTOP_CHANNELS.startDemo),
  onGoTo: (listener) => {
    goToListeners.add(listener);
    if (goToWaiting !== undefined) listener(goToWaiting);
    goToWaiting = undefined;
    return () => {
      goToListeners.delete(listener);
    };
  },
};

contextBridge.exposeInMainWorld('yagura', api);
