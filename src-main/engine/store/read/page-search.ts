import type { SearchPage } from '../../../../src-preload/contract/logs.ts';
import { DAY_MS, startOfDay, type PartitionName } from '../partitions.ts';
import type { ReadSignal } from '../types.ts';
import type { LineFilter } from './line-filter.ts';
import { compareKeys, cursorOf, PageCollector, parseCursor, rankOf, type LineKey } from './page.ts';
import type { PartitionSet } from './partition-set.ts';
import { partitionsWithin, throwIfCancelled } from './scan.ts';
import { loadedOnce, type LineUnit } from './unit.ts';

/** Beyond every class and number there is: a key before (behind) all lines of a time. */
const LAST_RANK = 99;
const LAST_SEQUENCE = Number.MAX_SAFE_INTEGER;

interface PageQuestion {
  filter: LineFilter;
  direction: 'older' | 'newer';
  cursor: string | undefined;
  limit: number;
  signal: ReadSignal;
}

/** Finds the lines nearest in a direction. Goes day by day, so that a first page opens no more than it needs. */
export class PageSearch {
  readonly #partitions: PartitionSet;
  readonly #question: PageQuestion;
  readonly #older: boolean;
  readonly #after: LineKey | undefined;
  readonly #page: PageCollector;
  #scanned = 0;
  /** Where time ran out: what lies before it is complete. */
  #left: LineKey | undefined;

  constructor(partitions: PartitionSet, question: PageQuestion) {
    const { cursor, direction, limit } = question;
    this.#partitions = partitions;
    this.#question = question;
    this.#older = direction === 'older';
    this.#after = cursor === undefined ? undefined : parseCursor(cursor);
    // One line more than asked for tells whether there is a next page.
    this.#page = new PageCollector(limit + 1, direction, this.#after);
  }

  /** @throws FailureError CANCELLED */
  run(): Omit<SearchPage, 'elapsedMs'> {
    for (const day of this.#days()) if (!this.#searchDay(day)) break;
    const { limit } = this.#question;
    const left = this.#left;
    const complete =
      left === undefined ? this.#page.found : this.#page.found.filter((found) => this.#isBefore(found, left));
    const found = complete.slice(0, limit);
    const lines = found.map(({ line }) => line);
    const last = complete.length > limit ? found.at(-1) : undefined;
    const page = { lines: this.#older ? lines.reverse() : lines, scannedLines: this.#scanned };
    if (last !== undefined) return { ...page, cursor: cursorOf(last) };
    return left === undefined ? page : { ...page, cursor: cursorOf(left), partial: true };
  }

  /** False: the page is full, or time is up. */
  #searchDay(day: PartitionName[]): boolean {
    const { filter, signal } = this.#question;
    const start = startOfDay(day[0]?.day ?? '');
    if (this.#page.isSettled(this.#older ? start + DAY_MS - 1 : start)) return false;
    const units = day
      .flatMap((name) => this.#partitions.units(name))
      .filter((unit) => filter.overlaps(unit, filter.span) && this.#isBeyond(unit))
      .sort((a, b) => (this.#older ? b.lastTime - a.lastTime : a.firstTime - b.firstTime));
    for (const unit of units) {
      if (this.#page.isSettled(this.#older ? unit.lastTime : unit.firstTime)) return true;
      throwIfCancelled(signal);
      if (signal.outOfTime === true && this.#leave(unit)) return false;
      this.#scanned += unit.lines;
      this.#partitions.guard(undefined, () => {
        const loaded = loadedOnce(unit);
        const matched = filter.mayMatch(loaded) ? filter.match(loaded) : undefined;
        if (matched !== undefined) this.#page.add(loaded, matched);
      });
    }
    return true;
  }

  /** Notes where to go on; false where that would be where it began. */
  #leave(next: LineUnit): boolean {
    if (this.#scanned === 0) return false;
    const key = this.#older
      ? { time: next.lastTime + 1, rank: 0, sequence: 0 }
      : { time: Math.max(0, next.firstTime - 1), rank: LAST_RANK, sequence: LAST_SEQUENCE };
    if (this.#after !== undefined && !this.#isBefore(this.#after, key)) return false;
    this.#left = key;
    return true;
  }

  /** In the direction of the search. */
  #isBefore(a: LineKey, b: LineKey): boolean {
    return this.#older ? compareKeys(a, b) > 0 : compareKeys(a, b) < 0;
  }

  #isBeyond(unit: LineUnit): boolean {
    const after = this.#after;
    if (after === undefined) return true;
    const time = this.#older ? unit.firstTime : unit.lastTime;
    // Lines of one time may lie on both sides of the cursor.
    return time === after.time || this.#isBefore(after, { time, rank: rankOf(unit), sequence: 0 });
  }

  /** The partitions of each day that can hold lines of the filter, in order of the direction. */
  #days(): PartitionName[][] {
    const { from, to } = this.#question.filter.span;
    const after = this.#after;
    const span = {
      from: Math.max(from, !this.#older && after !== undefined ? after.time : -Infinity),
      to: Math.min(to, this.#older && after !== undefined ? after.time + 1 : Infinity),
    };
    const days = [...Map.groupBy(partitionsWithin(this.#partitions, span), ({ day }) => day).values()];
    return this.#older ? days : days.reverse();
  }
}
