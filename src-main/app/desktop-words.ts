import type { Message } from '../../src-preload/contract/shared.ts';
import { languageOf, sentence } from '../../src-preload/contract/words.ts';
import { readWords } from '../locale-files.ts';
import { callLimit, type EngineClient } from '../wire/engine-client.ts';

/** An engine that does not answer must not hold back a notification. */
const LANGUAGE_LIMIT_MS = 1000;

/**
 * Words in the language set in the settings, else in the system's.
 * @param resources folder of `locales`
 */
export async function loadWords(
  resources: string,
  systemLocale: string,
  client: EngineClient | undefined,
): Promise<(message: Message) => string> {
  const set = await languageSet(client);
  const language = languageOf(set === 'system' ? systemLocale : set);
  const words = readWords(resources, language);
  return (message) => sentence(words, language, message);
}

async function languageSet(client: EngineClient | undefined): Promise<'system' | 'ja' | 'en'> {
  if (client === undefined) return 'system';
  try {
    const { settings } = await client.settings.get(undefined, callLimit(LANGUAGE_LIMIT_MS));
    return settings.display.language;
  } catch {
    return 'system';
  }
}
