import type { BucketEntry } from './behaviour-event.ts';
import type { BucketRule } from './rule-schema.ts';

/**
 * Counts what comes by the thousand, in six slots of the window, and keeps no event: requests of all, or of a group that
 * is no address (those are counted in a RateTable). Off by at most a sixth of the window.
 */
export interface RateBucket {
  /** Number of the newest slot since 1970. */
  slot: number;
  /** Requests and errors per slot, newest last. */
  counts: number[];
  errors: number[];
  /** Sums of both. */
  count: number;
  errorCount: number;
  /** The last requests, for addresses, targets and evidence: kept when the bucket is half full. */
  recent: BucketEntry[];
  /** Smoothed number of requests per window, and how many windows it was learnt over. */
  usual: number;
  learned: number;
  first: number;
}

export const SLOTS = 6;
/** Windows a rate must have been watched before it counts as usual. */
const LEARNING_WINDOWS = 10;
/** Share of a new window in the usual rate: about half an hour of memory for a window of a minute. */
const LEARNING_SHARE = 0.05;
/** Requests kept of one address, and of all where the rule asks what they have in common. */
const RECENT_OF_ONE = 20;
const RECENT_OF_ALL = 2048;

export function emptyRateBucket(): RateBucket {
  return {
    slot: 0,
    counts: [0, 0, 0, 0, 0, 0],
    errors: [0, 0, 0, 0, 0, 0],
    count: 0,
    errorCount: 0,
    recent: [],
    usual: 0,
    learned: 0,
    first: 0,
  };
}

/** Takes a request in. @returns requests in the window now; 0 for one that is older than it */
export function countRequest(bucket: RateBucket, rule: BucketRule, time: number, failed: boolean): number {
  const width = (rule.window ?? 60_000) / SLOTS;
  const slot = Math.floor(time / width);
  if (bucket.first === 0) {
    bucket.first = time;
    bucket.slot = slot;
  }
  if (slot > bucket.slot) advance(bucket, slot, rule);
  // Late within the window: counted in its own slot. Older: no longer counts.
  const at = SLOTS - 1 - (bucket.slot - slot);
  if (at < 0) return 0;
  bucket.counts[at] = (bucket.counts[at] ?? 0) + 1;
  bucket.count += 1;
  if (failed) {
    bucket.errors[at] = (bucket.errors[at] ?? 0) + 1;
    bucket.errorCount += 1;
  }
  return bucket.count;
}

/** Whether a bucket this full may soon be judged: only then are its requests kept. */
export function isFilling(bucket: RateBucket, rule: BucketRule): boolean {
  const { times_usual: times } = rule.require;
  if (bucket.count < rule.capacity / 2) return false;
  return times === undefined || (isLearned(bucket) && bucket.count >= (bucket.usual * times) / 2);
}

/** Keeps one of the last requests, for addresses, targets and evidence. */
export function remember(recent: BucketEntry[], rule: BucketRule, entry: BucketEntry): void {
  recent.push(entry);
  const limit = rule.group_by.length === 0 ? RECENT_OF_ALL : RECENT_OF_ONE;
  if (recent.length > limit * 2) recent.splice(0, recent.length - limit);
}

function advance(bucket: RateBucket, slot: number, rule: BucketRule): void {
  const steps = slot - bucket.slot;
  for (let step = 0; step < Math.min(steps, SLOTS); step += 1) {
    // Every slot that leaves says what a window usually holds.
    if (rule.require.times_usual !== undefined) learn(bucket, bucket.count);
    bucket.count -= bucket.counts.shift() ?? 0;
    bucket.counts.push(0);
    bucket.errorCount -= bucket.errors.shift() ?? 0;
    bucket.errors.push(0);
  }
  bucket.slot = slot;
}

function learn(bucket: RateBucket, count: number): void {
  bucket.learned += 1 / SLOTS;
  const share = Math.max(LEARNING_SHARE / SLOTS, 1 / (bucket.learned * SLOTS));
  // A surge must not teach that surges are usual.
  const bounded = isLearned(bucket) ? Math.min(count, bucket.usual * 2 + 1) : count;
  bucket.usual += (bounded - bucket.usual) * share;
}

/** Whether the usual rate is known well enough to compare with. */
export function isLearned(bucket: RateBucket): boolean {
  return bucket.learned >= LEARNING_WINDOWS;
}
