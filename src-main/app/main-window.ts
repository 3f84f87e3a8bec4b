import { app, type BrowserWindow } from 'electron';
import { DESKTOP_CHANNELS, type WindowMode } from '../../src-preload/contract/desktop.ts';
import { askHowToClose } from './close-dialog.ts';
import { closeWindow, type WhenClosed } from './closing.ts';
import type { DesktopWords } from './desktop-words.ts';
import { showNotice } from './notifications.ts';
import { WindowMemory } from './window-bounds.ts';
import { WindowModes } from './window-modes.ts';
import { recoverWindow } from './window-recovery.ts';
import { focusWindow, openWindow } from './windows.ts';

export interface MainWindowOptions {
  preload: string;
  /** Where bounds are remembered. */
  boundsFile: string;
  title: string;
  words: DesktopWords;
  whenClosed: () => WhenClosed;
  rememberClosing: (choice: 'hide' | 'quit') => Promise<void>;
  /** Makes sure of an icon in the tray. @returns whether it can be seen */
  tray: () => Promise<boolean>;
  /** Pictures can't be drawn with the graphics card. */
  drawInSoftware: () => void;
}

/** Hidden for that long, the page's process is let go: it takes a quarter of the memory and is back in a second. */
const LET_GO_AFTER_MS = 5 * 60_000;

/** The one window: opened, hidden, closed, brought back. */
export class MainWindow {
  readonly #options: MainWindowOptions;
  #window: BrowserWindow | undefined;
  #opening: Promise<BrowserWindow> | undefined;
  #modes: WindowModes | undefined;
  /** Where the page was when its window went. */
  #place = '';
  #quitting = false;

  constructor(options: MainWindowOptions) {
    this.#options = options;
    app.on('before-quit', () => {
      this.#quitting = true;
    });
  }

  /** Opens it, or brings it to the front where it is open already. */
  async open(): Promise<BrowserWindow> {
    if (this.#window === undefined) return (this.#opening ??= this.#create());
    focusWindow(this.#window);
    return this.#window;
  }

  /** Brings the window to the front and shows a place of its page. */
  async goTo(hash: string): Promise<void> {
    const { webContents: page } = await this.open();
    const tell = (): void => page.send(DESKTOP_CHANNELS.goTo, hash);
    if (page.isLoading()) page.once('did-finish-load', tell);
    else tell();
  }

  async setMode(mode: WindowMode): Promise<void> {
    await this.#modes?.set(mode);
  }

  async #create(): Promise<BrowserWindow> {
    const { preload, boundsFile, title, words, drawInSoftware } = this.#options;
    const memory = new WindowMemory(boundsFile);
    const window = await openWindow({
      preload,
      boundsFile,
      memory,
      title,
      place: this.#place,
      onStuck: drawInSoftware,
    });
    this.#opening = undefined;
    this.#window = window;
    this.#modes = new WindowModes(window, memory);
    window.on('close', (event) => {
      if (this.#quitting) return;
      event.preventDefault();
      void this.#close(window);
    });
    window.once('closed', () => {
      this.#window = undefined;
      this.#modes = undefined;
    });
    this.#letGoWhileHidden(window);
    recoverWindow(window, { words, drawInSoftware, tell: () => this.#tellReturned() });
    return window;
  }

  #letGoWhileHidden(window: BrowserWindow): void {
    let timer: NodeJS.Timeout | undefined;
    const stay = (): void => clearTimeout(timer);
    window.on('hide', () => {
      stay();
      timer = setTimeout(() => {
        this.#place = new URL(window.webContents.getURL()).hash;
        window.destroy();
      }, LET_GO_AFTER_MS);
    });
    window.on('show', stay);
    window.once('closed', stay);
  }

  #close(window: BrowserWindow): Promise<void> {
    const { words, whenClosed, rememberClosing, tray } = this.#options;
    return closeWindow({
      whenClosed,
      hasTray: tray,
      ask: (hasTray) => askHowToClose(window, words, hasTray),
      // It can be set anew at the next closing: not worth a second dialog.
      remember: (choice) => rememberClosing(choice).catch(() => undefined),
      hide: () => window.hide(),
      minimise: () => window.minimize(),
      quit: () => app.quit(),
    });
  }

  #tellReturned(): void {
    const message = (key: string) => ({ key: `desktop.page.${key}`, parameters: {} });
    showNotice(
      { severity: 'warning', title: message('returned'), body: message('returnedDetail') },
      this.#options.words.say,
      () => void this.open(),
    );
  }
}
