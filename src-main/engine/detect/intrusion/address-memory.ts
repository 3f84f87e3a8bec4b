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
  /** Who succeeded (user, else the browser) and when last; at most MAX_IDENTITIES. */
  identities: Map<string, number> | undefined;
  /** The last failure that has no partner yet: one attempt is often told twice. */
  lastFailure: { time: number; rule: string; user: string } | undefined;
  /** Newest failed sign-in; 0 = none. */
  failedAt: number;
  /** Newest event. */
  last: number;
}

const MAX_SUCCESSES = 512;
const MAX_IDENTITIES = 64;
/** A shared constant, never written to: most addresses never sign in. */
const NONE: number[] = [];
/** How long who signed in from an address speaks for it. */
export const IDENTITY_MEMORY_MS = 12 * 3_600_000;
/** Quiet time after which what an address asked for no longer matters. */
const QUIET_MS = 20 * 60_000;

/** What a snapshot holds of addresses: columns for all, objects for the few that have more to tell. */
export interface SavedMemories {
  addresses: string[];
  slots: Int32Array;
  last: Float64Array;
  more: Map<number, Pick<AddressMemory, 'successes' | 'identities' | 'lastFailure' | 'failedAt'>>;
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
  readonly #known = new Map<string, AddressMemory>();
  /** Counters of rules, whose rows go with the memories. */
  #tables: readonly SlotTable[] = [];
  #free: number[] = [];
  #used = 0;
  #dropped = 0;

  constructor(limit: number) {
    this.limit = limit;
    this.minutes = new RequestMinutes(limit);
    this.browsers = new BrowserTable(limit);
  }

  get size(): number {
    return this.#known.size;
  }

  get dropped(): number {
    return this.#dropped;
  }

  setTables(tables: readonly SlotTable[]): void {
    this.#tables = tables;
  }

  peek(address: string): AddressMemory | undefined {
    return this.#known.get(address);
  }

  of(address: string): AddressMemory {
    return this.#known.get(address) ?? this.#add(address);
  }

  #add(address: string): AddressMemory {
    if (this.#known.size >= this.limit) this.#makeRoom();
    const memory = emptyMemory(address, this.#free.pop() ?? this.#used++);
    this.#known.set(address, memory);
    return memory;
  }

  #makeRoom(): void {
    const wanted = Math.floor((this.limit * 3) / 4);
    let kept = 0;
    for (const memory of this.#known.values()) {
      if (this.#known.size <= wanted) return;
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
      (memory.identities?.size ?? 0) > 1 ||
      memory.failedAt > 0 ||
      this.minutes.requestsOf(memory.slot) >= BUSY_REQUESTS
    );
  }

  #remove(memory: AddressMemory): void {
    this.#known.delete(memory.address);
    this.minutes.clear(memory.slot);
    this.browsers.clear(memory.slot);
    for (const table of this.#tables) table.clear(memory.slot);
    this.#free.push(memory.slot);
  }

  /**
   * Forgets addresses of which nothing is known that could still matter: nobody signed in, nothing asked lately. Not before
   * half of the room is taken: in a day of history the same clients would be forgotten and learnt again and again.
   */
  forgetQuiet(now: number, failuresMatterMs: number): void {
    if (this.#known.size < this.limit / 2) return;
    for (const memory of this.#known.values()) {
      if (memory.last >= now - QUIET_MS || memory.failedAt >= now - failuresMatterMs) continue;
      if (!signedInSince(memory, now - IDENTITY_MEMORY_MS)) this.#remove(memory);
    }
  }

  rememberRequest(memory: AddressMemory, time: number, agent: number, failed: boolean): void {
    this.minutes.count(memory.slot, time, failed);
    this.browsers.see(memory.slot, agent, time);
    if (time > memory.last) memory.last = time;
  }

  save(): SavedMemories {
    const all = [...this.#known.values()];
    const more: SavedMemories['more'] = new Map();
    for (const memory of all) {
      const { successes, identities, lastFailure, failedAt } = memory;
      if (failedAt > 0 || identities !== undefined)
        more.set(memory.slot, { successes, identities, lastFailure, failedAt });
    }
    return {
      addresses: all.map((memory) => memory.address),
      slots: Int32Array.from(all, (memory) => memory.slot),
      last: Float64Array.from(all, (memory) => memory.last),
      more,
      browsers: this.browsers.save(this.#used),
      minutes: this.minutes.save(this.#used),
      dropped: this.#dropped,
    };
  }

  load(saved: SavedMemories): void {
    this.#known.clear();
    this.#used = 0;
    for (const [index, address] of saved.addresses.entries()) {
      const memory = emptyMemory(address, saved.slots[index] ?? 0);
      memory.last = saved.last[index] ?? 0;
      Object.assign(memory, saved.more.get(memory.slot));
      this.#known.set(address, memory);
      this.#used = Math.max(this.#used, memory.slot + 1);
    }
    const taken = new Set(saved.slots);
    this.#free = Array.from({ length: this.#used }, (_, slot) => slot).filter((slot) => !taken.has(slot));
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
    identities: undefined,
    lastFailure: undefined,
    failedAt: 0,
    last: 0,
  };
}

export function rememberSuccess(memory: AddressMemory, time: number, identity: string): void {
  memory.last = Math.max(memory.last, time);
  if (memory.successes === NONE) memory.successes = [];
  memory.successes.push(time);
  if (memory.successes.length > MAX_SUCCESSES) memory.successes.splice(0, MAX_SUCCESSES / 2);
  memory.identities ??= new Map();
  renew(memory.identities, identity, time, MAX_IDENTITIES);
}

/** Several people have signed in from the address lately. */
export function isShared(memory: AddressMemory): boolean {
  return (memory.identities?.size ?? 0) >= 2;
}

/** People who signed in since a time. */
export function peopleSince(memory: AddressMemory, since: number): number {
  let people = 0;
  for (const time of memory.identities?.values() ?? []) if (time >= since) people += 1;
  return people;
}

function signedInSince(memory: AddressMemory, since: number): boolean {
  return memory.identities !== undefined && peopleSince(memory, since) > 0;
}

/** Puts a key last and forgets the oldest beyond the limit. */
function renew<Key>(map: Map<Key, number>, key: Key, time: number, limit: number): void {
  map.delete(key);
  map.set(key, time);
  if (map.size <= limit) return;
  const oldest = map.keys().next();
  if (oldest.done !== true) map.delete(oldest.value);
}
