import { join } from 'node:path';
import type { SavedArchiveKey } from '../../src-preload/contract/desktop.ts';
import { callLimit, type EngineClient } from '../wire/engine-client.ts';
import { engineRefusal } from '../wire/engine-message.ts';
import type { AskWhere } from './saving.ts';

/** The keychain may ask its user first. */
const KEYCHAIN_MS = 30_000;
const SUGGESTED_NAME = 'yagura-archive-key.txt';

/**
 * Has the engine write a copy of the archives' key where the user says. The key itself comes neither here nor to the page:
 * the engine has it for its archives, writes it, and records that it did.
 * @param folder that is suggested
 */
export async function saveArchiveKey(
  client: EngineClient | undefined,
  folder: string,
  ask: AskWhere,
): Promise<SavedArchiveKey> {
  if (client === undefined) return refused('errors.unavailable');
  const path = await ask(join(folder, SUGGESTED_NAME));
  if (path === null) return { outcome: 'cancelled' };
  try {
    // The dialog has asked whether a file that is there may go.
    const saved = await client.logs.saveArchiveKey({ path, replace: true }, callLimit(KEYCHAIN_MS));
    return { outcome: 'saved', ...saved };
  } catch (error) {
    return {
      outcome: 'failed',
      message: engineRefusal(error)?.message ?? refused('errors.unexpected').message,
    };
  }
}

function refused(key: string): SavedArchiveKey & { outcome: 'failed' } {
  return { outcome: 'failed', message: { key, parameters: {} } };
}
