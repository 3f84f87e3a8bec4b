import type { Message } from '../../src-preload/contract/shared.ts';
import { languageOf, sentence, type Language, type Words } from '../../src-preload/contract/words.ts';
import { readWords } from '../locale-files.ts';

export type Say = (message: Message) => string;

/** Words of the desktop's own parts, in the language set in the settings, else in the system's. */
export class DesktopWords {
  readonly #resources: string;
  readonly #systemLocale: () => string;
  readonly #read = new Map<Language, Words>();
  #set: 'system' | Language = 'system';

  /**
   * @param resources folder of `locales`
   * @param systemLocale known only once the app is ready
   */
  constructor(resources: string, systemLocale: () => string) {
    this.#resources = resources;
    this.#systemLocale = systemLocale;
  }

  /** @returns whether words are others now */
  use(language: 'system' | Language): boolean {
    const before = this.#language();
    this.#set = language;
    return this.#language() !== before;
  }

  readonly say: Say = (message) => {
    const language = this.#language();
    const words = this.#read.get(language) ?? readWords(this.#resources, language);
    this.#read.set(language, words);
    return sentence(words, language, message);
  };

  /** A sentence without parameters. */
  readonly label = (key: string): string => this.say({ key, parameters: {} });

  #language(): Language {
    return languageOf(this.#set === 'system' ? this.#systemLocale() : this.#set);
  }
}
