import { ipv4OfBytes } from './ipv4.ts';
import { FIELD, FIELD_COUNT, type ParsedBatch } from './parsed-batch.ts';

/** An address as lines write it: one object for all lines of a batch that have it. */
export interface KnownAddress {
  /** As written. */
  text: string;
  /** As detection knows it (no port, brackets or zone); undefined until that was worked out. */
  canonical: string | undefined;
}

/** Two ways a set: IPv4 addresses remembered over batches. */
const SETS = 8192;
/** A row of the table: the address as a number, the batch that listed it last, and where. */
const ROW = 4;
const BATCH = 1;
const INDEX = 2;
/** Other addresses and names remembered; beyond, all are forgotten. */
const MAX_OTHERS = 10_000;
/** Longer texts in an address's place are no address. */
const LONGEST = 255;

/**
 * Numbers the addresses of a batch; the same clients come again and again, so that each becomes a string once. One per
 * worker.
 */
export class AddressBook {
  readonly #rows = new Int32Array(SETS * 2 * ROW);
  readonly #known = new Array<KnownAddress | undefined>(SETS * 2);
  readonly #others = new Map<string, { known: KnownAddress; batch: number; index: number }>();
  #batch = 0;

  /** Fills the batch's `addressIds` and `addresses`. */
  index(batch: ParsedBatch): void {
    this.#batch += 1;
    const { slices, addressIds } = batch;
    for (let line = 0; line < batch.count; line += 1) {
      const at = (line * FIELD_COUNT + FIELD.address) * 2;
      const start = slices[at] ?? -1;
      if (start === -1) continue;
      if (start < -1) {
        addressIds[line] = this.#other(batch, batch.decoded[-2 - start] ?? '');
        continue;
      }
      const end = Math.min(slices[at + 1] ?? start, start + LONGEST);
      const number = ipv4OfBytes(batch.bytes, start, end);
      addressIds[line] =
        number < 0
          ? this.#other(batch, batch.bytes.toString('latin1', start, end))
          : this.#ipv4(batch, number | 0, start, end);
    }
  }

  #ipv4(batch: ParsedBatch, number: number, start: number, end: number): number {
    const rows = this.#rows;
    const set = (Math.imul(number ^ (number >>> 16), 0x9e3779b1) >>> 19) * 2;
    let way = set;
    let known = this.#known[way];
    if (known === undefined || rows[way * ROW] !== number) {
      way = set + 1;
      known = this.#known[way];
    }
    if (known === undefined || rows[way * ROW] !== number) {
      // The newer one keeps the first place.
      this.#known[way] = this.#known[set];
      rows.copyWithin(way * ROW, set * ROW, (set + 1) * ROW);
      way = set;
      const text = batch.bytes.toString('latin1', start, end);
      known = { text, canonical: text };
      this.#known[way] = known;
      rows[way * ROW] = number;
      rows[way * ROW + BATCH] = 0;
    }
    if (rows[way * ROW + BATCH] !== this.#batch) {
      rows[way * ROW + BATCH] = this.#batch;
      rows[way * ROW + INDEX] = batch.addresses.push(known) - 1;
    }
    return rows[way * ROW + INDEX] ?? 0;
  }

  #other(batch: ParsedBatch, text: string): number {
    let other = this.#others.get(text);
    if (other === undefined) {
      if (this.#others.size >= MAX_OTHERS) this.#others.clear();
      other = { known: { text, canonical: undefined }, batch: 0, index: 0 };
      this.#others.set(text, other);
    }
    if (other.batch !== this.#batch) {
      other.batch = this.#batch;
      other.index = batch.addresses.push(other.known) - 1;
    }
    return other.index;
  }
}
