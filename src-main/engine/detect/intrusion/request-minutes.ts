import { grown } from '../../flow/grown.ts';
import { rowsFor, type SlotTable } from './slot-table.ts';

const MINUTE = 60_000;
/** The current minute and the nine before it. */
const KEPT = 10;
/** A row: number of the newest minute since 1970 (0 = none), when it asked last, in seconds since 1970, and the minutes. */
const NEWEST = 0;
const ASKED = 1;
/** A minute's place is its number modulo ten; the lower half of it counts requests, the upper one those that failed. */
const MINUTES = 2;
/** Side by side, as every request changes all of it: a row is a cache line, three columns were three. */
const ROW = MINUTES + KEPT;
const MOST = 0xffff;
const FAILED = 0x10000;

/** Page requests of each address in the last ten minutes, and how many of them failed. */
export class RequestMinutes implements SlotTable {
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

  count(slot: number, time: number, failed: boolean): void {
    const start = slot * ROW;
    if (start >= this.#rows.length) this.#grow(slot);
    const rows = this.#rows;
    const seconds = Math.floor(time / 1000);
    if (seconds > asked(rows, start)) rows[start + ASKED] = seconds;
    const minute = Math.floor(time / MINUTE);
    let newest = rows[start + NEWEST] ?? 0;
    if (minute > newest) {
      this.#advance(start, newest, minute);
      newest = minute;
    }
    // What comes late counts in the newest minute.
    const at = start + MINUTES + (newest % KEPT);
    const counted = rows[at] ?? 0;
    if ((counted & MOST) === MOST) return;
    rows[at] = counted + (failed ? FAILED + 1 : 1);
  }

  #advance(start: number, from: number, to: number): void {
    const steps = Math.min(KEPT, to - from);
    for (let step = 0; step < steps; step += 1) this.#rows[start + MINUTES + ((to - step) % KEPT)] = 0;
    this.#rows[start + NEWEST] = to;
  }

  /** Newest request, to the second; 0 = none. */
  last(slot: number): number {
    return asked(this.#rows, slot * ROW) * 1000;
  }

  /** Requests per minute over the full minutes before `time`, and over how many minutes that is known. */
  usualRate(slot: number, time: number): { perMinute: number; minutes: number } {
    const now = Math.floor(time / MINUTE);
    let requests = 0;
    let minutes = 0;
    this.#each(slot, now, (minute, count) => {
      if (minute >= now) return;
      requests += count;
      minutes += 1;
    });
    return { perMinute: minutes === 0 ? 0 : requests / minutes, minutes };
  }

  /** Share of page requests of the last ten minutes that were answered with an error; 0 where there were none. */
  errorShare(slot: number, time: number): number {
    let requests = 0;
    let errors = 0;
    this.#each(slot, Math.floor(time / MINUTE), (_minute, count, failed) => {
      requests += count;
      errors += failed;
    });
    return requests === 0 ? 0 : errors / requests;
  }

  /** All requests kept. */
  requestsOf(slot: number): number {
    let requests = 0;
    for (let at = slot * ROW + MINUTES; at < (slot + 1) * ROW; at += 1)
      requests += (this.#rows[at] ?? 0) & MOST;
    return requests;
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

  /** Minutes in which something was asked, not older than ten. */
  #each(slot: number, now: number, visit: (minute: number, requests: number, errors: number) => void): void {
    const start = slot * ROW;
    const newest = this.#rows[start + NEWEST] ?? 0;
    for (let minute = newest; minute > newest - KEPT && minute >= now - KEPT; minute -= 1) {
      const counted = this.#rows[start + MINUTES + (minute % KEPT)] ?? 0;
      if (counted !== 0) visit(minute, counted & MOST, counted >>> 16);
    }
  }

  #grow(slot: number): void {
    this.#rows = grown(this.#rows, new Int32Array(rowsFor(slot, this.#limit) * ROW));
  }
}

/** Seconds pass 31 bits in 2038. */
function asked(rows: Int32Array, start: number): number {
  return (rows[start + ASKED] ?? 0) >>> 0;
}
