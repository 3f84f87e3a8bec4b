import {
  app,
  BrowserWindow,
  clipboard,
  dialog,
  ipcMain,
  type IpcMainInvokeEvent,
  type WebContents,
} from 'electron';
import { DESKTOP_CHANNELS, MAX_COPY_LENGTH, WINDOW_MODES } from '../../src-preload/contract/desktop.ts';
import type { WindowMode } from '../../src-preload/contract/desktop.ts';
import type { AutostartControl } from './autostart.ts';
import type { EngineProcess } from './engine-process.ts';
import { openRelay, type Relay } from './engine-relay.ts';
import { saveArchiveKey } from './key-saving.ts';
import { fileToSave, saveFile } from './saving.ts';
import { isFromOurPage } from './security.ts';
import type { DesktopUsage } from './usage.ts';

type Answer = (event: IpcMainInvokeEvent, argument: unknown) => unknown;

export interface PageCallParts {
  engine: EngineProcess;
  usage: DesktopUsage;
  autostart: AutostartControl;
  setWindowMode: (mode: WindowMode) => Promise<void>;
  startDemo: () => Promise<void>;
  /** Name of a file dialog's filter. */
  bundleFilter: () => string;
  showBundle: (directory: string) => Promise<void>;
}

/** Answers the few things a page may ask of the desktop; everything else goes over the engine's wire. */
export function answerPages(parts: PageCallParts): void {
  const { engine, usage, autostart, setWindowMode, startDemo } = parts;
  const relays = new Map<WebContents, Relay>();
  answer(DESKTOP_CHANNELS.engineState, () => engine.state);
  answer(DESKTOP_CHANNELS.enginePort, ({ sender }) => handOverPort(engine, relays, sender));
  answer(DESKTOP_CHANNELS.restartEngine, () => engine.restart());
  answer(DESKTOP_CHANNELS.copyText, (_event, text) => {
    if (typeof text !== 'string' || text.length > MAX_COPY_LENGTH) throw new TypeError('Not a text to copy.');
    return clipboard.writeText(text);
  });
  answer(DESKTOP_CHANNELS.chooseLogFiles, ({ sender }) => chooseLogFiles(sender));
  answer(DESKTOP_CHANNELS.chooseFolder, ({ sender }) => chooseFolder(sender));
  answer(DESKTOP_CHANNELS.saveFile, ({ sender }, file) =>
    saveFile(fileToSave(file), app.getPath('documents'), (suggestion) => askWhere(sender, suggestion)),
  );
  answer(DESKTOP_CHANNELS.saveArchiveKey, ({ sender }) =>
    saveArchiveKey(engine.connection?.client, app.getPath('documents'), (suggestion) =>
      askWhere(sender, suggestion),
    ),
  );
  answer(DESKTOP_CHANNELS.usage, () => usage.measure());
  answer(DESKTOP_CHANNELS.autostart, () => autostart.get());
  answer(DESKTOP_CHANNELS.setAutostart, (_event, enabled) => {
    if (typeof enabled !== 'boolean') throw new TypeError('Neither on nor off.');
    return autostart.set(enabled);
  });
  answer(DESKTOP_CHANNELS.windowMode, (_event, wanted) => {
    const mode = WINDOW_MODES.find((each) => each === wanted);
    if (mode === undefined) throw new TypeError('Not a shape of the window.');
    return setWindowMode(mode);
  });
  answer(DESKTOP_CHANNELS.startDemo, () => startDemo());
  answer(DESKTOP_CHANNELS.chooseBundle, ({ sender }) => chooseBundle(sender, parts.bundleFilter()));
  answer(DESKTOP_CHANNELS.showBundle, (_event, directory) => {
    if (typeof directory !== 'string') throw new TypeError('Not a directory.');
    return parts.showBundle(directory);
  });
}

function answer(channel: string, give: Answer): void {
  ipcMain.handle(channel, (event, argument: unknown) => {
    if (!isFromOurPage(event)) throw new Error('Not allowed.');
    return give(event, argument);
  });
}

/** One port per page: who asks again gives the old one back. */
async function handOverPort(
  engine: EngineProcess,
  relays: Map<WebContents, Relay>,
  page: WebContents,
): Promise<boolean> {
  const address = engine.connection?.address;
  if (address === undefined) return false;
  let relay: Relay;
  try {
    relay = await openRelay(address);
  } catch {
    // It went down this moment; the state that follows says so.
    return false;
  }
  if (page.isDestroyed()) {
    relay.close();
    return false;
  }
  if (relays.has(page)) relays.get(page)?.close();
  else page.once('destroyed', () => relays.delete(page));
  relays.set(page, relay);
  page.postMessage(DESKTOP_CHANNELS.enginePort, null, [relay.port]);
  return true;
}

async function chooseLogFiles(page: WebContents): Promise<string[]> {
  const window = BrowserWindow.fromWebContents(page);
  if (window === null) return [];
  const { canceled, filePaths } = await dialog.showOpenDialog(window, {
    properties: ['openFile', 'multiSelections', 'showHiddenFiles'],
  });
  return canceled ? [] : filePaths;
}

async function chooseBundle(page: WebContents, name: string): Promise<string | null> {
  const window = BrowserWindow.fromWebContents(page);
  if (window === null) return null;
  const { canceled, filePaths } = await dialog.showOpenDialog(window, {
    properties: ['openFile'],
    filters: [{ name, extensions: ['zip', 'yagura-bundle'] }],
  });
  return canceled ? null : (filePaths[0] ?? null);
}

async function chooseFolder(page: WebContents): Promise<string | null> {
  const window = BrowserWindow.fromWebContents(page);
  if (window === null) return null;
  const { canceled, filePaths } = await dialog.showOpenDialog(window, {
    properties: ['openDirectory', 'createDirectory'],
  });
  return canceled ? null : (filePaths[0] ?? null);
}

async function askWhere(page: WebContents, suggestion: string): Promise<string | null> {
  const window = BrowserWindow.fromWebContents(page);
  if (window === null) return null;
  const { canceled, filePath } = await dialog.showSaveDialog(window, {
    defaultPath: suggestion,
    properties: ['createDirectory', 'showOverwriteConfirmation'],
  });
  return canceled || filePath === '' ? null : filePath;
}
