import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { app, BrowserWindow, type BrowserWindow as Window } from 'electron';
import { DESKTOP_CHANNELS, type EngineState } from '../../src-preload/contract/desktop.ts';
import { dataDirectory as chooseDataDirectory } from '../data-directory.ts';
import { registerAppScheme, serveAppScheme } from './app-scheme.ts';
import { loadWords } from './desktop-words.ts';
import { EngineProcess } from './engine-process.ts';
import { chooseLauncher } from './engine-runtime.ts';
import { hasGraphicsCard } from './graphics-card.ts';
import { hostServices } from './host-services.ts';
import { setMenu } from './menu.ts';
import { answerPages } from './page-calls.ts';
import { Secrets } from './secrets.ts';
import { denyByDefault } from './security.ts';
import { focusWindow, openWindow } from './windows.ts';

// The desktop's entry file: paths are resolved here and passed on. It lies in out/main.
const here = import.meta.dirname;
const resources = join(here, '..', '..', 'resources');
const developmentServer = app.isPackaged ? undefined : process.env['ELECTRON_RENDERER_URL'];

/** Chromium's own. */
const SOFTWARE_SWITCH = '--disable-gpu';

// Chromium's own switches are among the arguments, hence not strict.
const { values } = parseArgs({
  args: process.argv.slice(1),
  options: { data: { type: 'string' } },
  strict: false,
});
const dataDirectory = chooseDataDirectory(typeof values.data === 'string' ? values.data : undefined);

// Chromium's files lie in the data directory: this also makes the single-instance lock one per data directory.
const desktopDirectory = join(dataDirectory, 'desktop');
mkdirSync(desktopDirectory, { recursive: true, mode: 0o700 });
app.setName('Yagura');
app.setPath('userData', desktopDirectory);
registerAppScheme();

// On a virtual screen or a server. Chromium would find out by itself, by a GPU process that fails and then another one;
// but when the first ends in the very moment it is being connected, its end goes unnoticed and every page waits for it
// for ever (Electron 33 on a busy machine: one start in ten or so).
if (!hasGraphicsCard()) app.disableHardwareAcceleration();

let window: Window | undefined;

if (app.requestSingleInstanceLock()) {
  app.on('second-instance', () => focusWindow(window));
  // Not awaited: Electron is ready only after this file has been evaluated to its end.
  void app.whenReady().then(run);
} else app.quit();

async function run(): Promise<void> {
  denyByDefault();
  serveAppScheme(join(here, '..', 'renderer'), developmentServer);

  const engine: EngineProcess = new EngineProcess({
    dataDirectory,
    engineFile: join(here, 'engine.js'),
    chooseLauncher: () => chooseLauncher(process.env),
    onState: tellPages,
    serveHost: hostServices({
      secrets: new Secrets(join(desktopDirectory, 'secrets.json')),
      words: () => loadWords(resources, app.getLocale(), engine.connection?.client),
      onNoticeClicked: () => focusWindow(window),
    }),
  });
  engine.start();
  answerPages(engine);
  stopEngineBeforeQuit(engine);

  setMenu(await loadWords(resources, app.getLocale(), undefined), developmentServer !== undefined);
  window = await openWindow({
    preload: join(here, '..', 'preload', 'index.cjs'),
    boundsFile: join(desktopDirectory, 'window.json'),
    title: 'Yagura',
    onStuck: startAnewInSoftware,
  });
}

/** A card whose driver fails can leave a page waiting just the same. Once only: drawing in software needs no driver. */
function startAnewInSoftware(): void {
  const args = process.argv.slice(1);
  if (args.includes(SOFTWARE_SWITCH) || developmentServer !== undefined) return;
  app.relaunch({ args: [...args, SOFTWARE_SWITCH] });
  app.quit();
}

function tellPages(state: EngineState): void {
  for (const { webContents } of BrowserWindow.getAllWindows())
    webContents.send(DESKTOP_CHANNELS.engineState, state);
}

/** Quitting waits for the engine: a signal alone would lose what it has not written yet. */
function stopEngineBeforeQuit(engine: EngineProcess): void {
  let stopped = false;
  app.on('window-all-closed', () => app.quit());
  app.on('before-quit', (event) => {
    if (stopped) return;
    event.preventDefault();
    void engine.stop().finally(() => {
      stopped = true;
      app.quit();
    });
  });
}
