import { app, dialog, type BrowserWindow } from 'electron';
import { backOff } from '../back-off.ts';
import type { DesktopWords } from './desktop-words.ts';

/** A page that stayed this long after a crash counts as well again. */
const STABLE_MS = 60_000;
/** As many GPU processes may end before pictures are drawn without one. */
const MAX_GRAPHICS_CRASHES = 2;

export interface RecoveryOptions {
  words: DesktopWords;
  /** Tells the user that the page was loaded anew. */
  tell: () => void;
  /** The graphics driver fails: start again without it. */
  drawInSoftware: () => void;
}

/** Brings back a page whose process ended or hangs, and leaves a graphics driver that fails. The engine is not touched. */
export function recoverWindow(window: BrowserWindow, { words, tell, drawInSoftware }: RecoveryOptions): void {
  let attempt = 0;
  let since = Date.now();
  let asking: AbortController | undefined;
  const page = window.webContents;

  page.on('render-process-gone', (_event, { reason, exitCode }) => {
    asking?.abort();
    // Ended because the window was closed.
    if (reason === 'clean-exit') return;
    process.stderr.write(`The page's process ended (${reason}, ${exitCode}) and is started again.\n`);
    attempt = Date.now() - since > STABLE_MS ? 1 : attempt + 1;
    setTimeout(() => {
      if (window.isDestroyed()) return;
      since = Date.now();
      page.once('did-finish-load', tell);
      page.reload();
    }, backOff(attempt));
  });

  window.on('unresponsive', () => {
    // Nobody is there to be asked: what hangs unseen is ended, which loads it anew.
    if (!window.isVisible()) return page.forcefullyCrashRenderer();
    asking = new AbortController();
    const { label } = words;
    void dialog
      .showMessageBox(window, {
        type: 'warning',
        message: label('desktop.page.hangs'),
        buttons: [label('desktop.page.wait'), label('desktop.page.reload')],
        defaultId: 0,
        cancelId: 0,
        noLink: true,
        signal: asking.signal,
      })
      .then(({ response }) => {
        if (response === 1 && !window.isDestroyed()) page.forcefullyCrashRenderer();
      });
  });
  window.on('responsive', () => asking?.abort());

  let graphicsCrashes = 0;
  const onProcessGone = (_event: unknown, { type, reason }: { type: string; reason: string }): void => {
    if (type !== 'GPU' || reason === 'clean-exit') return;
    graphicsCrashes += 1;
    if (graphicsCrashes >= MAX_GRAPHICS_CRASHES) drawInSoftware();
  };
  app.on('child-process-gone', onProcessGone);
  window.once('closed', () => app.off('child-process-gone', onProcessGone));
}
