import { BrowserWindow, screen } from 'electron';
import { APP_ORIGIN } from './app-scheme.ts';
import {
  MINIMUM_HEIGHT,
  MINIMUM_WIDTH,
  readBounds,
  visibleBounds,
  writeBounds,
  type WindowBounds,
} from './window-bounds.ts';

/** tokens.css's dark ground: no white flash before the page draws. */
const GROUND = '#0f1216';

export interface WindowOptions {
  preload: string;
  /** Where bounds are remembered. */
  boundsFile: string;
  title: string;
}

/** Opens the window where it was. */
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
  window.once('ready-to-show', () => window.show());
  window.on('close', () => void writeBounds(options.boundsFile, boundsOf(window)));
  // The page names itself after what it shows; the window keeps the product's name.
  window.on('page-title-updated', (event) => event.preventDefault());
  await window.loadURL(`${APP_ORIGIN}/`);
  return window;
}

/** Brings the window to the front, from wherever it is. */
export function focusWindow(window: BrowserWindow | undefined): void {
  if (window === undefined || window.isDestroyed()) return;
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
}

function boundsOf(window: BrowserWindow): WindowBounds {
  return { ...window.getNormalBounds(), maximized: window.isMaximized() };
}
