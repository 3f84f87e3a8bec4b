import { ipv4OfText, textOfIpv4 } from '../../flow/ipv4.ts';
import { AddressIndex } from './address-index.ts';
import { BrowserTable } from './browser-table.ts';
import { RequestMinutes } from './request-minutes.ts';
import type { SlotTable } from './slot-table.ts';

/** What is known of one address beyond single buckets and counts of requests: who signs in from it, who fails to. */
export interface AddressMemory {
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

/** What a snapshot holds of addresses: columns for all, objects for the few that have more to tell. All by slot. */
export interface SavedMemories {
  ipv4: Int32Array;
  others: Map<number, string>;
  /** Newest request. */
  asked: Float64Array;
  more: Map<number, AddressMemory>;
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
  /** By slot, as are all below. 0 where the slot is free or the address is only a text. */
  readonly #ipv4: Int32Array;
  /** Of addresses that are no IPv4, and of those that were asked for. */
  #texts: (string | undefined)[] = [];
  /** Of those that signed in or attacked; most only ever ask for pages. */
  #memories: (AddressMemory | undefined)[] = [];
  /** Newest request. */
  readonly #asked: Float64Array;
  #size = 0;
  /** Slots ever taken. */
  #rows = 0;
  #free: number[] = [];
  /** Counters of rules, whose rows go with the memories. */
  #tables: readonly SlotTable[] = [];
  /** Where making room went on to. */
  #hand = 0;
  #dropped = 0;

  constructor(limit: number) {
    this.limit = limit;
    this.minutes = new RequestMinutes(limit);
    this.browsers = new BrowserTable(limit);
    this.#index = new AddressIndex(limit);
    this.#ipv4 = new Int32Array(limit);
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

  /** The slot of an address, -1 where it is not known. */
  find(address: string): number {
    return this.#index.find(ipv4OfText(address), address);
  }

  /**
   * The slot of an address, which gets one if it has none; -1 for no address.
   * @param ipv4 its bits; 0: it is the text
   */
  slotOf(ipv4: number, text: string): number {
    if (ipv4 === 0 && text === '') return -1;
    const slot = this.#index.find(ipv4, text);
    return slot >= 0 ? slot : this.#add(ipv4, text);
  }

  /** Empty for -1. */
  textOf(slot: number): string {
    if (slot < 0) return '';
    return (this.#texts[slot] ??= textOfIpv4(this.#ipv4[slot] ?? 0));
  }

  /** What is known of the address of a slot; undefined for -1. */
  at(slot: number): Readonly<AddressMemory> | undefined {
    return slot < 0 ? undefined : (this.#memories[slot] ?? NOTHING);
  }

  /** The same, to be added to. */
  toWrite(slot: number): AddressMemory {
    return (this.#memories[slot] ??= emptyMemory());
  }

  #add(ipv4: number, text: string): number {
    if (this.#size >= this.limit) this.#makeRoom();
    const slot = this.#free.pop() ?? this.#rows++;
    this.#ipv4[slot] = ipv4;
    this.#texts[slot] = ipv4 === 0 ? text : undefined;
    this.#memories[slot] = undefined;
    this.#index.set(ipv4, text, slot);
    this.#size += 1;
    return slot;
  }

  #isTaken(slot: number): boolean {
    return this.#ipv4[slot] !== 0 || this.#texts[slot] !== undefined;
  }

  /** Goes round, so that those seen first are not always the ones to go. */
  #makeRoom(): void {
    const wanted = Math.floor((this.limit * 3) / 4);
    let kept = 0;
    for (let looked = 0; looked < this.#rows && this.#size > wanted; looked += 1) {
      const slot = this.#hand;
      this.#hand = (slot + 1) % this.#rows;
      if (!this.#isTaken(slot)) continue;
      // Those with a history may fill a quarter at most, or they would keep everybody else out.
      if (kept < this.limit / 4 && this.#matters(slot)) kept += 1;
      else {
        this.#dropped += 1;
        this.#remove(slot);
      }
    }
  }

  /** Several people signed in, somebody failed to, or it asks for much. */
  #matters(slot: number): boolean {
    const { people, failedAt } = this.#memories[slot] ?? NOTHING;
    return people.length > 1 || failedAt > 0 || this.minutes.requestsOf(slot) >= BUSY_REQUESTS;
  }

  #remove(slot: number): void {
    this.#index.delete(this.#ipv4[slot] ?? 0, this.#texts[slot] ?? '');
    this.#ipv4[slot] = 0;
    this.#texts[slot] = undefined;
    this.#memories[slot] = undefined;
    this.#asked[slot] = 0;
    this.minutes.clear(slot);
    this.browsers.clear(slot);
    for (const table of this.#tables) table.clear(slot);
    this.#free.push(slot);
    this.#size -= 1;
  }

  /**
   * Forgets addresses of which nothing is known that could still matter: nobody signed in, nothing asked lately. Not before
   * half of the room is taken: in a day of history the same clients would be forgotten and learnt again and again.
   */
  forgetQuiet(now: number, failuresMatterMs: number): void {
    if (this.#size < this.limit / 2) return;
    for (let slot = 0; slot < this.#rows; slot += 1) {
      if (!this.#isTaken(slot)) continue;
      const memory = this.#memories[slot] ?? NOTHING;
      if (memory.failedAt >= now - failuresMatterMs) continue;
      const last = Math.max(memory.last, this.#asked[slot] ?? 0);
      if (last < now - QUIET_MS && !signedInSince(memory, now - IDENTITY_MEMORY_MS)) this.#remove(slot);
    }
  }

  rememberRequest(slot: number, time: number, agent: number, failed: boolean): void {
    this.minutes.count(slot, time, failed);
    this.browsers.see(slot, agent, time);
    if (time > (this.#asked[slot] ?? 0)) this.#asked[slot] = time;
  }

  save(): SavedMemories {
    const others: SavedMemories['others'] = new Map();
    const more: SavedMemories['more'] = new Map();
    for (let slot = 0; slot < this.#rows; slot += 1) {
      const text = this.#texts[slot];
      if (text !== undefined && this.#ipv4[slot] === 0) others.set(slot, text);
      const memory = this.#memories[slot];
      if (memory !== undefined) more.set(slot, memory);
    }
    return {
      ipv4: this.#ipv4.slice(0, this.#rows),
      others,
      asked: this.#asked.slice(0, this.#rows),
      more,
      browsers: this.browsers.save(this.#rows),
      minutes: this.minutes.save(this.#rows),
      dropped: this.#dropped,
    };
  }

  load(saved: SavedMemories): void {
    this.#rows = saved.ipv4.length;
    this.#ipv4.fill(0).set(saved.ipv4);
    this.#asked.fill(0).set(saved.asked);
    this.#texts = Array.from(saved.ipv4, (_, slot) => saved.others.get(slot));
    this.#memories = Array.from(saved.ipv4, (_, slot) => saved.more.get(slot));
    this.#index.clear();
    this.#free = [];
    for (let slot = 0; slot < this.#rows; slot += 1) {
      if (this.#isTaken(slot)) this.#index.set(this.#ipv4[slot] ?? 0, this.#texts[slot] ?? '', slot);
      else this.#free.push(slot);
    }
    this.#size = this.#rows - this.#free.length;
    this.#hand = 0;
    this.browsers.load(saved.browsers);
    this.minutes.load(saved.minutes);
    this.#dropped = saved.dropped;
  }
}

/** Requests of the last minutes that make an address worth keeping when there is no room. */
const BUSY_REQUESTS = 30;

function emptyMemory(): AddressMemory {
  return {
    successes: NONE,
    people: NONE,
    peopleAt: NONE,
    lastFailure: undefined,
    failedAt: 0,
    failers: NONE,
    last: 0,
  };
}

/** Of whom nothing is known. */
const NOTHING: Readonly<AddressMemory> = emptyMemory();

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
export function isShared(memory: Readonly<AddressMemory>): boolean {
  return memory.people.length >= 2;
}

/** People who signed in since a time. */
export function peopleSince(memory: Readonly<AddressMemory>, since: number): number {
  let people = 0;
  for (const time of memory.peopleAt) if (time >= since) people += 1;
  return people;
}

function signedInSince(memory: Readonly<AddressMemory>, since: number): boolean {
  return peopleSince(memory, since) > 0;
}

function longestAgo(times: readonly number[]): number {
  let oldest = 0;
  for (let place = 1; place < times.length; place += 1)
    if ((times[place] ?? 0) < (times[oldest] ?? 0)) oldest = place;
  return oldest;
}
