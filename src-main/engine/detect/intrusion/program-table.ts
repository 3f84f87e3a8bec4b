import type { Classifier, ProgramRules } from './classify.ts';

/** A program that writes messages, and what they may mean. */
export interface KnownProgram {
  rules: ProgramRules;
  /** What of the tag belongs to the message: `auth(mia,192.0.2.9): …`; empty for nearly all. */
  tag: string;
}

/** Direct mapping; a few dozen programs write to a machine's logs. */
const PLACES = 1024;

/** Programs by the bytes of their names, so that naming one costs no string. */
export class ProgramTable {
  readonly #classifier: Classifier;
  readonly #names = new Array<string | undefined>(PLACES);
  readonly #known = new Array<KnownProgram | undefined>(PLACES);

  constructor(classifier: Classifier) {
    this.#classifier = classifier;
  }

  of(bytes: Buffer, from: number, to: number): KnownProgram {
    let hash = to - from;
    for (let at = from; at < to; at += 1) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193);
    const place = (hash ^ (hash >>> 10)) & (PLACES - 1);
    const known = this.#known[place];
    if (known !== undefined && isText(this.#names[place] ?? '', bytes, from, to)) return known;
    const fresh = this.named(bytes.toString('utf8', from, to));
    this.#names[place] = bytes.toString('latin1', from, to);
    this.#known[place] = fresh;
    return fresh;
  }

  named(tag: string): KnownProgram {
    return {
      rules: this.#classifier.about(tag.toLowerCase()),
      tag: tag.includes('(') ? `${tag}: ` : '',
    };
  }
}

function isText(text: string, bytes: Uint8Array, from: number, to: number): boolean {
  if (text.length !== to - from) return false;
  for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) !== bytes[from + at]) return false;
  return true;
}
