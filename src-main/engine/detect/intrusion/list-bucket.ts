import type { BucketEntry } from './behaviour-event.ts';
import { dimensionOf } from './behaviour-event.ts';
import type { BucketRule } from './rule-schema.ts';

/** Counts events one by one and keeps them, for questions about what they have in common. */
export interface ListBucket {
  entries: BucketEntry[];
  /** Times of the group's sign-ins that succeeded, within the reach. */
  successes: number[];
  /** Newest event time seen. */
  latest: number;
}

/** Most events one bucket keeps. */
const MAX_ENTRIES = 512;

export const emptyListBucket = (): ListBucket => ({ entries: [], successes: [], latest: 0 });

/** How long an event stays: the window, or the time a full bucket takes to leak out. */
export function reach(rule: BucketRule): number {
  return rule.window ?? (rule.leak ?? 0) * rule.capacity;
}

/**
 * Takes an event in. Event time may run back within the reach (lines of several sources arrive out of order); what is
 * older no longer counts.
 * @returns whether the bucket is full
 */
export function pour(bucket: ListBucket, rule: BucketRule, entry: BucketEntry): boolean {
  bucket.latest = Math.max(bucket.latest, entry.time);
  prune(bucket, rule);
  if (entry.time <= bucket.latest - reach(rule)) return false;
  bucket.entries.push(entry);
  const limit = Math.max(MAX_ENTRIES, rule.capacity);
  if (bucket.entries.length > limit) bucket.entries.splice(0, Math.ceil(limit / 4));
  return level(bucket, rule) >= rule.capacity;
}

function prune(bucket: ListBucket, rule: BucketRule): void {
  const from = bucket.latest - reach(rule);
  let expired = 0;
  while (expired < bucket.entries.length && (bucket.entries[expired]?.time ?? 0) <= from) expired += 1;
  if (expired > 0) bucket.entries.splice(0, expired);
  while ((bucket.successes[0] ?? Infinity) <= from) bucket.successes.shift();
}

/** How full the bucket is: events, or different values of the rule's dimension, less what has leaked. */
export function level(bucket: ListBucket, rule: BucketRule): number {
  const dimension = rule.distinct;
  if (dimension !== undefined) return distinct(bucket.entries, (entry) => dimensionOf(entry, dimension));
  const leak = rule.leak;
  if (leak === undefined) return bucket.entries.length;
  let full = 0;
  let before = bucket.entries[0]?.time ?? 0;
  for (const entry of bucket.entries) {
    full = Math.max(0, full - Math.max(0, entry.time - before) / leak) + 1;
    before = entry.time;
  }
  return full;
}

export function distinct(
  entries: readonly BucketEntry[],
  value: (entry: BucketEntry) => string | number | undefined,
): number {
  const seen = new Set<string | number>();
  for (const entry of entries) {
    const one = value(entry);
    if (one !== undefined) seen.add(one);
  }
  return seen.size;
}

/** Most failures of one person that a sign-in makes good: who needs more is guessing. */
const FORGIVEN = 4;
const MAX_SUCCESSES = 1024;

/** A sign-in succeeded: the same person's few failures before it were typing errors. */
export function forgive(
  bucket: ListBucket,
  time: number,
  address: string,
  user: string,
  agent: number,
): void {
  bucket.successes.push(time);
  if (bucket.successes.length > MAX_SUCCESSES) bucket.successes.splice(0, MAX_SUCCESSES / 2);
  const same = (entry: BucketEntry): boolean =>
    entry.address === address &&
    (user === '' || entry.user === '' ? entry.agent === agent : entry.user === user);
  if (bucket.entries.filter(same).length <= FORGIVEN)
    bucket.entries = bucket.entries.filter((entry) => !same(entry));
}

/** Share of the value that most of the entries have. */
export function largestShare(
  entries: readonly BucketEntry[],
  value: (entry: BucketEntry) => string | number,
): number {
  const counts = new Map<string | number, number>();
  let most = 0;
  for (const entry of entries) {
    const key = value(entry);
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    most = Math.max(most, count);
  }
  return entries.length === 0 ? 0 : most / entries.length;
}
