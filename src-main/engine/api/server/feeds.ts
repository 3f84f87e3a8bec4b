import { randomUUID } from 'node:crypto';
import { STREAM_WINDOW } from '../../../../src-preload/contract/limits.ts';
import type { Push } from '../../../../src-preload/contract/shared.ts';
import type { QueueState } from '../../../../src-preload/contract/system.ts';
import { FailureError } from '../../flow/failure.ts';
import { Subscription, type SubscriptionOptions } from './subscription.ts';

export interface FeedOptions {
  /** Name on the self-monitoring page, e.g. `feed.logs.tail`. */
  name: string;
  /**
   * `append`: every item counts; when more than `limit` wait, the oldest go and are counted as dropped.
   * `newest`: items are states of one thing and only the last is of interest; an outdated one is no loss.
   */
  coalesce: 'append' | 'newest';
  /** Most items that wait for one subscriber, and most items of one push. */
  limit: number;
  /** Least milliseconds between two pushes to one subscriber. The first item after a pause goes at once. */
  intervalMs?: number;
  /** The first subscriber came: whoever prepares items only while somebody listens begins now. */
  onWanted?: () => void;
}

export interface SubscribeOptions<Item> {
  /** The call's own signal: the subscription ends with it (cancelled, or the connection is gone). */
  signal: AbortSignal | undefined;
  /** Pushed first, before anything published. */
  initial?: Item[];
  /** Only items for which it is true. */
  accept?: (item: Item) => boolean;
}

export interface Feed<Item> {
  /**
   * Hands items to every subscriber; never waits.
   * @param missed items that came before these and are too many to be handed out: told as dropped
   */
  publish(items: Item[], missed?: number): void;
  /**
   * What a contract's stream handler returns.
   * @throws FailureError UNAVAILABLE when far too many streams are open
   */
  subscribe(options: SubscribeOptions<Item>): AsyncIteratorObject<Push<Item>, undefined, void>;
  /** False: nobody listens, and what would be published needs no preparing. */
  readonly wanted: boolean;
}

/** One or two pushes a second are enough for the eye; ten cost a quarter of a core in the renderer. */
const DEFAULT_INTERVAL_MS = 500;

/** More than every view of every window can need; a face that leaks subscriptions is refused, not served until memory is out. */
export const MAX_SUBSCRIPTIONS = 1000;

/** What this list needs to know of a subscription, whatever its items are. */
type Acknowledged = Pick<Subscription<never>, 'acknowledge' | 'end'>;

/**
 * All streams of an engine. oRPC has no back-pressure: each push carries a sequence number, the consumer acknowledges it
 * by `system.acknowledge`, and at most {@link STREAM_WINDOW} pushes are under way. What comes meanwhile waits, coalesced
 * and bounded; what does not fit is dropped and counted in the next push.
 */
export class Feeds {
  readonly #subscriptions = new Map<string, Acknowledged>();
  readonly #feeds: { name: string; limit: number; dropped: () => number; depth: () => number }[] = [];

  /** Registers a stream. */
  feed<Item>(options: FeedOptions): Feed<Item> {
    const members = new Set<Subscription<Item>>();
    let droppedByEnded = 0;
    const settings: SubscriptionOptions = {
      window: STREAM_WINDOW,
      coalesce: options.coalesce,
      limit: options.limit,
      intervalMs: options.intervalMs ?? DEFAULT_INTERVAL_MS,
    };
    this.#feeds.push({
      name: options.name,
      limit: options.limit,
      dropped: () => sum(members, (member) => member.dropped) + droppedByEnded,
      depth: () => Math.max(0, ...[...members].map((member) => member.depth)),
    });
    return {
      publish: (items, missed = 0) => {
        for (const member of members) member.offer(items, missed);
      },
      subscribe: ({ signal, initial, accept }) => {
        if (this.#subscriptions.size >= MAX_SUBSCRIPTIONS) {
          const message = { key: 'wire.tooManyStreams', parameters: { limit: MAX_SUBSCRIPTIONS } };
          throw new FailureError({ kind: 'UNAVAILABLE', message });
        }
        const subscription = new Subscription<Item>(randomUUID(), settings, accept);
        members.add(subscription);
        if (members.size === 1) options.onWanted?.();
        this.#subscriptions.set(subscription.id, subscription);
        subscription.onEnd(() => {
          members.delete(subscription);
          this.#subscriptions.delete(subscription.id);
          droppedByEnded += subscription.dropped;
        });
        if (initial !== undefined) subscription.offer(initial);
        if (signal?.aborted === true) subscription.end();
        else signal?.addEventListener('abort', () => subscription.end(), { once: true });
        return subscription;
      },
      get wanted() {
        return members.size > 0;
      },
    };
  }

  /**
   * A consumer has taken in everything up to `sequence`. An unknown subscription is none of our business: it has ended
   * meanwhile.
   */
  acknowledge(subscription: string, sequence: number): void {
    this.#subscriptions.get(subscription)?.acknowledge(sequence);
  }

  get open(): number {
    return this.#subscriptions.size;
  }

  /** Per feed: the fullest subscriber's queue, and items dropped since the engine started. */
  states(): QueueState[] {
    return this.#feeds.map((feed) => ({
      name: feed.name,
      depth: feed.depth(),
      limit: feed.limit,
      dropped: feed.dropped(),
    }));
  }

  /** Ends every stream: the engine stops. */
  close(): void {
    for (const subscription of [...this.#subscriptions.values()]) subscription.end();
  }
}

function sum<Item>(items: Iterable<Item>, value: (item: Item) => number): number {
  let total = 0;
  for (const item of items) total += value(item);
  return total;
}
