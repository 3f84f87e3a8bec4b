import { createI18n } from 'vue-i18n';

export type Language = 'en' | 'ja';

interface WordTree {
  [key: string]: string | WordTree;
}

const files = import.meta.glob<WordTree>('../resources/locales/*/*.json', { eager: true, import: 'default' });

/** The words of one language, nested by area: the file `overview.json` holds `overview.verdict.ok`. */
function wordsOf(language: Language): WordTree {
  const words: WordTree = {};
  for (const [path, area] of Object.entries(files)) {
    const [, folder, name] = /\/(\w+)\/(\w+)\.json$/.exec(path) ?? [];
    if (folder === language && name !== undefined) words[name] = area;
  }
  return words;
}

/** A test holds both languages to the same keys. Engine texts arrive as keys chosen at run time. */
export const messages: Record<Language, WordTree> = { en: wordsOf('en'), ja: wordsOf('ja') };

/**
 * The one i18n instance. Keys come from code and from the engine; parameters may be hostile text, which is safe
 * because values are put in after a message is read and the result is only ever shown as text.
 */
export const i18n = createI18n({
  legacy: false,
  locale: 'en',
  fallbackLocale: 'en',
  messages,
  // A missing key is a fault that a test finds; it must not fill the console of a running console.
  missingWarn: false,
  fallbackWarn: false,
});

/** Switches the language of everything that is on screen, at once. */
export function setLanguage(language: Language): void {
  i18n.global.locale.value = language;
  document.documentElement.lang = language;
}

/** The language to use for "as the system": Japanese where the system prefers it, else English. */
export function systemLanguage(preferred: readonly string[] = navigator.languages): Language {
  const first = preferred.find((language) => /^(ja|en)\b/i.test(language));
  return first?.toLowerCase().startsWith('ja') === true ? 'ja' : 'en';
}
