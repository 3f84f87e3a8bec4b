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
  /** How many entries have each value of the rule's dimension; undefined until it is asked for, and after a purge. */
  values: Map<string | number, number> | undefined;
}

/** Most events one bucket keeps. */
const MAX_ENTRIES = 512;

export const emptyListBucket = (): ListBucket => ({
  entries: [],
  successes: [],
  latest: 0,
  values: undefined,
});

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
  if (bucket.values !== undefined) note(bucket.values, entry, rule);
  const limit = Math.max(MAX_ENTRIES, rule.capacity);
  if (bucket.entries.length > limit) remove(bucket, rule, Math.ceil(limit / 4));
  return isFull(bucket, rule);
}

/** Whether the rule's capacity is reached. Fewer events than that never do. */
export function isFull(bucket: ListBucket, rule: BucketRule): boolean {
  return bucket.entries.length >= rule.capacity && level(bucket, rule) >= rule.capacity;
}

function prune(bucket: ListBucket, rule: BucketRule): void {
  const from = bucket.latest - reach(rule);
  let expired = 0;
  while (expired < bucket.entries.length && (bucket.entries[expired]?.time ?? 0) <= from) expired += 1;
  if (expired > 0) remove(bucket, rule, expired);
  let old = 0;
  while ((bucket.successes[old] ?? Infinity) <= from) old += 1;
  if (old > 0) bucket.successes.splice(0, old);
}

/** Takes the oldest entries out. */
function remove(bucket: ListBucket, rule: BucketRule, count: number): void {
  const removed = bucket.entries.splice(0, count);
  const { values } = bucket;
  if (values === undefined || rule.distinct === undefined) return;
  for (const entry of removed) {
    const value = dimensionOf(entry, rule.distinct);
    if (value === undefined) continue;
    const left = (values.get(value) ?? 0) - 1;
    if (left > 0) values.set(value, left);
    else values.delete(value);
  }
}

function note(values: Map<string | number, number>, entry: BucketEntry, rule: BucketRule): void {
  const value = rule.distinct === undefined ? undefined : dimensionOf(entry, rule.distinct);
  if (value !== undefined) values.set(value, (values.get(value) ?? 0) + 1);
}

/** Keeps only some of the entries. */
export function purge(bucket: ListBucket, stays: (entry: BucketEntry) => boolean): void {
  bucket.entries = bucket.entries.filter(stays);
  bucket.values = undefined;
}

/** How full the bucket is: events, or different values of the rule's dimension, less what has leaked. */
export function level(bucket: ListBucket, rule: BucketRule): number {
  if (rule.distinct !== undefined) return differentValues(bucket, rule);
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

/** Counted as entries come and go: a busy group of hundreds is asked with every event. */
function differentValues(bucket: ListBucket, rule: BucketRule): number {
  if (bucket.values === undefined) {
    bucket.values = new Map();
    for (const entry of bucket.entries) note(bucket.values, entry, rule);
  }
  return bucket.values.size;
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

export function countSuccess(bucket: ListBucket, time: number): void {
  bucket.successes.push(time);
  if (bucket.successes.length > MAX_SUCCESSES) bucket.successes.splice(0, MAX_SUCCESSES / 2);
}

/** A sign-in succeeded: the same person's few failures before it were typing errors. */
export function forgive(bucket: ListBucket, address: string, user: string, agent: number): void {
  const same = (entry: BucketEntry): boolean =>
    entry.address === address &&
    (user === '' || entry.user === '' ? entry.agent === agent : entry.user === user);
  const failures = bucket.entries.filter(same).length;
  if (failures > 0 && failures <= FORGIVEN) purge(bucket, (entry) => !same(entry));
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
