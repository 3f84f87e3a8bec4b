import type { SettingsState } from '../../../src-preload/contract/settings.ts';
import type { SettingsFile } from '../settings/settings-file.ts';
import { api } from './implementer.ts';
import type { Feed } from './server/feeds.ts';

export interface SettingsParts {
  settings: SettingsFile;
  settingsChanges: Feed<SettingsState>;
}

export function settingsRouter({ settings, settingsChanges }: SettingsParts) {
  return {
    get: api.settings.get.handler(() => settings.state()),
    update: api.settings.update.handler(({ input }) => settings.update(input.revision, input.changes)),
    watch: api.settings.watch.handler(({ signal }) =>
      settingsChanges.subscribe({ signal, initial: [settings.state()] }),
    ),
  };
}
