import { onScopeDispose, ref, shallowRef, watch, type Ref, type ShallowRef, type WatchSource } from 'vue';
import type { Push } from '../../src-preload/contract/shared.ts';
import type { Bridge, EngineClient, Link } from './bridge.ts';
import { toEngineError, type EngineError } from './engine-error.ts';
import { useBridge } from './use-bridge.ts';

/** Opens a stream of the contract, e.g. `(engine, options) => engine.logs.tail({ filter }, options)`. */
export type OpenFeed<Item> = (
  engine: EngineClient,
  options: { signal: AbortSignal },
) => Promise<AsyncIterable<Push<Item>>>;

export interface FeedOptions<Item> {
  /** Called with every push, oldest item first. */
  onItems: (items: Item[]) => void;
  /** Called before the first push of every new subscription: after a reconnect there may be a gap. */
  onStart?: () => void;
  /** Subscribes anew whenever one of these changes. */
  on?: WatchSource[];
}

export interface FeedState {
  /** A subscription is open: what is shown is now. */
  live: Readonly<Ref<boolean>>;
  /** Items left out since the feed began, because this view was slower than the flow. */
  dropped: Readonly<Ref<number>>;
  /** Why the engine refuses this stream. A lost engine is no error here: it is asked again when it is back. */
  error: Readonly<ShallowRef<EngineError | undefined>>;
}

/** Before a stream that ended without reason is asked for again. */
const RETRY_MS = 1000;

/** A window hidden for a moment keeps its streams; one that stays hidden costs nothing. */
const HIDDEN_LIMIT_MS = 5000;

/**
 * A stream that belongs to a view: acknowledged, opened again after the engine came back, closed with the view. It rests
 * while the window is hidden; shown again, it begins anew like after a reconnect.
 */
export function useFeed<Item>(open: OpenFeed<Item>, options: FeedOptions<Item>): FeedState {
  const bridge = useBridge();
  const live = ref(false);
  const dropped = ref(0);
  const error = shallowRef<EngineError>();
  let current: AbortController | undefined;

  const rest = (): void => {
    current?.abort();
    current = undefined;
    live.value = false;
  };
  const restart = (): void => {
    current?.abort();
    const mine = new AbortController();
    current = mine;
    error.value = undefined;
    live.value = false;
    void follow(bridge, open, mine.signal, {
      onLive: (now) => {
        if (current !== mine) return;
        live.value = now;
        if (now) options.onStart?.();
      },
      onPush: (push) => {
        if (current !== mine) return;
        dropped.value += push.dropped;
        options.onItems(push.items);
      },
      onError: (thrown) => {
        if (current === mine) error.value = thrown;
      },
    });
  };
  let resting: ReturnType<typeof setTimeout> | undefined;
  const onVisibility = (): void => {
    clearTimeout(resting);
    if (document.hidden) resting = setTimeout(rest, HIDDEN_LIMIT_MS);
    else if (current === undefined) restart();
  };
  document.addEventListener('visibilitychange', onVisibility);
  restart();
  onVisibility();
  if (options.on !== undefined) {
    watch(options.on, () => {
      if (current !== undefined) restart();
    });
  }
  onScopeDispose(() => {
    document.removeEventListener('visibilitychange', onVisibility);
    clearTimeout(resting);
    current?.abort();
    current = undefined;
  });
  return { live, dropped, error };
}

interface FeedEvents<Item> {
  onLive: (live: boolean) => void;
  onPush: (push: Push<Item>) => void;
  onError: (error: EngineError) => void;
}

/** Keeps a stream open, over engines that come and go, until the signal fires or the engine refuses it. */
async function follow<Item>(
  bridge: Bridge,
  open: OpenFeed<Item>,
  signal: AbortSignal,
  events: FeedEvents<Item>,
): Promise<void> {
  for (;;) {
    // Rejects when the signal fires: the way out of this loop.
    const link = signal.aborted ? undefined : await bridge.link(signal).catch(() => undefined);
    if (link === undefined) return;
    try {
      await readStream(link, open, signal, events);
    } catch (thrown) {
      const error = toEngineError(thrown);
      const passing = link.lost.aborted || error.kind === 'UNAVAILABLE' || error.kind === 'CANCELLED';
      if (!signal.aborted && !passing) {
        events.onLive(false);
        events.onError(error);
        return;
      }
    }
    events.onLive(false);
    // A lost engine is waited for above; one that is there and ends the stream gets a pause.
    if (!link.lost.aborted) await pause(signal);
  }
}

async function readStream<Item>(
  link: Link,
  open: OpenFeed<Item>,
  signal: AbortSignal,
  events: FeedEvents<Item>,
): Promise<void> {
  const stop = AbortSignal.any([signal, link.lost]);
  const stream = await untilStopped(open(link.client, { signal: stop }), stop);
  events.onLive(true);
  const iterator = stream[Symbol.asyncIterator]();
  for (;;) {
    const step = await untilStopped(iterator.next(), stop);
    if (step.done === true) return;
    events.onPush(step.value);
    acknowledge(link, step.value);
  }
}

/** Not waited for: an acknowledgement that is lost only slows the stream down. */
function acknowledge(link: Link, { subscription, sequence }: Push<unknown>): void {
  void link.client.system
    .acknowledge({ subscription, sequence }, { signal: link.lost })
    .catch(() => undefined);
}

/** A stream on a closed port never ends by itself. */
async function untilStopped<Value>(promise: Promise<Value>, stop: AbortSignal): Promise<Value> {
  let onStop: (() => void) | undefined;
  const stopped = new Promise<never>((_resolve, reject) => {
    onStop = () => reject(new DOMException('stopped', 'AbortError'));
    if (stop.aborted) onStop();
    else stop.addEventListener('abort', onStop, { once: true });
  });
  try {
    return await Promise.race([promise, stopped]);
  } finally {
    if (onStop !== undefined) stop.removeEventListener('abort', onStop);
  }
}

function pause(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, RETRY_MS);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
