/** Texts remembered; beyond, all are forgotten. They come from log lines. */
const MAX_TEXTS = 20_000;
/** V8 keeps a longer piece of a text as a view of the whole. */
const LONGEST_COPIED = 12;

interface KnownText {
  text: string;
  /** The batch that listed it last, and where. */
  batch: number;
  index: number;
}

/**
 * Lists the texts of a batch. The same users, services and rules come with batch after batch: each stays one string, and
 * no map has to be filled anew for every batch. One per thread.
 */
export class TextBook {
  readonly #known = new Map<string, KnownText>();
  #strings: string[] = [''];
  #batch = 0;

  /** @param strings the list of the batch that begins; its first is the empty text */
  begin(strings: string[]): void {
    this.#strings = strings;
    this.#batch += 1;
  }

  /** The place of a text in the list of the batch. */
  place(text: string): number {
    if (text === '') return 0;
    let known = this.#known.get(text);
    if (known === undefined) {
      // A copy: the line that a name is a piece of shall not be kept with it.
      const own = text.length > LONGEST_COPIED ? Buffer.from(text).toString() : text;
      known = { text: own, batch: 0, index: 0 };
      if (this.#known.size >= MAX_TEXTS) this.#known.clear();
      // Half a surrogate pair, and the like, has no copy.
      if (own === text) this.#known.set(own, known);
      else known.text = text;
    }
    if (known.batch !== this.#batch) {
      known.batch = this.#batch;
      known.index = this.#strings.push(known.text) - 1;
    }
    return known.index;
  }
}
