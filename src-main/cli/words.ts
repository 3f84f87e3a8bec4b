import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Message } from '../../src-preload/contract/shared.ts';
import { languageOf, sentence, type Language, type Words } from '../../src-preload/contract/words.ts';

/** Loads the locale of the terminal's language (LC_ALL, LC_MESSAGES, LANG). */
export function loadWords(resources: string): { language: Language; say: (message: Message) => string } {
  const { env } = process;
  const language = languageOf(env['LC_ALL'] ?? env['LC_MESSAGES'] ?? env['LANG']);
  // The file is ours, written by hand and checked by a test: parsed JSON has this shape.
  const words: Words = JSON.parse(readFileSync(join(resources, 'locales', `${language}.json`), 'utf8'));
  return { language, say: (message) => sentence(words, language, message) };
}
