import { dimensionOf, type BehaviourEvent, type BucketEntry } from './behaviour-event.ts';
import { textHash } from './byte-classes.ts';
import { reach } from './list-bucket.ts';
import { RateTable } from './rate-table.ts';
import type { BucketRule } from './rule-schema.ts';

/** What a snapshot holds: keys in the order of their rows, and the rows. */
export interface SavedSuccesses {
  keys: Int32Array;
  rows: Int32Array;
}

/**
 * Counts the sign-ins that succeeded in each group of a rule that asks for their share. They come before any failure and
 * by the thousand, so that a group is a row of numbers found by a hash: an object for everybody who signed in took most of
 * the writer's time and memory. Two groups of one hash (one in 2³²) would count together.
 */
export class SuccessTable {
  readonly #rule: BucketRule;
  readonly #limit: number;
  #counts: RateTable;
  #rows = new Map<number, number>();
  #dropped = 0;
  /** The text hashed last: a service is the same for line after line. */
  #lastText = '';
  #lastHash = 0;

  /** @param limit groups at most; when there is no room, all are counted anew */
  constructor(rule: BucketRule, limit: number) {
    this.#rule = { ...rule, window: reach(rule) };
    this.#limit = limit;
    this.#counts = new RateTable(this.#rule, limit);
  }

  get dropped(): number {
    return this.#dropped;
  }

  add(event: BehaviourEvent): void {
    const key = this.#keyOf(event);
    if (key === undefined) return;
    let row = this.#rows.get(key);
    if (row === undefined) {
      if (this.#rows.size >= this.#limit) this.#startOver();
      row = this.#rows.size;
      this.#rows.set(key, row);
    }
    this.#counts.add(row, event.time, false);
  }

  /** Sign-ins that succeeded in the event's group within the rule's window up to a time. */
  count(event: BehaviourEvent | BucketEntry | undefined, time: number): number {
    if (event === undefined) return 0;
    const key = this.#keyOf(event);
    const row = key === undefined ? undefined : this.#rows.get(key);
    return row === undefined ? 0 : this.#counts.countAt(row, time);
  }

  save(): SavedSuccesses {
    return { keys: Int32Array.from(this.#rows.keys()), rows: this.#counts.save(this.#rows.size) };
  }

  load(saved: SavedSuccesses): void {
    this.#rows = new Map(Array.from(saved.keys, (key, row) => [key, row]));
    this.#counts.load(saved.rows);
  }

  #startOver(): void {
    this.#dropped += this.#rows.size;
    this.#rows.clear();
    this.#counts = new RateTable(this.#rule, this.#limit);
  }

  /** Undefined where the event belongs to no group. */
  #keyOf(event: BehaviourEvent | BucketEntry): number | undefined {
    let key = 0;
    for (const dimension of this.#rule.group_by) {
      const value = dimensionOf(event, dimension);
      if (value === undefined) return undefined;
      key = (Math.imul(key, 31) + (typeof value === 'number' ? value : this.#hashOf(value))) | 0;
    }
    return key;
  }

  #hashOf(text: string): number {
    if (text !== this.#lastText) {
      this.#lastText = text;
      this.#lastHash = textHash(text);
    }
    return this.#lastHash;
  }
}
