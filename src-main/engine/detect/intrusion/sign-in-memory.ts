import { grown } from '../../flow/grown.ts';
import { NumberLists, type SavedLists } from './number-lists.ts';
import { rowsFor, type SlotTable } from './slot-table.ts';

/** Times in milliseconds: newest sign-in or attack, newest failed sign-in, the failure that has no partner yet. 0 = none. */
const LAST = 0;
const FAILED = 1;
const UNPAIRED = 2;
const TIMES = 3;
/** Of the failure that has no partner yet: hashes of the rule that told it (0: there is none) and of the user. */
const RULE = 0;
const USER = 1;
const HASHES = 2;
/** When sign-ins succeeded, in seconds since 2020, newest last, at most MAX_SUCCESSES. */
const SUCCESSES = 0;
/** Who succeeded, as a hash of the user's name, else of the browser's; at most MAX_PEOPLE. */
const PEOPLE = 1;
/** When each of them succeeded last, in seconds. */
const PEOPLE_AT = 2;
/** Whose sign-ins failed lately, as hashes of their names; ANYBODY alone where one had no name. At most MAX_FAILERS. */
const FAILERS = 3;
const LISTS = 4;

/** 32 bits of seconds reach from 1951 to 2088. */
const EPOCH_SECONDS = Date.UTC(2020, 0) / 1000;

const MAX_SUCCESSES = 512;
const MAX_PEOPLE = 64;
/** More than that is somebody who guesses names. */
const MAX_FAILERS = 16;
const ANYBODY = 0;
/** Two lines this close in time may tell of one attempt. */
const SAME_ATTEMPT_MS = 2000;

export interface SavedSignIns {
  times: Float64Array;
  hashes: Int32Array;
  lists: SavedLists;
}

/**
 * Who signed in from each address, who failed to, and when. Rows of numbers by the address's slot: with objects and arrays
 * for everybody who signed in, collecting them took longer than all else that is done with a sign-in.
 */
export class SignInMemory implements SlotTable {
  readonly #limit: number;
  #times = new Float64Array(0);
  #hashes = new Int32Array(0);
  /** LISTS for each slot. */
  readonly #lists: NumberLists;

  /** @param limit slots at most */
  constructor(limit: number) {
    this.#limit = limit;
    this.#lists = new NumberLists(limit * LISTS);
  }

  touch(slots: Int32Array): number {
    let read = this.#lists.touch(slots, LISTS);
    for (let index = 0; index < slots.length; index += 1)
      read += this.#times[(slots[index] ?? 0) * TIMES] ?? 0;
    return read;
  }

  /** Newest sign-in or attack; 0 = none. */
  last(slot: number): number {
    return this.#times[slot * TIMES + LAST] ?? 0;
  }

  /** Newest failed sign-in or attack; 0 = none. */
  failedAt(slot: number): number {
    return this.#times[slot * TIMES + FAILED] ?? 0;
  }

  /** Several people have signed in lately. */
  isShared(slot: number): boolean {
    return this.#lists.length(slot * LISTS + PEOPLE) >= 2;
  }

  /** People who signed in since a time. */
  peopleSince(slot: number, since: number): number {
    return this.#lists.countBetween(slot * LISTS + PEOPLE_AT, seconds(since), Infinity);
  }

  /** Sign-ins that succeeded between two times, both included. */
  successesBetween(slot: number, from: number, to: number): number {
    return this.#lists.countBetween(slot * LISTS + SUCCESSES, seconds(from), seconds(to));
  }

  /** @param person hash of who signed in */
  rememberSuccess(slot: number, time: number, person: number): void {
    this.#see(slot, time);
    const lists = this.#lists;
    const successes = slot * LISTS + SUCCESSES;
    const people = slot * LISTS + PEOPLE;
    const peopleAt = slot * LISTS + PEOPLE_AT;
    const second = seconds(time);
    lists.push(successes, second);
    if (lists.length(successes) > MAX_SUCCESSES) lists.shift(successes, MAX_SUCCESSES / 2);
    let place = lists.indexOf(people, person);
    if (place < 0 && lists.length(people) < MAX_PEOPLE) {
      lists.push(people, person);
      lists.push(peopleAt, second);
      return;
    }
    if (place < 0) place = lists.indexOfLeast(peopleAt);
    lists.set(people, place, person);
    lists.set(peopleAt, place, second);
  }

  /**
   * Remembers who failed to sign in, so that a success of anybody else need not be looked for in any bucket.
   * @param person hash of the user's name; 0 where it is not known
   * @param mattersMs for how long a failure may still be in a bucket
   */
  rememberFailure(slot: number, time: number, person: number, mattersMs: number): void {
    this.#see(slot, time);
    const lists = this.#lists;
    const failers = slot * LISTS + FAILERS;
    const failedAt = this.failedAt(slot);
    if (failedAt < time - mattersMs) lists.clear(failers);
    this.#times[slot * TIMES + FAILED] = Math.max(failedAt, time);
    if (lists.indexOf(failers, person) >= 0 || lists.indexOf(failers, ANYBODY) >= 0) return;
    const anybody = person === ANYBODY || lists.length(failers) === MAX_FAILERS;
    if (anybody) lists.clear(failers);
    lists.push(failers, anybody ? ANYBODY : person);
  }

  /** Whether a failure that may still be in a bucket may be this person's. */
  mayHaveFailed(slot: number, person: number): boolean {
    const lists = this.#lists;
    const failers = slot * LISTS + FAILERS;
    if (lists.length(failers) === 0) return false;
    return person === ANYBODY || lists.indexOf(failers, person) >= 0 || lists.indexOf(failers, ANYBODY) >= 0;
  }

  /**
   * One attempt is often told twice: by sshd before and after the password, by the web server and the application.
   * @param rule hash of the rule that told of the failure
   * @param person hash of the user's name; 0 where it is not known
   * @returns whether the failure before was told of the same attempt
   */
  isToldAgain(slot: number, time: number, rule: number, person: number): boolean {
    this.#makeRoom(slot);
    const times = slot * TIMES;
    const hashes = slot * HASHES;
    const before = this.#hashes[hashes + RULE] ?? 0;
    const user = this.#hashes[hashes + USER] ?? 0;
    const again =
      before !== 0 &&
      before !== rule &&
      (user === person || user === ANYBODY || person === ANYBODY) &&
      Math.abs(time - (this.#times[times + UNPAIRED] ?? 0)) <= SAME_ATTEMPT_MS;
    this.#hashes[hashes + RULE] = again ? 0 : rule;
    this.#hashes[hashes + USER] = person;
    this.#times[times + UNPAIRED] = time;
    return again;
  }

  clear(slot: number): void {
    this.#times.fill(0, slot * TIMES, (slot + 1) * TIMES);
    this.#hashes.fill(0, slot * HASHES, (slot + 1) * HASHES);
    for (let list = 0; list < LISTS; list += 1) this.#lists.clear(slot * LISTS + list);
  }

  /** @param rows slots in use */
  save(rows: number): SavedSignIns {
    return {
      times: this.#times.subarray(0, rows * TIMES),
      hashes: this.#hashes.subarray(0, rows * HASHES),
      lists: this.#lists.save(rows * LISTS),
    };
  }

  load(saved: SavedSignIns): void {
    this.#times = Float64Array.from(saved.times);
    this.#hashes = Int32Array.from(saved.hashes);
    this.#lists.load(saved.lists);
  }

  #see(slot: number, time: number): void {
    this.#makeRoom(slot);
    const at = slot * TIMES + LAST;
    this.#times[at] = Math.max(this.#times[at] ?? 0, time);
  }

  #makeRoom(slot: number): void {
    if (slot * TIMES < this.#times.length) return;
    const rows = rowsFor(slot, this.#limit);
    this.#times = grown(this.#times, new Float64Array(rows * TIMES));
    this.#hashes = grown(this.#hashes, new Int32Array(rows * HASHES));
  }
}

function seconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000) - EPOCH_SECONDS;
}
