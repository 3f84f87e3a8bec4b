/** Texts remembered; beyond, all are forgotten. They come from log lines. */
const MAX_TEXTS = 20_000;
/** V8 keeps a longer piece of a text as a view of the whole. */
const LONGEST_COPIED = 12;

/** A text and its place. Rules and programs hold their own: theirs need no looking up. */
export class ListedText {
  readonly text: string;
  /** The batch that listed it last, and where. */
  batch = 0;
  index = 0;

  constructor(text: string) {
    this.text = text;
  }
}

/** Batches begun, by all books: they share the texts of rules. */
let batches = 0;

/**
 * Lists the texts of a batch. The same users, services and rules come with batch after batch: each stays one string, and
 * no map has to be filled anew for every batch. One per thread.
 */
export class TextBook {
  readonly #known = new Map<string, ListedText>();
  #strings: string[] = [''];
  #batch = 0;

  /** @param strings the list of the batch that begins; its first is the empty text */
  begin(strings: string[]): void {
    this.#strings = strings;
    batches += 1;
    this.#batch = batches;
  }

  /** The place of a text in the list of the batch. */
  place(text: string): number {
    if (text === '') return 0;
    let known = this.#known.get(text);
    if (known === undefined) {
      // A copy: the line that a name is a piece of shall not be kept with it.
      const own = text.length > LONGEST_COPIED ? Buffer.from(text).toString() : text;
      // Half a surrogate pair, and the like, has no copy.
      known = new ListedText(own === text ? own : text);
      if (this.#known.size >= MAX_TEXTS) this.#known.clear();
      if (own === text) this.#known.set(own, known);
    }
    return this.placeOf(known);
  }

  placeOf(listed: ListedText): number {
    if (listed.text === '') return 0;
    if (listed.batch !== this.#batch) {
      listed.batch = this.#batch;
      listed.index = this.#strings.push(listed.text) - 1;
    }
    return listed.index;
  }
}
