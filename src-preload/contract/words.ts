import { durationWords, formatNumber, formatQuantity, formatTime } from './format.ts';
import type { Message } from './shared.ts';
import { translateMessage } from './translate.ts';

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
 * The sentence of a message, numbers and units written as the screen writes them (see `translateMessage`). A key without a
 * template is shown itself, so that a missing word is seen and nothing else is lost.
 * @param time writes a point in time; without it in UTC, as the terminal tells every time
 */
export function sentence(
  words: Words,
  language: Language,
  message: Message,
  time: (value: number) => string = utcTime,
): string {
  const t = (key: string, parameters: Record<string, unknown>, count = 1): string =>
    filled(choice(templateOf(words, key) ?? key, count), parameters);
  return translateMessage(message, {
    t,
    te: (key) => templateOf(words, key) !== undefined,
    writer: {
      number: (value) => formatNumber(value, language),
      quantity: (value, unit) => formatQuantity(value, unit, language),
      duration: (milliseconds) => {
        const { key, n, rest } = durationWords(milliseconds);
        return t(`time.duration.${key}`, { n, rest });
      },
      time,
    },
  });
}

/** As it stands before every line of the terminal. */
function utcTime(value: number): string {
  return `${formatTime(value, 'dateTime', 'UTC')} UTC`;
}

/** `one | many` or `none | one | many`, as vue-i18n chooses. */
function choice(template: string, count: number): string {
  const forms = template.split(' | ');
  if (forms.length === 1) return template;
  const index = forms.length === 2 ? (count === 1 ? 0 : 1) : Math.min(Math.trunc(count), 2);
  return forms[index] ?? template;
}

function filled(template: string, parameters: Record<string, unknown>): string {
  return template.replace(
    /\{(?:(\w+)|'([^']*)')\}/g,
    (place, name: string | undefined, literal: string | undefined) => {
      if (name === undefined) return literal ?? '';
      const value = parameters[name];
      return typeof value === 'string' || typeof value === 'number' ? String(value) : place;
    },
  );
}

/** The language of a locale tag such as `ja-JP` or `ja_JP.UTF-8`; English for all that is not Japanese. */
export function languageOf(tag: string | undefined): Language {
  return tag !== undefined && /^ja\b|^ja_/i.test(tag) ? 'ja' : 'en';
}
