import { grown } from '../../flow/grown.ts';
import { rowsFor, type SlotTable } from './slot-table.ts';

/** Browsers told apart per address: more make no address more of a gateway. */
const KEPT = 6;
/** Of each a hash of the agent (0: there is none), and when it was seen, in seconds since 1970. */
const AGENT = 0;
const SEEN = 1;
const BROWSER = 2;
const ROW = KEPT * BROWSER;

/** The last different browsers of each address, and when each was seen. */
export class BrowserTable implements SlotTable {
  readonly #limit: number;
  #rows = new Int32Array(0);

  constructor(limit: number) {
    this.#limit = limit;
  }

  touch(slots: Int32Array): number {
    let read = 0;
    for (let index = 0; index < slots.length; index += 1) read += this.#rows[(slots[index] ?? 0) * ROW] ?? 0;
    return read;
  }

  see(slot: number, agent: number, time: number): void {
    const first = slot * ROW;
    if (first >= this.#rows.length) this.#grow(slot);
    const rows = this.#rows;
    const seconds = Math.floor(time / 1000);
    let oldest = first;
    for (let at = first; at < first + ROW; at += BROWSER) {
      if (rows[at + AGENT] === agent) {
        rows[at + SEEN] = seconds;
        return;
      }
      if (seenAt(rows, at) < seenAt(rows, oldest)) oldest = at;
    }
    rows[oldest + AGENT] = agent;
    rows[oldest + SEEN] = seconds;
  }

  /** Different browsers seen since a time, KEPT at most. */
  since(slot: number, time: number): number {
    let browsers = 0;
    for (let at = slot * ROW; at < (slot + 1) * ROW; at += BROWSER) {
      const seconds = seenAt(this.#rows, at);
      if (seconds > 0 && seconds * 1000 >= time - 1000) browsers += 1;
    }
    return browsers;
  }

  clear(slot: number): void {
    this.#rows.fill(0, slot * ROW, (slot + 1) * ROW);
  }

  /** @param rows rows in use */
  save(rows: number): Int32Array {
    return this.#rows.subarray(0, rows * ROW);
  }

  load(saved: Int32Array): void {
    this.#rows = Int32Array.from(saved);
  }

  #grow(slot: number): void {
    this.#rows = grown(this.#rows, new Int32Array(rowsFor(slot, this.#limit) * ROW));
  }
}

/** Seconds pass 31 bits in 2038. */
function seenAt(rows: Int32Array, browser: number): number {
  return (rows[browser + SEEN] ?? 0) >>> 0;
}
