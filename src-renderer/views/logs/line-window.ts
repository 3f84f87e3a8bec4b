import type { LogLine } from '../../../src-preload/contract/logs.ts';
import type { Time } from '../../../src-preload/contract/shared.ts';

/** Lines that exist in the store but were not sent: the tail was sampled, or too many came while it was paused. */
export interface LineGap {
  id: string;
  /** Where it stands among the lines. */
  time: Time;
  /** Lines left out. */
  missing: number;
  /** Time of the newest line before it. */
  from: Time;
}

export type StreamRow = LogLine | LineGap;

export function isGap(row: StreamRow): row is LineGap {
  return 'missing' in row;
}

/** Rows kept in the window; the others are paged again when they are scrolled to. */
const MAX_WINDOW_ROWS = 50_000;

/**
 * A stretch of the log, oldest first, that grows at both ends and keeps to a limit by letting go of the far end.
 * It holds plain data and knows no clock, no client and no framework.
 */
export class LineWindow {
  readonly limit: number;
  rows: StreamRow[] = [];
  /** Older (newer) lines may exist beyond the window. */
  hasOlder = false;
  hasNewer = false;
  /** Continues before the first row; gone when that row was let go of. */
  olderCursor: string | undefined;
  #ids = new Set<string>();
  #gaps = 0;

  constructor(limit = MAX_WINDOW_ROWS) {
    this.limit = limit;
  }

  has(id: string): boolean {
    return this.#ids.has(id);
  }

  /** Starts anew with a page. */
  reset(
    lines: readonly LogLine[],
    ends: { olderCursor?: string | undefined; hasOlder: boolean; hasNewer: boolean },
  ): void {
    this.rows = [];
    this.#ids = new Set();
    this.hasOlder = false;
    this.#add(lines);
    this.olderCursor = ends.olderCursor;
    this.hasOlder = ends.hasOlder;
    this.hasNewer = ends.hasNewer;
  }

  /** Adds a page before the first row. Returns how many rows came in front; the newest beyond the limit are let go. */
  prepend(lines: readonly LogLine[], olderCursor: string | undefined): number {
    const fresh = this.#unseen(lines);
    this.rows = [...fresh, ...this.rows];
    this.olderCursor = olderCursor;
    this.hasOlder = olderCursor !== undefined;
    if (this.rows.length > this.limit) {
      this.#forget(this.rows.splice(this.limit));
      this.hasNewer = true;
    }
    return fresh.length;
  }

  /**
   * Adds new lines at their place in time, most often the end. `missing` lines were left out before them.
   * Returns how many rows were let go of at the front, so that a paused view can stay where it is.
   */
  append(lines: readonly LogLine[], missing = 0): number {
    if (missing > 0) this.#addGap(missing, lines[0]?.time);
    this.#add(lines);
    return this.#trimOldest();
  }

  /** Puts lines where a gap was. What is still missing behind them stays a gap. */
  fill(gapId: string, lines: readonly LogLine[], complete: boolean): void {
    const at = this.rows.findIndex((row) => row.id === gapId);
    const gap = this.rows[at];
    if (gap === undefined || !isGap(gap)) return;
    this.rows.splice(at, 1);
    const before = this.rows.length;
    this.#add(lines);
    const filled = this.rows.length - before;
    const last = lines.at(-1);
    if (!complete && last !== undefined && filled > 0) {
      const rest = { ...gap, missing: Math.max(1, gap.missing - filled), time: last.time, from: last.time };
      this.rows.splice(this.#placeAfter(last.time), 0, rest);
    }
    this.#trimOldest();
  }

  get oldest(): LogLine | undefined {
    return this.rows.find((row): row is LogLine => !isGap(row));
  }

  get newest(): LogLine | undefined {
    return this.rows.findLast((row): row is LogLine => !isGap(row));
  }

  indexOf(id: string): number {
    return this.rows.findIndex((row) => row.id === id);
  }

  #unseen(lines: readonly LogLine[]): LogLine[] {
    const fresh: LogLine[] = [];
    for (const line of lines) {
      if (this.#ids.has(line.id)) continue;
      this.#ids.add(line.id);
      fresh.push(line);
    }
    return fresh;
  }

  #add(lines: readonly LogLine[]): void {
    const start = this.rows[0]?.time ?? 0;
    for (const line of this.#unseen(lines)) {
      // A late line from before the window is found by paging; put in here it would hide a hole behind it.
      if (this.hasOlder && line.time < start) {
        this.#ids.delete(line.id);
        continue;
      }
      const last = this.rows.at(-1);
      if (last === undefined || last.time <= line.time) this.rows.push(line);
      else this.rows.splice(this.#placeAfter(line.time), 0, line);
    }
  }

  #addGap(missing: number, before: Time | undefined): void {
    const last = this.rows.at(-1);
    const from = this.newest?.time ?? before ?? 0;
    if (last !== undefined && isGap(last)) {
      this.rows[this.rows.length - 1] = { ...last, missing: last.missing + missing };
      return;
    }
    this.#gaps += 1;
    this.rows.push({ id: `gap:${this.#gaps}`, time: from, missing, from });
  }

  /** First place behind every row of that time or earlier (rows are in order of time). */
  #placeAfter(time: Time): number {
    let low = 0;
    let high = this.rows.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.rows[middle]?.time ?? 0) <= time) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #trimOldest(): number {
    const excess = this.rows.length - this.limit;
    if (excess <= 0) return 0;
    this.#forget(this.rows.splice(0, excess));
    this.hasOlder = true;
    this.olderCursor = undefined;
    return excess;
  }

  #forget(rows: readonly StreamRow[]): void {
    for (const row of rows) this.#ids.delete(row.id);
  }
}
