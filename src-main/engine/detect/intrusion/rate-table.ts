import type { BucketRule } from './rule-schema.ts';
import { SLOTS } from './rate-bucket.ts';
import { grown } from '../../flow/grown.ts';
import { rowsFor, type SlotTable } from './slot-table.ts';

/** What a counter holds within its window. */
export interface RateReading {
  count: number;
  errors: number;
}

/** A row: number of the newest slot, requests and errors of all slots, then both of each slot. */
const NEWEST = 0;
const COUNT = 1;
const ERRORS = 2;
const FIRST = 3;
const END = FIRST + 2 * SLOTS;
/** Sixteen numbers are a cache line: a request touches one, and not five columns. */
const ROW = 16;

/**
 * Counts the requests of every address over a rule's window, in six slots of it: off by at most a sixth. Rows of numbers,
 * as nearly all addresses never come near a rule's capacity and must cost next to nothing.
 */
export class RateTable implements SlotTable {
  readonly #limit: number;
  readonly #width: number;
  #rows = new Int32Array(0);
  /** The slot in hand, where it stands in a row, and times that are certainly in it: nearly always the next one's, too. */
  #slot = 0;
  #place = FIRST;
  #slotFrom = 0;
  #slotUntil = 0;

  constructor(rule: BucketRule, limit: number) {
    this.#limit = limit;
    this.#width = (rule.window ?? 60_000) / SLOTS;
  }

  touch(slots: Int32Array): number {
    let read = 0;
    for (let index = 0; index < slots.length; index += 1) {
      read += this.#rows[(slots[index] ?? 0) * ROW] ?? 0;
    }
    return read;
  }

  /** Takes a request in. @returns requests in the window now; 0 for one that is older than it */
  add(row: number, time: number, failed: boolean): number {
    const start = row * ROW;
    if (start >= this.#rows.length) this.#grow(row);
    const rows = this.#rows;
    if (!(time > this.#slotFrom && time < this.#slotUntil)) this.#enter(time);
    const ahead = (this.#slot - (rows[start + NEWEST] ?? 0)) | 0;
    if (ahead > 0 || rows[start + COUNT] === 0) this.#advance(start, ahead);
    else if (ahead <= -SLOTS) return 0;
    const at = start + this.#place;
    rows[at] = (rows[at] ?? 0) + 1;
    if (failed) {
      rows[at + 1] = (rows[at + 1] ?? 0) + 1;
      rows[start + ERRORS] = (rows[start + ERRORS] ?? 0) + 1;
    }
    const count = (rows[start + COUNT] ?? 0) + 1;
    rows[start + COUNT] = count;
    return count;
  }

  /**
   * Goes to the slot of a time. Numbers of slots of short windows pass 32 bits: differences don't care, and doubles would
   * cost ten times as much. Where rounding may decide, within a millisecond of the slot's ends, it is always divided.
   */
  #enter(time: number): void {
    const slot = Math.floor(time / this.#width);
    this.#slot = slot | 0;
    this.#place = FIRST + ((slot >>> 0) % SLOTS) * 2;
    this.#slotFrom = slot * this.#width + 1;
    this.#slotUntil = (slot + 1) * this.#width - 1;
  }

  /** Makes the slot in hand the newest of a row. */
  #advance(start: number, ahead: number): void {
    const rows = this.#rows;
    rows[start + NEWEST] = this.#slot;
    if (rows[start + COUNT] === 0) return;
    if (ahead >= SLOTS) {
      // Most addresses come back when their window has passed: all of it goes, and nothing need be taken from the sums.
      for (let at = start + COUNT; at < start + END; at += 1) rows[at] = 0;
      return;
    }
    let at = start + this.#place;
    for (let step = 0; step < ahead; step += 1) {
      rows[start + COUNT] = (rows[start + COUNT] ?? 0) - (rows[at] ?? 0);
      rows[start + ERRORS] = (rows[start + ERRORS] ?? 0) - (rows[at + 1] ?? 0);
      rows[at] = 0;
      rows[at + 1] = 0;
      at = at === start + FIRST ? start + END - 2 : at - 2;
    }
  }

  reading(row: number): RateReading {
    const start = row * ROW;
    return { count: this.#rows[start + COUNT] ?? 0, errors: this.#rows[start + ERRORS] ?? 0 };
  }

  /** Requests within the window that ends at a time. */
  countAt(row: number, time: number): number {
    const start = row * ROW;
    if (start >= this.#rows.length) return 0;
    this.#enter(time);
    const ahead = (this.#slot - (this.#rows[start + NEWEST] ?? 0)) | 0;
    if (ahead > 0) this.#advance(start, ahead);
    return this.#rows[start + COUNT] ?? 0;
  }

  clear(row: number): void {
    this.#rows.fill(0, row * ROW, (row + 1) * ROW);
  }

  /** Forgets all other rows; these are numbered anew, in this order. */
  keep(rows: readonly number[]): void {
    const kept = new Int32Array(rowsFor(rows.length, this.#limit) * ROW);
    rows.forEach((row, index) => kept.set(this.#rows.subarray(row * ROW, (row + 1) * ROW), index * ROW));
    this.#rows = kept;
  }

  /** @param rows rows in use; all there is room for where not given */
  save(rows = this.#rows.length / ROW): Int32Array {
    return this.#rows.subarray(0, rows * ROW);
  }

  load(saved: Int32Array): void {
    this.#rows = Int32Array.from(saved);
  }

  #grow(row: number): void {
    this.#rows = grown(this.#rows, new Int32Array(rowsFor(row, this.#limit) * ROW));
  }
}
