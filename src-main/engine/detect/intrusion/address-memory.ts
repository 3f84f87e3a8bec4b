import { GroupMap } from './group-map.ts';

/** What is known of one address beyond single buckets: who signs in from it, how it usually behaves. */
export interface AddressMemory {
  /** Times of sign-ins that succeeded, newest last, at most MAX_SUCCESSES. */
  successes: number[];
  /** Who succeeded (user, else the browser) and when last; at most MAX_IDENTITIES. */
  identities: Map<string, number>;
  /** Browsers seen and when last; at most MAX_AGENTS. */
  agents: Map<number, number>;
  /** The last failure that has no partner yet: one attempt is often told twice. */
  lastFailure: { time: number; rule: string; user: string } | undefined;
  /** Page requests of the current and the nine minutes before, newest last: [minute, requests, errors, attacks]. */
  minutes: { minute: number; requests: number; errors: number }[];
  /** Newest event. */
  last: number;
}

const MAX_SUCCESSES = 512;
const MAX_IDENTITIES = 64;
const MAX_AGENTS = 32;
const MINUTE = 60_000;
const KEPT_MINUTES = 10;
/** How long who signed in from an address speaks for it. */
export const IDENTITY_MEMORY_MS = 12 * 3_600_000;

export function createAddressMemories(limit: number): GroupMap<AddressMemory> {
  return new GroupMap<AddressMemory>(limit, (memory) => memory.identities.size > 1);
}

/** Drops addresses of which nothing is known that could still matter: nobody signed in, nothing asked lately. */
export function forgetQuiet(memories: GroupMap<AddressMemory>, now: number): void {
  const before = now - 2 * KEPT_MINUTES * MINUTE;
  const signedInBefore = now - IDENTITY_MEMORY_MS;
  memories.prune((memory) => {
    if (memory.last >= before) return false;
    for (const time of memory.identities.values()) if (time >= signedInBefore) return false;
    return true;
  });
}

export function memoryOf(memories: GroupMap<AddressMemory>, address: string): AddressMemory {
  const known = memories.get(address);
  if (known !== undefined) return known;
  const memory: AddressMemory = {
    successes: [],
    identities: new Map(),
    agents: new Map(),
    lastFailure: undefined,
    minutes: [],
    last: 0,
  };
  memories.set(address, memory);
  return memory;
}

export function rememberSuccess(memory: AddressMemory, time: number, identity: string): void {
  memory.last = Math.max(memory.last, time);
  memory.successes.push(time);
  if (memory.successes.length > MAX_SUCCESSES) memory.successes.splice(0, MAX_SUCCESSES / 2);
  memory.identities.delete(identity);
  memory.identities.set(identity, time);
  trim(memory.identities, MAX_IDENTITIES);
}

/** Several people have signed in from the address lately. */
export function isShared(memory: AddressMemory): boolean {
  return memory.identities.size >= 2;
}

export function rememberRequest(memory: AddressMemory, time: number, agent: number, failed: boolean): void {
  const minute = Math.floor(time / MINUTE);
  let current = memory.minutes.at(-1);
  if (current === undefined || current.minute < minute) {
    current = { minute, requests: 0, errors: 0 };
    memory.minutes.push(current);
    if (memory.minutes.length > KEPT_MINUTES) memory.minutes.shift();
  }
  current.requests += 1;
  if (failed) current.errors += 1;
  if (memory.agents.get(agent) === undefined || memory.agents.size > 1) {
    memory.agents.delete(agent);
    memory.agents.set(agent, time);
    trim(memory.agents, MAX_AGENTS);
  }
  memory.last = Math.max(memory.last, time);
}

/** Requests per minute over the full minutes before `time`, and over how many minutes that is known. */
export function usualRate(memory: AddressMemory, time: number): { perMinute: number; minutes: number } {
  const now = Math.floor(time / MINUTE);
  let requests = 0;
  let minutes = 0;
  for (const entry of memory.minutes) {
    if (entry.minute >= now || entry.minute < now - KEPT_MINUTES) continue;
    requests += entry.requests;
    minutes += 1;
  }
  return { perMinute: minutes === 0 ? 0 : requests / minutes, minutes };
}

/** Share of page requests of the last ten minutes that were answered with an error; 0 where there were none. */
export function errorShare(memory: AddressMemory, time: number): number {
  const now = Math.floor(time / MINUTE);
  let requests = 0;
  let errors = 0;
  for (const entry of memory.minutes) {
    if (entry.minute < now - KEPT_MINUTES) continue;
    requests += entry.requests;
    errors += entry.errors;
  }
  return requests === 0 ? 0 : errors / requests;
}

function trim<Key>(map: Map<Key, number>, limit: number): void {
  while (map.size > limit) {
    const oldest = map.keys().next();
    if (oldest.done === true) return;
    map.delete(oldest.value);
  }
}
