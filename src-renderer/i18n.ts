import { createI18n } from 'vue-i18n';
import en from '../resources/locales/en.json';
import ja from '../resources/locales/ja.json';

export type Language = 'en' | 'ja';

/** The words of one language, nested by area: `overview.verdict.ok`. English sets the shape; a test compares Japanese. */
export type Words = typeof en;

interface WordTree {
  [key: string]: string | WordTree;
}

/** Engine texts arrive as keys chosen at run time, so the type of `t` must take any string. */
const messages: Record<Language, WordTree> = { en, ja };

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
