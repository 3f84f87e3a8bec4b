import type { ContentText } from 'pdfmake/interfaces.js';
import type { Message } from '../../../../src-preload/contract/shared.ts';
import type { ReportDocument, Words } from '../document.ts';
import type { Say } from '../words.ts';
import { runsOf, type Glyphs } from './printable.ts';

/** What a page writes: words of the report's language, and anybody's text made harmless. */
export class PageText {
  readonly document: Pick<ReportDocument, 'language' | 'timeZone'>;
  readonly #glyphs: Glyphs;
  readonly #say: Say;

  constructor(glyphs: Glyphs, say: Say, document: Pick<ReportDocument, 'language' | 'timeZone'>) {
    this.#glyphs = glyphs;
    this.#say = say;
    this.document = document;
  }

  /** A sentence of ours; it may hold anybody's text as a parameter, so it goes through `runs` to the page. */
  say(message: Message): string {
    return this.#say(message);
  }

  /** As one string that the page's font can draw. */
  words(words: Words): string {
    return runsOf(this.#say(words), this.#glyphs, false)
      .map(({ text }) => text)
      .join('');
  }

  runs(words: Words): ContentText[] {
    return this.#runs(this.#say(words), false);
  }

  /** Monospaced, where the monospaced font has the character. */
  codeRuns(text: string): ContentText[] {
    return this.#runs(text, true);
  }

  #runs(text: string, code: boolean): ContentText[] {
    const runs = runsOf(text, this.#glyphs, code);
    // The monospaced letters are larger than the others of the same size.
    return runs.map((run) => ({ text: run.text, font: run.font }));
  }
}
