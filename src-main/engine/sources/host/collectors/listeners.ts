import type { Observation } from '../../../flow/observation.ts';
import type { ValueStore } from '../../../store/types.ts';
import type { Listener } from '../system.ts';

/** Name under which the known listeners are kept. */
const BASELINE = 'host.listeners';
/** Listeners that come up within this time of the very first reading are taken as always having been there. */
const LEARNING_MS = 60_000;
/** A listener unseen for this long is forgotten; when it comes back it is told as new. */
const FORGET_AFTER_MS = 30 * 86_400_000;
/** Times are kept to this precision, so that the baseline is not written at every reading. */
const SEEN_PRECISION_MS = 3_600_000;
/** Most listeners kept; further ones are counted and not watched. */
export const MAX_KNOWN_LISTENERS = 2000;

interface Baseline {
  learningUntil: number;
  /** `address:port` → last seen. */
  seen: Record<string, number>;
}

/** Tells of listeners on public addresses that were not there before; what is known outlives restarts. */
export class ListenerWatch {
  readonly #values: ValueStore;
  readonly #observe: (observation: Observation) => void;
  #baseline: Baseline | undefined;
  /** Seen once; told when seen a second time, so that a port open for a moment is no alert. */
  #candidates = new Set<string>();
  #dropped = 0;

  constructor(values: ValueStore, observe: (observation: Observation) => void) {
    this.#values = values;
    this.#observe = observe;
  }

  /** Listeners that found no place in the baseline, since the start. */
  get dropped(): number {
    return this.#dropped;
  }

  accept(listeners: Listener[], now: number): void {
    const baseline = (this.#baseline ??= this.#load(now));
    const seen = new Map(Object.entries(baseline.seen));
    const candidates = new Set<string>();
    let changed = false;
    for (const listener of listeners) {
      if (!isPublic(listener.address)) continue;
      const key = listenerKey(listener);
      const lastSeen = seen.get(key);
      if (lastSeen !== undefined && now - lastSeen < SEEN_PRECISION_MS) continue;
      if (lastSeen === undefined && now >= baseline.learningUntil) {
        if (!this.#candidates.has(key)) {
          candidates.add(key);
          continue;
        }
        this.#observe(newListener(listener, key, now));
      }
      if (lastSeen === undefined && seen.size >= MAX_KNOWN_LISTENERS) {
        this.#dropped += 1;
        continue;
      }
      seen.set(key, now);
      changed = true;
    }
    this.#candidates = candidates;
    if (changed) this.#keep(baseline, seen, now);
  }

  #load(now: number): Baseline {
    const text = this.#values.get(BASELINE);
    const kept = text === undefined ? undefined : baselineOf(text);
    if (kept !== undefined) return kept;
    const fresh: Baseline = { learningUntil: now + LEARNING_MS, seen: {} };
    // Kept even with nothing seen: a restart must not begin to learn again.
    this.#values.set(BASELINE, JSON.stringify(fresh));
    return fresh;
  }

  #keep(baseline: Baseline, seen: Map<string, number>, now: number): void {
    for (const [key, time] of seen) if (now - time > FORGET_AFTER_MS) seen.delete(key);
    this.#baseline = { learningUntil: baseline.learningUntil, seen: Object.fromEntries(seen) };
    this.#values.set(BASELINE, JSON.stringify(this.#baseline));
  }
}

function baselineOf(text: string): Baseline | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return undefined;
    if (!('learningUntil' in value) || typeof value.learningUntil !== 'number') return undefined;
    if (!('seen' in value) || typeof value.seen !== 'object' || value.seen === null) return undefined;
    const seen: Record<string, number> = {};
    for (const [key, time] of Object.entries(value.seen)) if (typeof time === 'number') seen[key] = time;
    return { learningUntil: value.learningUntil, seen };
  } catch {
    // Unreadable: learnt anew, silently, as at the first start.
    return undefined;
  }
}

function listenerKey(listener: Listener): string {
  return listener.address.includes(':')
    ? `[${listener.address}]:${listener.port}`
    : `${listener.address}:${listener.port}`;
}

/** Reachable from other machines: everything but loopback (127.0.0.0/8, ::1). */
export function isPublic(address: string): boolean {
  return !address.startsWith('127.') && address !== '::1';
}

function newListener(listener: Listener, key: string, now: number): Observation {
  const parameters = { address: listener.address, port: String(listener.port) };
  return {
    ruleId: 'host-new-listener',
    key,
    time: now,
    severity: 'warning',
    title: { key: 'host.newListener.title', parameters },
    summary: { key: 'host.newListener.summary', parameters },
    labels: { address: listener.address, port: String(listener.port) },
  };
}
