import type { App } from 'electron';
import type { Autostart } from '../../src-preload/contract/desktop.ts';
import { desktopEntryAutostart } from './autostart-desktop-entry.ts';
import { loginItemAutostart } from './autostart-login-item.ts';
import type { OwnCommand } from './own-command.ts';

/** Argument of a start that nobody watches: the window stays hidden in the tray. */
export const HIDDEN_ARGUMENT = '--hidden';

/** Starting with the session, one implementation per kind of system. Only ever set because somebody asked for it. */
export interface AutostartControl {
  get(): Promise<Autostart>;
  set(enabled: boolean): Promise<Autostart>;
}

export interface AutostartOptions {
  app: Pick<App, 'getLoginItemSettings' | 'setLoginItemSettings' | 'isPackaged' | 'getPath'>;
  platform: NodeJS.Platform;
  environment: NodeJS.ProcessEnv;
  command: OwnCommand;
  /** Our own arguments, e.g. the data directory. */
  args: string[];
}

export function createAutostart(options: AutostartOptions): AutostartControl {
  const { app, platform, environment, command } = options;
  const args = [...options.args, HIDDEN_ARGUMENT];
  if (platform === 'linux') {
    const directory = environment['XDG_CONFIG_HOME'] ?? `${app.getPath('home')}/.config`;
    return desktopEntryAutostart(`${directory}/autostart/yagura.desktop`, {
      ...command,
      args: [...command.args, ...args],
    });
  }
  // macOS starts the bundle and passes no arguments: what is not packaged would be Electron itself.
  if (platform === 'darwin' && !app.isPackaged) return noAutostart;
  return loginItemAutostart(app, { ...command, args: [...command.args, ...args] });
}

/** Where nothing can start us. */
export const noAutostart: AutostartControl = {
  get: () => Promise.resolve({ supported: false, enabled: false }),
  set: () => Promise.resolve({ supported: false, enabled: false }),
};
