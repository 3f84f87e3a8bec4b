import { Menu } from 'electron';
import type { Message } from '../../src-preload/contract/shared.ts';

/** The least that keyboard and clipboard need on every system. Labels of roles come from the system. */
export function setMenu(say: (message: Message) => string, development: boolean): void {
  const label = (key: string): string => say({ key: `desktop.menu.${key}`, parameters: {} });
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
          ...(development ? [{ role: 'reload' as const }, { role: 'toggleDevTools' as const }] : []),
        ],
      },
    ]),
  );
}
