import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseWords, type Language, type Words } from '../src-preload/contract/words.ts';

/**
 * All words of a language: every file of `locales/<language>/` is one area, named after it.
 * @param resources folder of `locales`
 */
export function readWords(resources: string, language: Language): Words {
  const directory = join(resources, 'locales', language);
  const words: Words = {};
  for (const file of readdirSync(directory)) {
    if (file.endsWith('.json'))
      words[file.slice(0, -'.json'.length)] = parseWords(readFileSync(join(directory, file), 'utf8'));
  }
  return words;
}
