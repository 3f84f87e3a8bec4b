import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { app, BrowserWindow } from 'electron';
import { DESKTOP_CHANNELS, type EngineState } from '../../src-preload/contract/desktop.ts';
import { dataDirectory as chooseDataDirectory, demoDirectory } from '../data-directory.ts';
import { registerAppScheme, serveAppScheme } from './app-scheme.ts';
import { createAutostart, HIDDEN_ARGUMENT, noAutostart } from './autostart.ts';
import { DesktopWords } from './desktop-words.ts';
import { EngineProcess } from './engine-process.ts';
import { chooseLauncher } from './engine-runtime.ts';
import { EngineWatch } from './engine-watch.ts';
import { hasGraphicsCard } from './graphics-card.ts';
import { hostServices } from './host-services.ts';
import { MainWindow } from './main-window.ts';
import { setMenu } from './menu.ts';
import { openedBundle } from './opened-bundle.ts';
import { ownCommand, startAnother } from './own-command.ts';
import { answerPages } from './page-calls.ts';
import { Secrets } from './secrets.ts';
import { denyByDefault } from './security.ts';
import { runTerminal, terminalArguments } from './terminal.ts';
import { trayFace } from './tray-face.ts';
import { TrayIcon } from './tray.ts';
import { unpacked } from './unpacked.ts';
import { DesktopUsage, proportionalMemory } from './usage.ts';

// The desktop's entry file: paths are resolved here and passed on. It lies in out/main.
const here = import.meta.dirname;
const resources = join(here, '..', '..', 'resources');
const developmentServer = app.isPackaged ? undefined : process.env['ELECTRON_RENDERER_URL'];

// `yagura` in a terminal: ends with it, and nothing below is reached.
const forTerminal = terminalArguments(process.argv);
if (forTerminal !== undefined) await runTerminal(unpacked(join(here, 'cli.js')), forTerminal);

/** Chromium's own. */
const SOFTWARE_SWITCH = '--disable-gpu';
/** Chromium's, of those we were started with: they hold for another of us too. */
const INHERITED_SWITCHES = ['no-sandbox', 'disable-gpu'];

// Chromium's own switches are among the arguments, hence not strict.
const { values } = parseArgs({
  args: process.argv.slice(1),
  options: {
    data: { type: 'string' },
    demo: { type: 'boolean' },
    bundle: { type: 'boolean' },
    hidden: { type: 'boolean' },
  },
  strict: false,
});
const isDemo = values.demo === true;
/** What another copy handed over, unpacked into the directory given. */
const isBundle = values.bundle === true;
const givenDirectory = typeof values.data === 'string' ? values.data : undefined;
const realDirectory = chooseDataDirectory(givenDirectory);
const dataDirectory = isDemo ? demoDirectory(realDirectory) : realDirectory;

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

const words = new DesktopWords(resources, () => app.getLocale());

if (app.requestSingleInstanceLock()) {
  // Not awaited: Electron is ready only after this file has been evaluated to its end.
  void app.whenReady().then(run);
} else app.quit();

async function run(): Promise<void> {
  denyByDefault();
  serveAppScheme(join(here, '..', 'renderer'), developmentServer);

  const window = new MainWindow({
    preload: join(here, '..', 'preload', 'index.cjs'),
    boundsFile: join(desktopDirectory, 'window.json'),
    title: isDemo ? words.label('desktop.demoTitle') : 'Yagura',
    words,
    whenClosed: () => watch.settings?.desktop.whenClosed ?? 'ask',
    rememberClosing: (choice) => watch.set('desktop.whenClosed', choice),
    tray: () => tray.ensure(),
    drawInSoftware: startAnewInSoftware,
  });
  app.on('second-instance', (_event, args) => {
    // Started by the session while it runs already: nobody asked for the window.
    if (!args.includes(HIDDEN_ARGUMENT)) void window.open();
  });
  // macOS: the icon in the dock.
  app.on('activate', () => void window.open());

  const engine: EngineProcess = new EngineProcess({
    dataDirectory,
    engineFile: unpacked(join(here, 'engine.js')),
    mode: isDemo ? 'demo' : isBundle ? 'bundle' : 'normal',
    chooseLauncher: () => chooseLauncher(process.env),
    onState: (state) => {
      tellPages(state);
      watch.engineIs(state);
      void tray.show(trayFace(state, undefined));
    },
    serveHost: hostServices({
      secrets: new Secrets(join(desktopDirectory, 'secrets.json')),
      words,
      onNoticeClicked: () => void window.goTo('#/alerts'),
    }),
  });

  const command = ownCommand({
    execPath: process.execPath,
    appImage: process.env['APPIMAGE'],
    packaged: app.isPackaged,
    appPath: app.getAppPath(),
    switches: INHERITED_SWITCHES.filter((name) => app.commandLine.hasSwitch(name)).map((name) => `--${name}`),
  });
  const dataArguments = givenDirectory === undefined ? [] : ['--data', realDirectory];
  // A demo that came back with every session would be taken for the real one.
  const autostart =
    isDemo || isBundle
      ? noAutostart
      : createAutostart({
          app,
          platform: process.platform,
          environment: process.env,
          command,
          args: dataArguments,
        });

  const tray = new TrayIcon({
    icons: join(resources, 'icons', 'tray'),
    words,
    title: isDemo ? words.label('desktop.demoTitle') : 'Yagura',
    actions: {
      open: () => void window.open(),
      goTo: (hash) => void window.goTo(hash),
      atSignIn: async () => {
        const { supported, enabled } = await autostart.get();
        return supported ? enabled : undefined;
      },
      setAtSignIn: async (enabled) => {
        await autostart.set(enabled);
      },
      quit: () => app.quit(),
    },
  });
  const watch = new EngineWatch({
    client: () => engine.connection?.client,
    onStatus: (status) => void tray.show(trayFace(engine.state, status)),
    onSettings: ({ display }) => {
      if (!words.use(display.language)) return;
      setMenu(words, (hash) => void window.goTo(hash), developmentServer !== undefined);
      void tray.refresh();
    },
  });

  engine.start();
  answerPages({
    engine,
    autostart,
    usage: new DesktopUsage({
      metrics: () => app.getAppMetrics(),
      enginePid: () => engine.connection?.address.file.pid,
      now: () => performance.now(),
      proportionalMemory,
    }),
    setWindowMode: (mode) => window.setMode(mode),
    bundleFilter: () => words.label('desktop.bundle'),
    showBundle: (directory) =>
      startAnother(command, ['--data', openedBundle(dataDirectory, directory), '--bundle']),
    startDemo: () => startAnother(command, [...dataArguments, '--demo']),
  });
  stopEngineBeforeQuit(engine);

  setMenu(words, (hash) => void window.goTo(hash), developmentServer !== undefined);
  const trayIsThere = await tray.ensure();
  // Without a tray a hidden window could not be opened.
  if (!isStartedHidden() || !trayIsThere) await window.open();
}

/** macOS passes no arguments to what it starts with the session. */
function isStartedHidden(): boolean {
  if (process.platform === 'darwin') return app.getLoginItemSettings().wasOpenedAtLogin;
  return values.hidden === true;
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
  // Closing is asked about, and ends in quitting if that is wanted; a window let go while hidden must not end the rest.
  app.on('window-all-closed', () => undefined);
  app.on('before-quit', (event) => {
    if (stopped) return;
    event.preventDefault();
    void engine.stop().finally(() => {
      stopped = true;
      app.quit();
    });
  });
}
