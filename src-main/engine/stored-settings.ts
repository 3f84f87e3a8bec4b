import { join } from 'node:path';
import type { Settings } from '../../src-preload/contract/settings.ts';
import { systemClock } from './flow/clock.ts';
import { SettingsFile } from './settings/settings-file.ts';

/** The settings of a data directory as they stand, for whoever works on it without an engine; nothing is written. */
export function storedSettings(dataDirectory: string, managedFile: string): Settings {
  return new SettingsFile({
    file: join(dataDirectory, 'settings.yaml'),
    managedFile,
    overrides: {},
    clock: systemClock,
    onChange: () => undefined,
    record: () => undefined,
  }).current;
}
