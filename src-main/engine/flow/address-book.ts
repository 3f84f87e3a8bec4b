import { FIELD, FIELD_COUNT, type ParsedBatch } from './parsed-batch.ts';

/** An address as lines write it. One object for all lines that have it, so that it is made a string and looked at once. */
export interface KnownAddress {
  /** As written. */
  text: string;
  /** As detection knows it (no port, brackets or zone); undefined until that was worked out. */
  canonical: string | undefined;
  /** The batch that listed it last, and where. */
  batch: number;
  index: number;
}

/** Two ways a set: addresses remembered over batches. */
const SETS = 8192;
/** Longer texts in an address's place are no address. */
const LONGEST = 255;

/** Numbers the addresses of a batch; the same clients come again and again. One per worker. */
export class AddressBook {
  readonly #hashes = new Int32Array(SETS * 2);
  readonly #known = new Array<KnownAddress | undefined>(SETS * 2);
  #batch = 0;

  /** Fills the batch's `addressIds` and `addresses`. */
  index(batch: ParsedBatch): void {
    this.#batch += 1;
    const { slices, bytes, addresses, addressIds } = batch;
    for (let line = 0; line < batch.count; line += 1) {
      const at = (line * FIELD_COUNT + FIELD.address) * 2;
      const start = slices[at] ?? -1;
      if (start === -1) continue;
      const known =
        start < -1
          ? unlisted(batch.decoded[-2 - start] ?? '')
          : this.#find(bytes, start, slices[at + 1] ?? start);
      if (known.batch !== this.#batch) {
        known.batch = this.#batch;
        known.index = addresses.push(known) - 1;
      }
      addressIds[line] = known.index;
    }
  }

  #find(bytes: Buffer, from: number, to: number): KnownAddress {
    const end = Math.min(to, from + LONGEST);
    let hash = 0x811c9dc5 | 0;
    for (let at = from; at < end; at += 1) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193);
    hash ^= hash >>> 15;
    const slot = (hash & (SETS - 1)) * 2;
    for (let way = slot; way < slot + 2; way += 1) {
      const known = this.#known[way];
      if (this.#hashes[way] === hash && known !== undefined && isText(known.text, bytes, from, end))
        return known;
    }
    const fresh = unlisted(bytes.toString('latin1', from, end));
    this.#hashes[slot + 1] = this.#hashes[slot] ?? 0;
    this.#known[slot + 1] = this.#known[slot];
    this.#hashes[slot] = hash;
    this.#known[slot] = fresh;
    return fresh;
  }
}

/** An address that no line of a batch was seen with yet. */
export function unlisted(text: string): KnownAddress {
  return { text, canonical: undefined, batch: 0, index: 0 };
}

function isText(text: string, bytes: Uint8Array, from: number, to: number): boolean {
  if (text.length !== to - from) return false;
  for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) !== bytes[from + at]) return false;
  return true;
}
