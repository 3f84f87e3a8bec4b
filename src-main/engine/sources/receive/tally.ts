import type { DropReason } from '../../../../src-preload/contract/receiver.ts';

/** Drops of what was wanted; strangers who knock are only counted. */
const LOSSES: ReadonlySet<DropReason> = new Set(['full', 'system', 'rate', 'connections', 'series']);

/** What a listener has counted since the engine started; kept over changes of its settings. */
export class Tally {
  received = 0;
  cut = 0;
  /** Requests that were told to come again. */
  deferred = 0;
  lastSender: string | undefined;
  lastAt: number | undefined;
  /** When something that was wanted was dropped last, for the problem that is shown. */
  lastLossAt: number | undefined;
  readonly #drops = new Map<DropReason, number>();

  take(sender: string, now: number, count = 1): void {
    this.received += count;
    this.lastSender = sender;
    this.lastAt = now;
  }

  drop(reason: DropReason, now: number, count = 1): void {
    this.#drops.set(reason, (this.#drops.get(reason) ?? 0) + count);
    if (LOSSES.has(reason)) this.lastLossAt = now;
  }

  get dropsBy(): Partial<Record<DropReason, number>> {
    return Object.fromEntries(this.#drops);
  }

  get lost(): number {
    let sum = 0;
    for (const [reason, count] of this.#drops) if (LOSSES.has(reason)) sum += count;
    return sum;
  }

  get dropped(): number {
    let sum = 0;
    for (const count of this.#drops.values()) sum += count;
    return sum;
  }
}
