import { screen, type BrowserWindow } from 'electron';
import type { WindowMode } from '../../src-preload/contract/desktop.ts';
import { MINIMUM_HEIGHT, MINIMUM_WIDTH, type WindowMemory } from './window-bounds.ts';

/** A strip beside the trading terminal: wide enough for a line of an alert. */
const COMPACT_WIDTH = 360;
const COMPACT_MINIMUM_HEIGHT = 320;
/** Leaving the full screen is the window system's to do; one that never tells must not keep the window. */
const LEAVE_LIMIT_MS = 1500;

/** Shapes of the one window. The normal one's place is kept while another holds. */
export class WindowModes {
  readonly #window: BrowserWindow;
  readonly #memory: WindowMemory;
  #mode: WindowMode = 'normal';
  #changing: Promise<void> = Promise.resolve();

  constructor(window: BrowserWindow, memory: WindowMemory) {
    this.#window = window;
    this.#memory = memory;
  }

  /** One change after the other. */
  set(mode: WindowMode): Promise<void> {
    this.#changing = this.#changing.then(() => this.#change(mode));
    return this.#changing;
  }

  async #change(mode: WindowMode): Promise<void> {
    const window = this.#window;
    if (mode === this.#mode || window.isDestroyed()) return;
    const before = this.#mode;
    this.#mode = mode;
    if (before === 'normal') this.#memory.hold(window);
    if (before === 'wallboard') await leaveFullScreen(window);
    if (before === 'compact') window.setAlwaysOnTop(false);
    if (window.isDestroyed()) return;
    if (mode === 'wallboard') window.setFullScreen(true);
    else if (mode === 'compact') this.#compact();
    else this.#normal();
  }

  #compact(): void {
    const window = this.#window;
    if (window.isMaximized()) window.unmaximize();
    const { workArea } = screen.getDisplayMatching(window.getBounds());
    window.setMinimumSize(COMPACT_WIDTH, COMPACT_MINIMUM_HEIGHT);
    window.setBounds({
      x: workArea.x + workArea.width - COMPACT_WIDTH,
      y: workArea.y,
      width: COMPACT_WIDTH,
      height: workArea.height,
    });
    window.setAlwaysOnTop(true);
  }

  #normal(): void {
    const window = this.#window;
    const { maximized, ...bounds } = this.#memory.held(window);
    window.setBounds(bounds);
    window.setMinimumSize(MINIMUM_WIDTH, MINIMUM_HEIGHT);
    if (maximized) window.maximize();
    this.#memory.release();
  }
}

async function leaveFullScreen(window: BrowserWindow): Promise<void> {
  if (!window.isFullScreen()) return;
  const left = new Promise<void>((resolve) => {
    window.once('leave-full-screen', () => resolve());
    setTimeout(resolve, LEAVE_LIMIT_MS);
  });
  window.setFullScreen(false);
  await left;
}
