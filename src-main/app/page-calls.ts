import {
  BrowserWindow,
  clipboard,
  dialog,
  ipcMain,
  type IpcMainInvokeEvent,
  type WebContents,
} from 'electron';
import { DESKTOP_CHANNELS, MAX_COPY_LENGTH } from '../../src-preload/contract/desktop.ts';
import type { EngineProcess } from './engine-process.ts';
import { openRelay, type Relay } from './engine-relay.ts';
import { isFromOurPage } from './security.ts';

type Answer = (event: IpcMainInvokeEvent, argument: unknown) => unknown;

/** Answers the few things a page may ask of the desktop; everything else goes over the engine's wire. */
export function answerPages(engine: EngineProcess): void {
  const relays = new Map<WebContents, Relay>();
  answer(DESKTOP_CHANNELS.engineState, () => engine.state);
  answer(DESKTOP_CHANNELS.enginePort, ({ sender }) => handOverPort(engine, relays, sender));
  answer(DESKTOP_CHANNELS.restartEngine, () => engine.restart());
  answer(DESKTOP_CHANNELS.copyText, (_event, text) => {
    if (typeof text !== 'string' || text.length > MAX_COPY_LENGTH) throw new TypeError('Not a text to copy.');
    return clipboard.writeText(text);
  });
  answer(DESKTOP_CHANNELS.chooseLogFiles, ({ sender }) => chooseLogFiles(sender));
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
