/** Two texts a set. Texts come from log lines: of more, those not seen for longest give way. */
const SET_BITS = 13;
/** A row of the table: the text's hash, the batch that listed it last, and where. */
const ROW = 4;
const BATCH = 1;
const INDEX = 2;
/** V8 keeps a longer piece of a text as a view of the whole. */
const LONGEST_COPIED = 12;

/** A text and its place in a batch. Rules and programs hold their own: theirs need no looking up. */
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
 * Lists the texts of a batch. The same users come with batch after batch: each stays one string, and no map has to be
 * filled anew for every batch. A table of numbers, because a map takes twice as long. One per thread.
 */
export class TextBook {
  readonly #rows = new Int32Array((2 << SET_BITS) * ROW);
  readonly #texts = new Array<string | undefined>(2 << SET_BITS);
  #strings: string[] = [''];
  #batch = 0;

  /** @param strings the list of the batch that begins; its first is the empty text */
  begin(strings: string[]): void {
    this.#strings = strings;
    batches += 1;
    this.#batch = batches;
  }

  /** The place of a text in the list of the batch. A text that gave way meanwhile is listed once more. */
  place(text: string): number {
    if (text === '') return 0;
    const hash = hashOf(text);
    let slot = (hash >>> (32 - SET_BITS)) * 2;
    if (!this.#isAt(slot, hash, text)) {
      slot += 1;
      if (!this.#isAt(slot, hash, text)) slot = this.#claim(slot - 1, hash, text);
    }
    return this.#listed(slot, text);
  }

  /** The same of a text of ASCII, which becomes a string only where it is new. */
  placeOfBytes(bytes: Buffer, from: number, to: number): number {
    let hash = to - from;
    for (let at = from; at < to; at += 1) hash = mixed(hash, bytes[at] ?? 0);
    hash = ended(hash);
    let slot = (hash >>> (32 - SET_BITS)) * 2;
    if (!this.#isOfBytes(slot, hash, bytes, from, to)) {
      slot += 1;
      if (!this.#isOfBytes(slot, hash, bytes, from, to))
        return this.place(bytes.toString('latin1', from, to));
    }
    return this.#listed(slot, this.#texts[slot] ?? '');
  }

  #listed(slot: number, text: string): number {
    const row = slot * ROW;
    if (this.#rows[row + BATCH] !== this.#batch) {
      this.#rows[row + BATCH] = this.#batch;
      this.#rows[row + INDEX] = this.#strings.push(this.#texts[slot] ?? text) - 1;
    }
    return this.#rows[row + INDEX] ?? 0;
  }

  placeOf(listed: ListedText): number {
    if (listed.text === '') return 0;
    if (listed.batch !== this.#batch) {
      listed.batch = this.#batch;
      listed.index = this.#strings.push(listed.text) - 1;
    }
    return listed.index;
  }

  #isAt(slot: number, hash: number, text: string): boolean {
    return this.#rows[slot * ROW] === hash && this.#texts[slot] === text;
  }

  #isOfBytes(slot: number, hash: number, bytes: Uint8Array, from: number, to: number): boolean {
    const text = this.#texts[slot];
    if (this.#rows[slot * ROW] !== hash || text?.length !== to - from) return false;
    for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) !== bytes[from + at]) return false;
    return true;
  }

  /** The first slot of a set, for a new text; what stood there moves to the second. */
  #claim(first: number, hash: number, text: string): number {
    this.#texts[first + 1] = this.#texts[first];
    this.#rows.copyWithin((first + 1) * ROW, first * ROW, (first + 1) * ROW);
    // A copy: the line that a name is a piece of shall not be kept with it. Half a surrogate pair, and the like, has none.
    const own = text.length > LONGEST_COPIED ? Buffer.from(text).toString() : text;
    this.#texts[first] = own === text ? own : undefined;
    this.#rows[first * ROW] = hash;
    this.#rows[first * ROW + BATCH] = 0;
    return first;
  }
}

function hashOf(text: string): number {
  let hash = text.length;
  for (let at = 0; at < text.length; at += 1) hash = mixed(hash, text.charCodeAt(at));
  return ended(hash);
}

function mixed(hash: number, unit: number): number {
  return Math.imul(hash ^ unit, 0x9e3779b1);
}

function ended(hash: number): number {
  return hash ^ (hash >>> 15);
}
