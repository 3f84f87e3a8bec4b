import { entryOf, type BehaviourEvent, type BucketEntry } from './behaviour-event.ts';
import type { BucketRule } from './rule-schema.ts';

/**
 * Counts what comes by the thousand, in six slots of the window, and keeps no event: requests of an address or of all.
 * Off by at most a sixth of the window.
 */
export interface RateBucket {
  /** Number of the newest slot since 1970. */
  slot: number;
  /** Requests and errors per slot, newest last. */
  counts: number[];
  errors: number[];
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
    recent: [],
    usual: 0,
    learned: 0,
    first: 0,
  };
}

/** Takes a request in. @returns whether the bucket is full */
export function countRequest(bucket: RateBucket, rule: BucketRule, event: BehaviourEvent): boolean {
  const width = (rule.window ?? 60_000) / SLOTS;
  const slot = Math.floor(event.time / width);
  if (bucket.first === 0) {
    bucket.first = event.time;
    bucket.slot = slot;
  }
  if (slot > bucket.slot) advance(bucket, slot, rule);
  // Late within the window: counted in its own slot. Older: no longer counts.
  const at = SLOTS - 1 - (bucket.slot - slot);
  if (at < 0) return false;
  bucket.counts[at] = (bucket.counts[at] ?? 0) + 1;
  if (event.status >= 400) bucket.errors[at] = (bucket.errors[at] ?? 0) + 1;
  const sum = total(bucket.counts);
  if (sum >= rule.capacity / 2) remember(bucket, rule, event);
  return sum >= rule.capacity;
}

function remember(bucket: RateBucket, rule: BucketRule, event: BehaviourEvent): void {
  bucket.recent.push(entryOf(event));
  const limit = rule.group_by.length === 0 ? RECENT_OF_ALL : RECENT_OF_ONE;
  if (bucket.recent.length > limit * 2) bucket.recent.splice(0, bucket.recent.length - limit);
}

function advance(bucket: RateBucket, slot: number, rule: BucketRule): void {
  const steps = slot - bucket.slot;
  for (let step = 0; step < Math.min(steps, SLOTS); step += 1) {
    // Every slot that leaves says what a window usually holds.
    if (rule.require.times_usual !== undefined) learn(bucket, total(bucket.counts));
    bucket.counts.shift();
    bucket.counts.push(0);
    bucket.errors.shift();
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

export function total(values: readonly number[]): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}
