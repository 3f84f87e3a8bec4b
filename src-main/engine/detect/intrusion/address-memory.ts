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
  /** Browser of its newest request, and when that was; `agents` once a second one came. */
  agent: number;
  agentAt: number;
  /** Browsers seen and when last, at most MAX_AGENTS; undefined while there is but one. */
  agents: Map<number, number> | undefined;
  /** The last failure that has no partner yet: one attempt is often told twice. */
  lastFailure: { time: number; rule: string; user: string } | undefined;
  /** Newest failed sign-in; 0 = none. */
  failedAt: number;
  /** Newest event. */
  last: number;
}

const MAX_SUCCESSES = 512;
const MAX_IDENTITIES = 64;
const MAX_AGENTS = 32;
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
  agents: Int32Array;
  agentAt: Float64Array;
  more: Map<number, Pick<AddressMemory, 'successes' | 'identities' | 'agents' | 'lastFailure' | 'failedAt'>>;
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
  readonly #known = new Map<string, AddressMemory>();
  /** Counters of rules, whose rows go with the memories. */
  #tables: readonly SlotTable[] = [];
  #free: number[] = [];
  #used = 0;
  #dropped = 0;

  constructor(limit: number) {
    this.limit = limit;
    this.minutes = new RequestMinutes(limit);
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
    for (const table of this.#tables) table.clear(memory.slot);
    this.#free.push(memory.slot);
  }

  /** Forgets addresses of which nothing is known that could still matter: nobody signed in, nothing asked lately. */
  forgetQuiet(now: number, failuresMatterMs: number): void {
    for (const memory of this.#known.values()) {
      if (memory.last >= now - QUIET_MS || memory.failedAt >= now - failuresMatterMs) continue;
      if (!signedInSince(memory, now - IDENTITY_MEMORY_MS)) this.#remove(memory);
    }
  }

  rememberRequest(memory: AddressMemory, time: number, agent: number, failed: boolean): void {
    this.minutes.count(memory.slot, time, failed);
    if (memory.agentAt === 0) memory.agent = agent;
    if (memory.agent !== agent || memory.agents !== undefined) rememberAgent(memory, time, agent);
    memory.agentAt = time;
    if (time > memory.last) memory.last = time;
  }

  save(): SavedMemories {
    const all = [...this.#known.values()];
    const more: SavedMemories['more'] = new Map();
    for (const memory of all) {
      const { successes, identities, agents, lastFailure, failedAt } = memory;
      if (failedAt > 0 || identities !== undefined || agents !== undefined)
        more.set(memory.slot, { successes, identities, agents, lastFailure, failedAt });
    }
    return {
      addresses: all.map((memory) => memory.address),
      slots: Int32Array.from(all, (memory) => memory.slot),
      last: Float64Array.from(all, (memory) => memory.last),
      agents: Int32Array.from(all, (memory) => memory.agent),
      agentAt: Float64Array.from(all, (memory) => memory.agentAt),
      more,
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
      memory.agent = saved.agents[index] ?? 0;
      memory.agentAt = saved.agentAt[index] ?? 0;
      Object.assign(memory, saved.more.get(memory.slot));
      this.#known.set(address, memory);
      this.#used = Math.max(this.#used, memory.slot + 1);
    }
    const taken = new Set(saved.slots);
    this.#free = Array.from({ length: this.#used }, (_, slot) => slot).filter((slot) => !taken.has(slot));
    this.minutes.load(saved.minutes);
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
    agent: 0,
    agentAt: 0,
    agents: undefined,
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

/** Browsers that asked for a page since a time. */
export function browsersSince(memory: AddressMemory, since: number): number {
  if (memory.agents === undefined) return memory.agentAt > 0 && memory.agentAt >= since ? 1 : 0;
  let browsers = 0;
  for (const time of memory.agents.values()) if (time >= since) browsers += 1;
  return browsers;
}

function signedInSince(memory: AddressMemory, since: number): boolean {
  return memory.identities !== undefined && peopleSince(memory, since) > 0;
}

function rememberAgent(memory: AddressMemory, time: number, agent: number): void {
  memory.agents ??= new Map([[memory.agent, memory.agentAt]]);
  memory.agent = agent;
  renew(memory.agents, agent, time, MAX_AGENTS);
}

/** Puts a key last and forgets the oldest beyond the limit. */
function renew<Key>(map: Map<Key, number>, key: Key, time: number, limit: number): void {
  map.delete(key);
  map.set(key, time);
  if (map.size <= limit) return;
  const oldest = map.keys().next();
  if (oldest.done !== true) map.delete(oldest.value);
}
