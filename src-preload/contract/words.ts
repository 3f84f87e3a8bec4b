import type { Message } from './shared.ts';

/*
 * Messages become words at the edge: the terminal, native notifications, later PDF and mail use this; the screen uses
 * vue-i18n on the same files (resources/locales). Free of zod and of Node.
 */

export type Language = 'ja' | 'en';

/** A locale file: nested objects of templates with `{name}` places. */
export interface Words {
  [key: string]: string | Words;
}

/** Reads a locale file: ours, its shape held by a test. */
export function parseWords(json: string): Words {
  const words: unknown = JSON.parse(json);
  if (!isWords(words)) throw new TypeError('A locale file holds something else than templates');
  return words;
}

function isWords(value: unknown): value is Words {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((each) => typeof each === 'string' || isWords(each));
}

/** The template of a dotted key; undefined where the file has none. */
export function templateOf(words: Words, key: string): string | undefined {
  let at: string | Words | undefined = words;
  for (const part of key.split('.')) {
    if (typeof at !== 'object' || !Object.hasOwn(at, part)) return undefined;
    at = at[part];
  }
  return typeof at === 'string' ? at : undefined;
}

/**
 * The sentence of a message. Numbers are grouped and cut to one decimal as the language writes them; text is put in as it
 * is. A key without a template is shown itself, so that a missing word is seen and nothing else is lost.
 */
export function sentence(words: Words, language: Language, message: Message): string {
  const template = templateOf(words, message.key);
  if (template === undefined) return [message.key, ...Object.values(message.parameters)].join(' ');
  return template.replace(/\{(\w+)\}/g, (place, name: string) => {
    const value = message.parameters[name];
    if (value === undefined) return place;
    return typeof value === 'number' ? numberWords(value, language) : value;
  });
}

function numberWords(value: number, language: Language): string {
  return new Intl.NumberFormat(language, { maximumFractionDigits: Math.abs(value) < 10 ? 1 : 0 }).format(
    value,
  );
}

/** The language of a locale tag such as `ja-JP` or `ja_JP.UTF-8`; English for all that is not Japanese. */
export function languageOf(tag: string | undefined): Language {
  return tag !== undefined && /^ja\b|^ja_/i.test(tag) ? 'ja' : 'en';
}
