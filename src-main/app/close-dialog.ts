import { dialog, type BrowserWindow } from 'electron';
import type { CloseAnswer } from './closing.ts';
import type { DesktopWords } from './desktop-words.ts';

/** Asks what closing the window is to mean. @param tray whether there is one to hide in */
export async function askHowToClose(
  window: BrowserWindow,
  { label }: DesktopWords,
  tray: boolean,
): Promise<CloseAnswer> {
  const choices = ['keep', 'quit', 'cancel'] as const;
  const { response, checkboxChecked } = await dialog.showMessageBox(window, {
    type: 'question',
    message: label('desktop.close.question'),
    detail: label(tray ? 'desktop.close.detail' : 'desktop.close.detailWithoutTray'),
    buttons: [
      label(tray ? 'desktop.close.keep' : 'desktop.close.minimise'),
      label('desktop.close.quit'),
      label('desktop.close.cancel'),
    ],
    defaultId: 0,
    cancelId: 2,
    noLink: true,
    ...(tray ? { checkboxLabel: label('desktop.close.remember') } : {}),
  });
  return { choice: choices[response] ?? 'cancel', remember: checkboxChecked };
}
