import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Message } from '../../src-preload/contract/shared.ts';
import { languageOf, sentence, type Words } from '../../src-preload/contract/words.ts';
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
  const words: unknown = JSON.parse(await readFile(join(resources, 'locales', `${language}.json`), 'utf8'));
  if (!isWords(words)) throw new Error(`${language}.json is no locale file.`);
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

/** The files are ours, and a test checks them in full. */
function isWords(value: unknown): value is Words {
  return typeof value === 'object' && value !== null;
}
