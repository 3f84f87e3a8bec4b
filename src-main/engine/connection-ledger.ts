import type { OutboundConnection } from '../../src-preload/contract/system.ts';
import type { Clock } from './flow/clock.ts';
import type { OutboundLog } from './flow/outbound.ts';

/** More destinations than any settings file names by hand; what comes beyond is counted. */
export const MAX_DESTINATIONS = 1000;

/** Every connection the engine made since it started, by purpose and destination (L106). */
export class ConnectionLedger implements OutboundLog {
  readonly #clock: Clock;
  readonly #connections = new Map<string, OutboundConnection>();
  #total = 0;
  #dropped = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  record(
    purpose: OutboundConnection['purpose'],
    destination: string,
    outcome: OutboundConnection['lastOutcome'],
  ): void {
    const now = this.#clock.now();
    const key = `${purpose} ${destination}`;
    const known = this.#connections.get(key);
    this.#total += 1;
    if (known === undefined && this.#connections.size >= MAX_DESTINATIONS) {
      this.#dropped += 1;
      return;
    }
    this.#connections.set(key, {
      purpose,
      destination,
      count: (known?.count ?? 0) + 1,
      firstAt: known?.firstAt ?? now,
      lastAt: now,
      lastOutcome: outcome,
    });
  }

  get total(): number {
    return this.#total;
  }

  /** Newest first; `dropped` counts connections to destinations beyond the limit. */
  list(): { connections: OutboundConnection[]; dropped: number } {
    const connections = [...this.#connections.values()].sort((a, b) => b.lastAt - a.lastAt);
    return { connections, dropped: this.#dropped };
  }
}
