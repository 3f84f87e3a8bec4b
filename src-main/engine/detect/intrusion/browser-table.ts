import { grown } from '../../flow/grown.ts';
import { rowsFor, type SlotTable } from './slot-table.ts';

/** Browsers told apart per address: more make no address more of a gateway. */
const KEPT = 6;

/** The last different browsers of each address, and when each was seen. */
export class BrowserTable implements SlotTable {
  readonly #limit: number;
  /** Hashes of agents, KEPT a row; 0 = none. */
  #agents = new Int32Array(0);
  /** Seconds since 1970. */
  #seenAt = new Uint32Array(0);

  constructor(limit: number) {
    this.#limit = limit;
  }

  touch(slots: Int32Array): number {
    let read = 0;
    for (let index = 0; index < slots.length; index += 1) {
      const slot = slots[index] ?? 0;
      read += (this.#agents[slot * KEPT] ?? 0) + (this.#seenAt[slot * KEPT] ?? 0);
    }
    return read;
  }

  see(slot: number, agent: number, time: number): void {
    const first = slot * KEPT;
    if (first >= this.#agents.length) this.#grow(slot);
    const seconds = Math.floor(time / 1000);
    let oldest = first;
    for (let at = first; at < first + KEPT; at += 1) {
      if (this.#agents[at] === agent) {
        this.#seenAt[at] = seconds;
        return;
      }
      if ((this.#seenAt[at] ?? 0) < (this.#seenAt[oldest] ?? 0)) oldest = at;
    }
    this.#agents[oldest] = agent;
    this.#seenAt[oldest] = seconds;
  }

  /** Different browsers seen since a time, KEPT at most. */
  since(slot: number, time: number): number {
    let browsers = 0;
    for (let at = slot * KEPT; at < (slot + 1) * KEPT; at += 1) {
      const seconds = this.#seenAt[at] ?? 0;
      if (seconds > 0 && seconds * 1000 >= time - 1000) browsers += 1;
    }
    return browsers;
  }

  clear(slot: number): void {
    this.#agents.fill(0, slot * KEPT, (slot + 1) * KEPT);
    this.#seenAt.fill(0, slot * KEPT, (slot + 1) * KEPT);
  }

  /** @param rows rows in use */
  save(rows: number): { agents: Int32Array; seenAt: Uint32Array } {
    return { agents: this.#agents.subarray(0, rows * KEPT), seenAt: this.#seenAt.slice(0, rows * KEPT) };
  }

  load(saved: ReturnType<BrowserTable['save']>): void {
    this.#agents = Int32Array.from(saved.agents);
    this.#seenAt = Uint32Array.from(saved.seenAt);
  }

  #grow(slot: number): void {
    const rows = rowsFor(slot, this.#limit);
    this.#agents = grown(this.#agents, new Int32Array(rows * KEPT));
    this.#seenAt = grown(this.#seenAt, new Uint32Array(rows * KEPT));
  }
}
