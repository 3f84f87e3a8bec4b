import { AddressIndex } from './address-index.ts';
import { BrowserTable } from './browser-table.ts';
import { RequestMinutes } from './request-minutes.ts';
import type { SlotTable } from './slot-table.ts';

/** What is known of one address beyond single buckets: who signs in from it, how it usually behaves. */
export interface AddressMemory {
  readonly address: string;
  /** Its row in the tables of counters: what every request changes is kept in columns, not in objects. */
  readonly slot: number;
  /** Times of sign-ins that succeeded, newest last, at most MAX_SUCCESSES. */
  successes: number[];
  /** Who succeeded, as a hash of the user's name, else of the browser's; at most MAX_PEOPLE. Numbers: there are many. */
  people: number[];
  /** When each of them succeeded last. */
  peopleAt: number[];
  /** The last failure that has no partner yet: one attempt is often told twice. */
  lastFailure: { time: number; rule: string; user: string } | undefined;
  /** Newest failed sign-in; 0 = none. */
  failedAt: number;
  /** Whose sign-ins failed lately, as hashes of their names; ANYBODY where one had no name. At most MAX_FAILERS. */
  failers: number[];
  /** Newest sign-in or attack. */
  last: number;
}

const MAX_SUCCESSES = 512;
const MAX_PEOPLE = 64;
/** More than that is somebody who guesses names. */
const MAX_FAILERS = 16;
const ANYBODY = 0;
/** Shared and never written to: most addresses never sign in. */
const NONE: number[] = [];
/** How long who signed in from an address speaks for it. */
export const IDENTITY_MEMORY_MS = 12 * 3_600_000;
/** Quiet time after which what an address asked for no longer matters. */
const QUIET_MS = 20 * 60_000;

/** What a snapshot holds of addresses: columns for all, objects for the few that have more to tell. */
export interface SavedMemories {
  addresses: string[];
  slots: Int32Array;
  /** Newest request, by slot. */
  asked: Float64Array;
  more: Map<number, Omit<AddressMemory, 'address' | 'slot'>>;
  browsers: ReturnType<BrowserTable['save']>;
  minutes: ReturnType<RequestMinutes['save']>;
  dropped: number;
}

/**
 * Every address lately seen, at most `limit` of them. When there is no room, a quarter is forgotten: those about which
 * least is known, oldest first.
 */
export class AddressMemories {
  readonly limit: number;
  readonly minutes: RequestMinutes;
  readonly browsers: BrowserTable;
  readonly #index: AddressIndex;
  /** By slot. */
  #memories: (AddressMemory | undefined)[] = [];
  #size = 0;
  /** Newest request of each slot. */
  #asked: Float64Array;
  /** Counters of rules, whose rows go with the memories. */
  #tables: readonly SlotTable[] = [];
  #free: number[] = [];
  /** Where making room went on to. */
  #hand = 0;
  #dropped = 0;

  constructor(limit: number) {
    this.limit = limit;
    this.minutes = new RequestMinutes(limit);
    this.browsers = new BrowserTable(limit);
    this.#index = new AddressIndex(limit);
    this.#asked = new Float64Array(limit);
  }

  get size(): number {
    return this.#size;
  }

  get dropped(): number {
    return this.#dropped;
  }

  setTables(tables: readonly SlotTable[]): void {
    this.#tables = tables;
  }

  peek(address: string): AddressMemory | undefined {
    return this.at(this.#index.find(address));
  }

  at(slot: number): AddressMemory | undefined {
    return this.#memories[slot];
  }

  /** The slot of an address, which gets one if it has none. */
  slotOf(address: string): number {
    const slot = this.#index.find(address);
    return slot >= 0 ? slot : this.#add(address);
  }

  #add(address: string): number {
    if (this.#size >= this.limit) this.#makeRoom();
    const slot = this.#free.pop() ?? this.#memories.length;
    this.#memories[slot] = emptyMemory(address, slot);
    this.#index.set(address, slot);
    this.#size += 1;
    return slot;
  }

  /** Goes round, so that those seen first are not always the ones to go. */
  #makeRoom(): void {
    const wanted = Math.floor((this.limit * 3) / 4);
    let kept = 0;
    for (let looked = 0; looked < this.#memories.length && this.#size > wanted; looked += 1) {
      const memory = this.#memories[this.#hand];
      this.#hand = (this.#hand + 1) % this.#memories.length;
      if (memory === undefined) continue;
      // Those with a history may fill a quarter at most, or they would keep everybody else out.
      if (kept < this.limit / 4 && this.#matters(memory)) kept += 1;
      else {
        this.#dropped += 1;
        this.#remove(memory);
      }
    }
  }

  /** Several people signed in, somebody failed to, or it asks for much. */
  #matters(memory: AddressMemory): boolean {
    return (
      memory.people.length > 1 || memory.failedAt > 0 || this.minutes.requestsOf(memory.slot) >= BUSY_REQUESTS
    );
  }

  #remove(memory: AddressMemory): void {
    this.#index.delete(memory.address);
    this.#memories[memory.slot] = undefined;
    this.#asked[memory.slot] = 0;
    this.minutes.clear(memory.slot);
    this.browsers.clear(memory.slot);
    for (const table of this.#tables) table.clear(memory.slot);
    this.#free.push(memory.slot);
    this.#size -= 1;
  }

  /**
   * Forgets addresses of which nothing is known that could still matter: nobody signed in, nothing asked lately. Not before
   * half of the room is taken: in a day of history the same clients would be forgotten and learnt again and again.
   */
  forgetQuiet(now: number, failuresMatterMs: number): void {
    if (this.#size < this.limit / 2) return;
    for (const memory of this.#memories) {
      if (memory === undefined || memory.failedAt >= now - failuresMatterMs) continue;
      const last = Math.max(memory.last, this.#asked[memory.slot] ?? 0);
      if (last < now - QUIET_MS && !signedInSince(memory, now - IDENTITY_MEMORY_MS)) this.#remove(memory);
    }
  }

  rememberRequest(slot: number, time: number, agent: number, failed: boolean): void {
    this.minutes.count(slot, time, failed);
    this.browsers.see(slot, agent, time);
    if (time > (this.#asked[slot] ?? 0)) this.#asked[slot] = time;
  }

  save(): SavedMemories {
    const all = this.#memories.filter((memory) => memory !== undefined);
    const more: SavedMemories['more'] = new Map();
    for (const { slot, address: _address, ...rest } of all) if (rest.last > 0) more.set(slot, rest);
    const rows = this.#memories.length;
    return {
      addresses: all.map((memory) => memory.address),
      slots: Int32Array.from(all, (memory) => memory.slot),
      asked: this.#asked.slice(0, rows),
      more,
      browsers: this.browsers.save(rows),
      minutes: this.minutes.save(rows),
      dropped: this.#dropped,
    };
  }

  load(saved: SavedMemories): void {
    this.#index.clear();
    this.#memories = new Array<AddressMemory | undefined>(saved.asked.length).fill(undefined);
    for (const [index, address] of saved.addresses.entries()) {
      const slot = saved.slots[index] ?? 0;
      this.#memories[slot] = Object.assign(emptyMemory(address, slot), saved.more.get(slot));
      this.#index.set(address, slot);
    }
    this.#size = saved.addresses.length;
    this.#hand = 0;
    this.#free = [...this.#memories.keys()].filter((slot) => this.#memories[slot] === undefined);
    this.#asked = new Float64Array(this.limit);
    this.#asked.set(saved.asked);
    this.minutes.load(saved.minutes);
    this.browsers.load(saved.browsers);
    this.#dropped = saved.dropped;
  }
}

/** Requests of the last minutes that make an address worth keeping when there is no room. */
const BUSY_REQUESTS = 30;

function emptyMemory(address: string, slot: number): AddressMemory {
  return {
    address,
    slot,
    successes: NONE,
    people: NONE,
    peopleAt: NONE,
    lastFailure: undefined,
    failedAt: 0,
    failers: NONE,
    last: 0,
  };
}

/** @param person hash of who signed in */
export function rememberSuccess(memory: AddressMemory, time: number, person: number): void {
  memory.last = Math.max(memory.last, time);
  memory.successes = appended(memory.successes, time);
  if (memory.successes.length > MAX_SUCCESSES) memory.successes.splice(0, MAX_SUCCESSES / 2);
  let place = memory.people.indexOf(person);
  if (place < 0 && memory.people.length < MAX_PEOPLE) {
    memory.people = appended(memory.people, person);
    memory.peopleAt = appended(memory.peopleAt, time);
    return;
  }
  if (place < 0) place = longestAgo(memory.peopleAt);
  memory.people[place] = person;
  memory.peopleAt[place] = time;
}

/**
 * Remembers who failed to sign in, so that a success of anybody else need not be looked for in any bucket.
 * @param person hash of the user's name; 0 where it is not known
 * @param mattersMs for how long a failure may still be in a bucket
 */
export function rememberFailure(
  memory: AddressMemory,
  time: number,
  person: number,
  mattersMs: number,
): void {
  if (memory.failedAt < time - mattersMs) memory.failers = NONE;
  memory.failedAt = Math.max(memory.failedAt, time);
  memory.last = Math.max(memory.last, time);
  const { failers } = memory;
  if (failers.includes(person) || failers[0] === ANYBODY) return;
  if (person === ANYBODY || failers.length === MAX_FAILERS) memory.failers = [ANYBODY];
  else memory.failers = appended(failers, person);
}

/** Whether a failure that may still be in a bucket may be this person's. */
export function mayHaveFailed(memory: AddressMemory, person: number): boolean {
  const { failers } = memory;
  if (failers.length === 0) return false;
  return person === ANYBODY || failers[0] === ANYBODY || failers.includes(person);
}

/** Up to so many numbers a list has room for no more than it holds. */
const EXACT_LENGTH = 12;

/**
 * A list with one more number; the one given must not be used any more. The first `push` makes room for seventeen, which in
 * three lists of fifty thousand addresses was most of what the behaviour detectors held.
 */
function appended(numbers: number[], number: number): number[] {
  if (numbers.length < EXACT_LENGTH) return numbers.concat([number]);
  numbers.push(number);
  return numbers;
}

/** Several people have signed in from the address lately. */
export function isShared(memory: AddressMemory): boolean {
  return memory.people.length >= 2;
}

/** People who signed in since a time. */
export function peopleSince(memory: AddressMemory, since: number): number {
  let people = 0;
  for (const time of memory.peopleAt) if (time >= since) people += 1;
  return people;
}

function signedInSince(memory: AddressMemory, since: number): boolean {
  return peopleSince(memory, since) > 0;
}

function longestAgo(times: readonly number[]): number {
  let oldest = 0;
  for (let place = 1; place < times.length; place += 1)
    if ((times[place] ?? 0) < (times[oldest] ?? 0)) oldest = place;
  return oldest;
}
