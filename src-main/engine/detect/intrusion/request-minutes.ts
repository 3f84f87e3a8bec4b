import { grown } from '../../flow/grown.ts';
import { rowsFor, type SlotTable } from './slot-table.ts';

const MINUTE = 60_000;
/** The current minute and the nine before it. */
const KEPT = 10;
const MOST = 65_535;

/** Page requests of each address in the last ten minutes, and how many of them failed. */
export class RequestMinutes implements SlotTable {
  readonly #limit: number;
  /** Number of the newest minute since 1970, by row; 0 = none. */
  #newest = new Int32Array(0);
  /** Ten a row; a minute's place is its number modulo ten. */
  #requests = new Uint16Array(0);
  #errors = new Uint16Array(0);

  constructor(limit: number) {
    this.#limit = limit;
  }

  touch(slots: Int32Array): number {
    let read = 0;
    for (let index = 0; index < slots.length; index += 1) {
      const slot = slots[index] ?? 0;
      read += (this.#newest[slot] ?? 0) + (this.#requests[slot * KEPT] ?? 0);
    }
    return read;
  }

  count(slot: number, time: number, failed: boolean): void {
    if (slot >= this.#newest.length) this.#grow(slot);
    const minute = Math.floor(time / MINUTE);
    let newest = this.#newest[slot] ?? 0;
    if (minute > newest) {
      this.#advance(slot, newest, minute);
      newest = minute;
    }
    // What comes late counts in the newest minute.
    const at = slot * KEPT + (newest % KEPT);
    const requests = this.#requests[at] ?? 0;
    if (requests === MOST) return;
    this.#requests[at] = requests + 1;
    if (failed) this.#errors[at] = (this.#errors[at] ?? 0) + 1;
  }

  #advance(slot: number, from: number, to: number): void {
    const steps = Math.min(KEPT, to - from);
    for (let step = 0; step < steps; step += 1) {
      const at = slot * KEPT + ((to - step) % KEPT);
      this.#requests[at] = 0;
      this.#errors[at] = 0;
    }
    this.#newest[slot] = to;
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
    for (let at = slot * KEPT; at < (slot + 1) * KEPT; at += 1) requests += this.#requests[at] ?? 0;
    return requests;
  }

  clear(slot: number): void {
    if (slot >= this.#newest.length) return;
    this.#newest[slot] = 0;
    this.#requests.fill(0, slot * KEPT, (slot + 1) * KEPT);
    this.#errors.fill(0, slot * KEPT, (slot + 1) * KEPT);
  }

  /** @param rows rows in use */
  save(rows: number): { newest: Int32Array; requests: Uint16Array; errors: Uint16Array } {
    return {
      newest: this.#newest.subarray(0, rows),
      requests: this.#requests.subarray(0, rows * KEPT),
      errors: this.#errors.subarray(0, rows * KEPT),
    };
  }

  load(saved: ReturnType<RequestMinutes['save']>): void {
    this.#newest = Int32Array.from(saved.newest);
    this.#requests = Uint16Array.from(saved.requests);
    this.#errors = Uint16Array.from(saved.errors);
  }

  /** Minutes in which something was asked, not older than ten. */
  #each(slot: number, now: number, visit: (minute: number, requests: number, errors: number) => void): void {
    const newest = this.#newest[slot] ?? 0;
    for (let minute = newest; minute > newest - KEPT && minute >= now - KEPT; minute -= 1) {
      const at = slot * KEPT + (minute % KEPT);
      const requests = this.#requests[at] ?? 0;
      if (requests > 0) visit(minute, requests, this.#errors[at] ?? 0);
    }
  }

  #grow(slot: number): void {
    const rows = rowsFor(slot, this.#limit);
    this.#newest = grown(this.#newest, new Int32Array(rows));
    this.#requests = grown(this.#requests, new Uint16Array(rows * KEPT));
    this.#errors = grown(this.#errors, new Uint16Array(rows * KEPT));
  }
}
