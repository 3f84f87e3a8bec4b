import type { BucketRule } from './rule-schema.ts';
import { SLOTS } from './rate-bucket.ts';
import { grown, rowsFor, type SlotTable } from './slot-table.ts';

/** What a counter holds within its window. */
export interface RateReading {
  count: number;
  errors: number;
}

const MOST = 65_535;

/**
 * Counts the requests of every address over a rule's window, in six slots of it: off by at most a sixth. Rows of numbers,
 * as nearly all addresses never come near a rule's capacity and must cost next to nothing.
 */
export class RateTable implements SlotTable {
  readonly #limit: number;
  readonly #width: number;
  /** Number of the newest slot since 1970, by row; 0 = none. */
  #newest = new Float64Array(0);
  /** Six a row; a slot's place is its number modulo six. */
  #counts = new Uint16Array(0);
  #errors = new Uint16Array(0);
  /** Sums of the rows. */
  #count = new Uint32Array(0);
  #errorCount = new Uint32Array(0);

  constructor(rule: BucketRule, limit: number) {
    this.#limit = limit;
    this.#width = (rule.window ?? 60_000) / SLOTS;
  }

  /** Takes a request in. @returns requests in the window now; 0 for one that is older than it */
  add(row: number, time: number, failed: boolean): number {
    if (row >= this.#count.length) this.#grow(row);
    const slot = Math.floor(time / this.#width);
    const newest = this.#newest[row] ?? 0;
    if (slot > newest) this.#advance(row, newest, slot);
    else if (newest - slot >= SLOTS) return 0;
    const at = row * SLOTS + (slot % SLOTS);
    const before = this.#counts[at] ?? 0;
    if (before === MOST) return this.#count[row] ?? 0;
    this.#counts[at] = before + 1;
    if (failed) {
      this.#errors[at] = (this.#errors[at] ?? 0) + 1;
      this.#errorCount[row] = (this.#errorCount[row] ?? 0) + 1;
    }
    const count = (this.#count[row] ?? 0) + 1;
    this.#count[row] = count;
    return count;
  }

  #advance(row: number, from: number, to: number): void {
    this.#newest[row] = to;
    if ((this.#count[row] ?? 0) === 0) return;
    const steps = Math.min(SLOTS, to - from);
    for (let step = 0; step < steps; step += 1) {
      const at = row * SLOTS + ((to - step) % SLOTS);
      this.#count[row] = (this.#count[row] ?? 0) - (this.#counts[at] ?? 0);
      this.#errorCount[row] = (this.#errorCount[row] ?? 0) - (this.#errors[at] ?? 0);
      this.#counts[at] = 0;
      this.#errors[at] = 0;
    }
  }

  reading(row: number): RateReading {
    return { count: this.#count[row] ?? 0, errors: this.#errorCount[row] ?? 0 };
  }

  clear(row: number): void {
    if (row >= this.#count.length) return;
    this.#newest[row] = 0;
    this.#count[row] = 0;
    this.#errorCount[row] = 0;
    this.#counts.fill(0, row * SLOTS, (row + 1) * SLOTS);
    this.#errors.fill(0, row * SLOTS, (row + 1) * SLOTS);
  }

  save(): { newest: Float64Array; counts: Uint16Array; errors: Uint16Array } {
    return { newest: this.#newest, counts: this.#counts, errors: this.#errors };
  }

  load(saved: ReturnType<RateTable['save']>): void {
    this.#newest = Float64Array.from(saved.newest);
    this.#counts = Uint16Array.from(saved.counts);
    this.#errors = Uint16Array.from(saved.errors);
    this.#count = sums(this.#counts);
    this.#errorCount = sums(this.#errors);
  }

  #grow(row: number): void {
    const rows = rowsFor(row, this.#limit);
    const newest = new Float64Array(rows);
    newest.set(this.#newest);
    this.#newest = newest;
    this.#counts = grown(this.#counts, new Uint16Array(rows * SLOTS));
    this.#errors = grown(this.#errors, new Uint16Array(rows * SLOTS));
    this.#count = grown(this.#count, new Uint32Array(rows));
    this.#errorCount = grown(this.#errorCount, new Uint32Array(rows));
  }
}

function sums(columns: Uint16Array): Uint32Array<ArrayBuffer> {
  const rows = new Uint32Array(columns.length / SLOTS);
  for (const [at, value] of columns.entries()) {
    const row = Math.floor(at / SLOTS);
    rows[row] = (rows[row] ?? 0) + value;
  }
  return rows;
}
