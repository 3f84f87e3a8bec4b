import type { Push } from '../../../../src-preload/contract/shared.ts';

export interface SubscriptionOptions {
  /** Pushes that may be under way unacknowledged. */
  window: number;
  coalesce: 'append' | 'newest';
  /** Most items waiting. */
  limit: number;
  /** Least milliseconds between two pushes. */
  intervalMs: number;
}

type Step<Item> = IteratorResult<Push<Item>, undefined>;

/**
 * One consumer of a feed, as the iterator that oRPC reads from. It gives a push when there is something to say, the
 * interval has passed, and the consumer has taken in enough of what was sent before.
 *
 * Written by hand rather than as a generator: `return()` of a generator waits for the pending `next()`, so that a
 * consumer that leaves while nothing happens would never be let go.
 */
export class Subscription<Item> implements AsyncIteratorObject<Push<Item>, undefined, void> {
  readonly id: string;
  readonly #options: SubscriptionOptions;
  readonly #accept: ((item: Item) => boolean) | undefined;
  #waiting: Item[] = [];
  #droppedSincePush = 0;
  #dropped = 0;
  #sent = 0;
  #acknowledged = 0;
  #coolingTimer: NodeJS.Timeout | undefined;
  #asked: ((step: Step<Item>) => void)[] = [];
  #ended = false;
  #onEnd: (() => void) | undefined;

  constructor(id: string, options: SubscriptionOptions, accept?: (item: Item) => boolean) {
    this.id = id;
    this.#options = options;
    this.#accept = accept;
  }

  /** Items left out since the subscription began. */
  get dropped(): number {
    return this.#dropped;
  }

  get depth(): number {
    return this.#waiting.length;
  }

  /**
   * Takes items in as far as they are wanted; never waits.
   * @param missed items that came before these and were never handed in: nobody knows whether they were wanted
   */
  offer(items: Item[], missed = 0): void {
    if (this.#ended) return;
    if (missed > 0) this.#miss(missed);
    const accept = this.#accept;
    const wanted = accept === undefined ? items : items.filter((item) => accept(item));
    if (wanted.length === 0) {
      if (missed > 0) this.#pump();
      return;
    }
    if (this.#options.coalesce === 'newest') this.#waiting = wanted.slice(-1);
    else this.#append(wanted);
    this.#pump();
  }

  acknowledge(sequence: number): void {
    if (sequence <= this.#acknowledged) return;
    // A number not sent yet would open the window for good.
    this.#acknowledged = Math.min(sequence, this.#sent);
    this.#pump();
  }

  onEnd(listener: () => void): void {
    this.#onEnd = listener;
  }

  /** Lets go of everything. What was waiting is not delivered any more. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#coolingTimer);
    this.#waiting = [];
    for (const answer of this.#asked.splice(0)) answer({ done: true, value: undefined });
    this.#onEnd?.();
  }

  next(): Promise<Step<Item>> {
    if (this.#ended) return Promise.resolve({ done: true, value: undefined });
    return new Promise((answer) => {
      this.#asked.push(answer);
      this.#pump();
    });
  }

  return(): Promise<Step<Item>> {
    this.end();
    return Promise.resolve({ done: true, value: undefined });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.end();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #append(items: Item[]): void {
    const { limit } = this.#options;
    // Not concat-then-slice: a flood may hand in far more than the limit at once.
    const kept = items.length > limit ? items.slice(-limit) : items;
    const room = limit - kept.length;
    const excess = Math.max(0, this.#waiting.length - room);
    this.#drop(items.length - kept.length + excess);
    this.#waiting = excess > 0 ? [...this.#waiting.slice(excess), ...kept] : this.#waiting.concat(kept);
  }

  /** What waits lies before the gap, so that it joins it: order matters more than completeness. */
  #miss(count: number): void {
    this.#drop(count + this.#waiting.length);
    this.#waiting = [];
  }

  #drop(count: number): void {
    this.#droppedSincePush += count;
    this.#dropped += count;
  }

  #pump(): void {
    if (this.#waiting.length === 0 && this.#droppedSincePush === 0) return;
    if (this.#coolingTimer !== undefined) return;
    if (this.#sent - this.#acknowledged >= this.#options.window) return;
    const answer = this.#asked.shift();
    if (answer === undefined) return;
    this.#sent += 1;
    const push: Push<Item> = {
      subscription: this.id,
      sequence: this.#sent,
      items: this.#waiting,
      dropped: this.#droppedSincePush,
    };
    this.#waiting = [];
    this.#droppedSincePush = 0;
    this.#cool();
    answer({ done: false, value: push });
  }

  #cool(): void {
    if (this.#options.intervalMs <= 0) return;
    this.#coolingTimer = setTimeout(() => {
      this.#coolingTimer = undefined;
      this.#pump();
    }, this.#options.intervalMs);
    this.#coolingTimer.unref();
  }
}
