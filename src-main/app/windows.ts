import { BrowserWindow, screen } from 'electron';
import { APP_ORIGIN } from './app-scheme.ts';
import {
  MINIMUM_HEIGHT,
  MINIMUM_WIDTH,
  readBounds,
  visibleBounds,
  type WindowMemory,
} from './window-bounds.ts';

/** tokens.css's dark ground: no white flash before the page draws. */
const GROUND = '#0f1216';

/** A window without a picture is better than none: then at least it can be closed. */
const SHOW_LIMIT_MS = 5000;
/** The page's files lie on this disk: it takes half a second, on a very busy machine a few. */
const LOAD_LIMIT_MS = 30_000;

export interface WindowOptions {
  preload: string;
  /** Where bounds are remembered. */
  boundsFile: string;
  memory: WindowMemory;
  title: string;
  /** Place of the page, e.g. `#/logs`; empty: where it begins. */
  place: string;
  /** The page does not load; it never takes that long. */
  onStuck: () => void;
}

/** Opens the window where it was. Does not wait for its page. */
export async function openWindow(options: WindowOptions): Promise<BrowserWindow> {
  const areas = screen.getAllDisplays().map((display) => display.workArea);
  const bounds = visibleBounds(await readBounds(options.boundsFile), areas);
  const window = new BrowserWindow({
    width: 1440,
    height: 900,
    ...(bounds === undefined ? {} : { x: bounds.x, y: bounds.y, width: bounds.width, height: bounds.height }),
    minWidth: MINIMUM_WIDTH,
    minHeight: MINIMUM_HEIGHT,
    title: options.title,
    backgroundColor: GROUND,
    show: false,
    autoHideMenuBar: true,
    webPreferences: {
      preload: options.preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
      spellcheck: false,
    },
  });
  if (bounds?.maximized === true) window.maximize();
  showWhenDrawn(window);
  remember(window, options.memory);
  stayReachable(window);
  // The page names itself after what it shows; the window keeps the product's name.
  window.on('page-title-updated', (event) => event.preventDefault());
  // Chromium shows about:blank without asking anybody, `will-navigate` included: the page could leave itself that way.
  window.webContents.on('did-navigate', (_event, address) => {
    if (address === 'about:blank') void load(window, options);
  });
  void load(window, options);
  return window;
}

/** On every change rather than at the end: the end may be kill -9. */
function remember(window: BrowserWindow, memory: WindowMemory): void {
  const onMove = (): void => memory.moved(window);
  window.on('move', onMove);
  window.on('resize', onMove);
  window.on('maximize', onMove);
  window.on('unmaximize', onMove);
  window.on('close', () => void memory.keep(window));
}

/** A screen that is taken away must not take the window with it. */
function stayReachable(window: BrowserWindow): void {
  const onRemoved = (): void => {
    const areas = screen.getAllDisplays().map((display) => display.workArea);
    const bounds = { ...window.getBounds(), maximized: false };
    if (visibleBounds(bounds, areas) === undefined) window.center();
  };
  screen.on('display-removed', onRemoved);
  window.once('closed', () => screen.off('display-removed', onRemoved));
}

function showWhenDrawn(window: BrowserWindow): void {
  const show = (): void => {
    clearTimeout(impatience);
    if (!window.isDestroyed() && !window.isVisible()) window.show();
  };
  const impatience = setTimeout(show, SHOW_LIMIT_MS);
  window.once('ready-to-show', show);
}

async function load(window: BrowserWindow, { place, onStuck }: WindowOptions): Promise<void> {
  const limit = setTimeout(onStuck, LOAD_LIMIT_MS);
  window.once('closed', () => clearTimeout(limit));
  try {
    await window.loadURL(`${APP_ORIGIN}/${place}`);
  } catch (error) {
    // Closed meanwhile, or the files are not there: nothing can be shown, so it is said where the app was started.
    process.stderr.write(`The page could not be loaded: ${String(error)}\n`);
  } finally {
    clearTimeout(limit);
  }
}

/** Brings the window to the front, from wherever it is. */
export function focusWindow(window: BrowserWindow): void {
  if (window.isDestroyed()) return;
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
}
