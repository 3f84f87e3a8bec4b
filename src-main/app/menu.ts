import { Menu } from 'electron';
import type { DesktopWords } from './desktop-words.ts';

/**
 * What keyboard and clipboard need on every system, and the ways that are easier found in a menu.
 * @param goTo shows a place of the page, e.g. `#/settings?page=about`
 */
export function setMenu(words: DesktopWords, goTo: (hash: string) => void, development: boolean): void {
  const label = (key: string): string => words.label(`desktop.menu.${key}`);
  Menu.setApplicationMenu(
    Menu.buildFromTemplate([
      ...(process.platform === 'darwin' ? [{ role: 'appMenu' as const }] : []),
      { label: label('file'), submenu: [{ role: 'quit', label: label('quit') }] },
      {
        label: label('edit'),
        submenu: [
          { role: 'undo', label: label('undo') },
          { role: 'redo', label: label('redo') },
          { type: 'separator' },
          { role: 'cut', label: label('cut') },
          { role: 'copy', label: label('copy') },
          { role: 'paste', label: label('paste') },
          { role: 'selectAll', label: label('selectAll') },
        ],
      },
      {
        label: label('view'),
        submenu: [
          { role: 'resetZoom', label: label('resetZoom') },
          { role: 'zoomIn', label: label('zoomIn') },
          { role: 'zoomOut', label: label('zoomOut') },
          { role: 'togglefullscreen', label: label('fullScreen') },
          { type: 'separator' },
          { label: label('wallboard'), click: () => goTo('#/wallboard') },
          { label: label('compact'), click: () => goTo('#/compact') },
          ...(development ? [{ role: 'reload' as const }, { role: 'toggleDevTools' as const }] : []),
        ],
      },
      {
        role: 'help',
        label: label('help'),
        submenu: [{ label: label('about'), click: () => goTo('#/settings?page=about') }],
      },
    ]),
  );
}
