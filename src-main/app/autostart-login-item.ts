import type { App } from 'electron';
import type { AutostartControl } from './autostart.ts';
import type { OwnCommand } from './own-command.ts';

/** Windows (a value under the user's Run key) and macOS (a login item): Electron knows both. */
export function loginItemAutostart(
  app: Pick<App, 'getLoginItemSettings' | 'setLoginItemSettings'>,
  { program, args }: OwnCommand,
): AutostartControl {
  const item = { path: program, args };
  const get: AutostartControl['get'] = async () => ({
    supported: true,
    enabled: app.getLoginItemSettings(item).openAtLogin,
  });
  return {
    get,
    set: (enabled) => {
      app.setLoginItemSettings({ ...item, openAtLogin: enabled });
      return get();
    },
  };
}
