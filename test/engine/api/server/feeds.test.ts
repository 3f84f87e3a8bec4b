import { expect, onTestFinished, test, vi } from 'vitest';
import { STREAM_WINDOW } from '../../../../src-preload/contract/limits.ts';
import type { Push } from '../../../../src-preload/contract/shared.ts';
import { Feeds, MAX_SUBSCRIPTIONS, type Feed } from '../../../../src-main/engine/api/server/feeds.ts';

type Stream = ReturnType<Feed<number>['subscribe']>;

async function nextOf(stream: Stream): Promise<Push<number>> {
  const step = await stream.next();
  if (step.done === true) throw new Error('The stream is over.');
  return step.value;
}

/** Whether something comes without anybody doing anything more. */
async function quiet(next: Promise<unknown>): Promise<boolean> {
  const silence = new Promise<'silence'>((resolve) => setImmediate(() => resolve('silence')));
  return (await Promise.race([next, silence])) === 'silence';
}

function counting(limit: number): { feeds: Feeds; feed: Feed<number> } {
  const feeds = new Feeds();
  return { feeds, feed: feeds.feed<number>({ name: 'feed.n', coalesce: 'append', limit, intervalMs: 0 }) };
}

test('a full queue keeps the newest in order, and the next push says how many were left out', async () => {
  const { feeds, feed } = counting(3);
  const stream = feed.subscribe({ signal: undefined });
  feed.publish([1, 2]);
  feed.publish([3, 4]);
  feed.publish([5]);
  expect(feeds.states()).toEqual([{ name: 'feed.n', depth: 3, limit: 3, dropped: 2 }]);
  expect(await nextOf(stream)).toMatchObject({ sequence: 1, items: [3, 4, 5], dropped: 2 });
  feed.publish([6]);
  expect(await nextOf(stream)).toMatchObject({ sequence: 2, items: [6], dropped: 0 });
});

test('more at once than the limit keeps the last of them', async () => {
  const { feed } = counting(3);
  const stream = feed.subscribe({ signal: undefined, initial: [0] });
  feed.publish([1, 2, 3, 4, 5]);
  expect(await nextOf(stream)).toMatchObject({ items: [3, 4, 5], dropped: 3 });
});

test('the window full, nothing goes until the consumer has taken something in', async () => {
  const { feed } = counting(10);
  const stream = feed.subscribe({ signal: undefined });
  let last: Push<number> | undefined;
  for (let count = 0; count < STREAM_WINDOW; count += 1) {
    feed.publish([count]);
    last = await nextOf(stream);
  }
  const next = nextOf(stream);
  feed.publish([100]);
  expect(await quiet(next)).toBe(true);
  await stream.return?.();
  await expect(next).rejects.toThrow('over');
  expect(last?.sequence).toBe(STREAM_WINDOW);
});

test('an acknowledgement opens the window by as much; one of what was never sent opens no more', async () => {
  const { feeds, feed } = counting(10);
  const stream = feed.subscribe({ signal: undefined });
  for (let count = 0; count < STREAM_WINDOW; count += 1) {
    feed.publish([count]);
    const { subscription } = await nextOf(stream);
    // Far ahead: counts as what was sent so far.
    if (count === 0) feeds.acknowledge(subscription, 1_000_000);
  }
  feed.publish([100]);
  const { subscription } = await nextOf(stream);
  const blocked = nextOf(stream);
  feed.publish([101]);
  expect(await quiet(blocked)).toBe(true);
  feeds.acknowledge(subscription, 1);
  expect(await quiet(blocked)).toBe(true);
  feeds.acknowledge(subscription, 2);
  expect(await blocked).toMatchObject({ items: [101] });
  feeds.acknowledge('nobody', 5);
});

test('states of one thing: only the newest waits, and none counts as lost', async () => {
  const feeds = new Feeds();
  const feed = feeds.feed<number>({ name: 'feed.state', coalesce: 'newest', limit: 1, intervalMs: 0 });
  const stream = feed.subscribe({ signal: undefined, initial: [0] });
  feed.publish([1, 2]);
  feed.publish([3]);
  expect(await nextOf(stream)).toMatchObject({ items: [3], dropped: 0 });
});

test('pushes keep their distance; what comes meanwhile goes together', async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const feed = new Feeds().feed<number>({ name: 'feed.n', coalesce: 'append', limit: 10, intervalMs: 500 });
  const stream = feed.subscribe({ signal: undefined });
  feed.publish([1]);
  expect((await nextOf(stream)).items).toEqual([1]);
  const got: number[][] = [];
  void nextOf(stream).then((push) => got.push(push.items));
  feed.publish([2]);
  feed.publish([3]);
  await vi.advanceTimersByTimeAsync(499);
  expect(got).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(got).toEqual([[2, 3]]);
});

test('a subscriber gets what it accepts, and what it does not want is no loss', async () => {
  const { feeds, feed } = counting(2);
  const stream = feed.subscribe({ signal: undefined, accept: (item) => item % 2 === 0 });
  feed.publish([1, 2, 3, 4, 5]);
  expect(await nextOf(stream)).toMatchObject({ items: [2, 4], dropped: 0 });
  expect(feeds.states()[0]?.dropped).toBe(0);
});

test('a consumer that leaves is forgotten at once, its pending read ended, its losses still counted', async () => {
  const { feeds, feed } = counting(1);
  const leave = new AbortController();
  const stream = feed.subscribe({ signal: leave.signal });
  feed.publish([1, 2, 3]);
  await nextOf(stream);
  const pending = stream.next();
  expect(feed.wanted).toBe(true);
  leave.abort();
  expect(await pending).toEqual({ done: true, value: undefined });
  expect([feed.wanted, feeds.open, feeds.states()[0]?.dropped]).toEqual([false, 0, 2]);
  feed.publish([4]);
  expect(await stream.next()).toEqual({ done: true, value: undefined });
});

test('a call that is cancelled already opens nothing', async () => {
  const { feeds, feed } = counting(1);
  const stream = feed.subscribe({ signal: AbortSignal.abort(), initial: [1] });
  expect(await stream.next()).toEqual({ done: true, value: undefined });
  expect(feeds.open).toBe(0);
});

test('more streams than the limit are refused, and one that ends makes room', () => {
  const { feeds, feed } = counting(1);
  const leave = new AbortController();
  feed.subscribe({ signal: leave.signal });
  for (let count = 1; count < MAX_SUBSCRIPTIONS; count += 1) feed.subscribe({ signal: undefined });
  expect(() => feed.subscribe({ signal: undefined })).toThrow('wire.tooManyStreams');
  leave.abort();
  expect(() => feed.subscribe({ signal: undefined })).not.toThrow();
  feeds.close();
  expect(feeds.open).toBe(0);
});

test('what was never handed in is told as dropped, together with what waited before it, though nothing else comes', async () => {
  const { feeds, feed } = counting(10);
  const stream = feed.subscribe({ signal: undefined, accept: (item) => item < 10 });
  feed.publish([1, 2]);
  feed.publish([3, 11], 40);
  expect(await nextOf(stream)).toMatchObject({ items: [3], dropped: 42 });
  feed.publish([12], 5);
  expect(await nextOf(stream)).toMatchObject({ items: [], dropped: 5 });
  expect(feeds.states()).toEqual([{ name: 'feed.n', depth: 0, limit: 10, dropped: 47 }]);
});
