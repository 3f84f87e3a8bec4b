/** What closing the window does, as set; `ask` until the user has chosen. */
export type WhenClosed = 'ask' | 'hide' | 'quit';

export interface CloseAnswer {
  choice: 'keep' | 'quit' | 'cancel';
  /** Don't ask again. */
  remember: boolean;
}

/** What closing needs of the window, the tray, the settings and the user. */
export interface CloseParts {
  whenClosed: () => WhenClosed;
  /** Whether a tray shows our icon: a hidden window without one could never be found again. */
  hasTray: () => Promise<boolean>;
  ask: (tray: boolean) => Promise<CloseAnswer>;
  remember: (choice: 'hide' | 'quit') => Promise<void>;
  hide: () => void;
  minimise: () => void;
  quit: () => void;
}

/** Does what the user wants when the window is closed; the engine goes on watching unless it quits. */
export async function closeWindow(parts: CloseParts): Promise<void> {
  const set = parts.whenClosed();
  if (set === 'quit') {
    parts.quit();
    return;
  }
  const tray = await parts.hasTray();
  if (set === 'hide' && tray) {
    parts.hide();
    return;
  }
  const { choice, remember } = await parts.ask(tray);
  if (choice === 'cancel') return;
  // What is remembered of `keep` is "hide", which would mean nothing here without a tray.
  if (remember && (tray || choice === 'quit')) await parts.remember(choice === 'quit' ? 'quit' : 'hide');
  if (choice === 'quit') parts.quit();
  else if (tray) parts.hide();
  else parts.minimise();
}
