import { fingerprintOf, readKeyFile, writeKeyFile, type SavedKey } from './archive-key.ts';
import { FailureError } from './flow/failure.ts';
import { storedSettings } from './stored-settings.ts';

/**
 * Copies the key file of a data directory on which no engine runs. A key in the keychain can't be had this way.
 * @throws FailureError UNAVAILABLE where no key file is configured, or as `readKeyFile` and `writeKeyFile`
 */
export function copyKeyFile(path: string, dataDirectory: string, managedSettings: string): SavedKey {
  const { keyFile } = storedSettings(dataDirectory, managedSettings).retention.archive;
  if (keyFile === '')
    throw new FailureError({
      kind: 'UNAVAILABLE',
      message: { key: 'archive.fault.noEngine', parameters: {} },
    });
  const key = readKeyFile(keyFile);
  writeKeyFile(path, key, false);
  return { path, fingerprint: fingerprintOf(key) };
}
