import { ipv4OfText } from '../../flow/ipv4.ts';
import type { BucketEntry } from './behaviour-event.ts';
import { textHash } from './byte-classes.ts';
import { reach } from './list-bucket.ts';
import { NumberIndex } from './number-index.ts';
import { RateTable } from './rate-table.ts';
import type { BucketRule, Dimension } from './rule-schema.ts';

/** What groups of sign-ins go by, as numbers: texts are their hashes, an IPv4 address its bits. 0 where there is none. */
export type SignInNumbers = Record<Dimension, number>;

/** What a snapshot holds: keys in the order of their rows, and the rows. */
export interface SavedSuccesses {
  keys: Int32Array;
  rows: Int32Array;
}

/** Of the groups there may be, what is kept when they are too many: so that room is seldom made. */
const KEPT_SHARE = 3 / 4;

/**
 * Counts the sign-ins that succeeded in each group of a rule that asks for their share. They come before any failure and
 * by the thousand, so that a group is a row of numbers found by a hash: an object for everybody who signed in took most of
 * the writer's time and memory. Two groups of one hash (one in 2³²) would count together.
 */
export class SuccessTable {
  readonly #rule: BucketRule;
  readonly #limit: number;
  readonly #counts: RateTable;
  readonly #index: NumberIndex;
  /** The key of each row. */
  #keys: number[] = [];
  #dropped = 0;

  /** @param limit groups at most; when there is no room, those with the fewest sign-ins are counted anew */
  constructor(rule: BucketRule, limit: number) {
    this.#rule = { ...rule, window: reach(rule) };
    this.#limit = limit;
    this.#counts = new RateTable(this.#rule, limit);
    this.#index = new NumberIndex(limit);
  }

  /** Groups forgotten although somebody had signed in within the window. */
  get dropped(): number {
    return this.#dropped;
  }

  add(signIn: SignInNumbers, time: number): void {
    const key = this.#keyOf(signIn);
    if (key === undefined) return;
    let row = this.#index.find(key);
    if (row < 0) {
      if (this.#keys.length >= this.#limit) this.#makeRoom(time);
      row = this.#keys.push(key) - 1;
      this.#index.set(key, row);
    }
    this.#counts.add(row, time, false);
  }

  /** Sign-ins that succeeded in the group of a failed one within the rule's window up to a time. */
  count(failed: BucketEntry | undefined, time: number): number {
    if (failed === undefined) return 0;
    const key = this.#keyOf(numbersOf(failed));
    const row = key === undefined ? -1 : this.#index.find(key);
    return row < 0 ? 0 : this.#counts.countAt(row, time);
  }

  save(): SavedSuccesses {
    return { keys: Int32Array.from(this.#keys), rows: this.#counts.save(this.#keys.length) };
  }

  load(saved: SavedSuccesses): void {
    this.#setKeys([...saved.keys]);
    this.#counts.load(saved.rows);
  }

  #setKeys(keys: number[]): void {
    this.#keys = keys;
    this.#index.clear();
    keys.forEach((key, row) => this.#index.set(key, row));
  }

  /**
   * First go the groups whose sign-ins have left the window, then those with the fewest: to forget one sign-in changes the
   * share of a group little, to forget hundreds makes the typing errors of a busy service look like an attack.
   */
  #makeRoom(now: number): void {
    const keys = this.#keys;
    const counts = keys.map((_, row) => this.#counts.countAt(row, now));
    const inWindow = [...keys.keys()].filter((row) => (counts[row] ?? 0) > 0);
    const kept = inWindow
      .sort((one, other) => (counts[other] ?? 0) - (counts[one] ?? 0) || other - one)
      .slice(0, Math.floor(this.#limit * KEPT_SHARE))
      .sort((one, other) => one - other);
    this.#dropped += inWindow.length - kept.length;
    this.#setKeys(kept.map((row) => keys[row] ?? 0));
    this.#counts.keep(kept);
  }

  /** Undefined where the sign-in belongs to no group. */
  #keyOf(signIn: SignInNumbers): number | undefined {
    let key = 0;
    for (const dimension of this.#rule.group_by) {
      const value = numberOf(signIn, dimension);
      if (value === 0 && dimension !== 'agent') return undefined;
      key = (Math.imul(key, 31) + value) | 0;
    }
    return key;
  }
}

/** What the group of a sign-in that a bucket keeps goes by. */
export function numbersOf(entry: BucketEntry): SignInNumbers {
  const { address, user, service, target, directory, agent } = entry;
  return {
    address: address === '' ? 0 : ipv4OfText(address) || textHash(address),
    user: user === '' ? 0 : textHash(user),
    service: textHash(service),
    target,
    directory,
    agent,
  };
}

/** By name each: asked for with a name that varies, a property takes five times as long. */
function numberOf(signIn: SignInNumbers, dimension: Dimension): number {
  switch (dimension) {
    case 'address':
      return signIn.address;
    case 'user':
      return signIn.user;
    case 'service':
      return signIn.service;
    case 'target':
      return signIn.target;
    case 'directory':
      return signIn.directory;
    case 'agent':
      return signIn.agent;
  }
}
