import type { BucketEntry } from './behaviour-event.ts';
import { dimensionOf } from './behaviour-event.ts';
import type { BucketRule } from './rule-schema.ts';

/** Counts events one by one and keeps them, for questions about what they have in common. */
export interface ListBucket {
  entries: BucketEntry[];
  /** Newest event time seen. */
  latest: number;
  /** Undefined while there are few: most groups never see a second event, and two maps weigh more than all else of one. */
  counts: EntryCounts | undefined;
}

/** How many entries of a bucket have something in common: a busy group of hundreds is asked with every event. */
interface EntryCounts {
  /** By value of the rule's dimension; undefined where the rule has none. */
  values: Map<string | number, number> | undefined;
  /** By address; undefined where the rule groups by address. */
  addresses: Map<string, number> | undefined;
}

/** Entries from which on they are counted. */
const MANY = 10;
/** Most events one bucket keeps. */
const MAX_ENTRIES = 512;
/** Two lines about one attempt come this close. */
const SAME_ATTEMPT_MS = 5000;

/** A bucket that holds an event, or none. */
export function listOf(entry: BucketEntry | undefined): ListBucket {
  return entry === undefined
    ? { entries: [], latest: 0, counts: undefined }
    : { entries: [entry], latest: entry.time, counts: undefined };
}

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
  // Most groups never see a second event: a list of one has no spare room, the first `push` makes it for seventeen.
  if (bucket.entries.length === 0) bucket.entries = [entry];
  else bucket.entries.push(entry);
  if (bucket.counts !== undefined) note(bucket.counts, rule, entry, 1);
  else if (bucket.entries.length === MANY) bucket.counts = countsOf(bucket.entries, rule);
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
}

/** Takes the oldest entries out. */
function remove(bucket: ListBucket, rule: BucketRule, count: number): void {
  const removed = bucket.entries.splice(0, count);
  if (bucket.counts !== undefined) for (const entry of removed) note(bucket.counts, rule, entry, -1);
}

function countsOf(entries: readonly BucketEntry[], rule: BucketRule): EntryCounts {
  const counts: EntryCounts = {
    values: rule.distinct === undefined ? undefined : new Map(),
    addresses: rule.group_by.includes('address') ? undefined : new Map(),
  };
  for (const entry of entries) note(counts, rule, entry, 1);
  return counts;
}

/** Counts an entry that comes or goes. */
function note(counts: EntryCounts, rule: BucketRule, entry: BucketEntry, change: 1 | -1): void {
  if (counts.addresses !== undefined) count(counts.addresses, entry.address, change);
  if (counts.values === undefined || rule.distinct === undefined) return;
  const value = dimensionOf(entry, rule.distinct);
  if (value !== undefined) count(counts.values, value, change);
}

function count<Key>(counts: Map<Key, number>, key: Key, change: 1 | -1): void {
  const now = (counts.get(key) ?? 0) + change;
  if (now > 0) counts.set(key, now);
  else counts.delete(key);
}

/** The user of the newest entry becomes known. Other buckets may hold the same entry, so this one gets its own. */
export function nameUser(bucket: ListBucket, rule: BucketRule, user: string, time: number): void {
  const entry = bucket.entries.at(-1);
  if (entry?.user !== '' || Math.abs(time - entry.time) > SAME_ATTEMPT_MS) return;
  const named = { ...entry, user };
  bucket.entries[bucket.entries.length - 1] = named;
  if (bucket.counts === undefined) return;
  note(bucket.counts, rule, entry, -1);
  note(bucket.counts, rule, named, 1);
}

/** Takes those entries of an address out that `goes` tells. */
export function purge(
  bucket: ListBucket,
  rule: BucketRule,
  address: string,
  goes: (entry: BucketEntry) => boolean,
): void {
  if (bucket.counts?.addresses?.has(address) === false) return;
  const { entries, counts } = bucket;
  let kept = 0;
  for (const entry of entries) {
    if (entry.address === address && goes(entry)) {
      if (counts !== undefined) note(counts, rule, entry, -1);
      continue;
    }
    if (entries[kept] !== entry) entries[kept] = entry;
    kept += 1;
  }
  entries.length = kept;
}

/** How full the bucket is: events, or different values of the rule's dimension, less what has leaked. */
export function level(bucket: ListBucket, rule: BucketRule): number {
  const { distinct: dimension } = rule;
  if (dimension !== undefined)
    return bucket.counts?.values?.size ?? distinct(bucket.entries, (entry) => dimensionOf(entry, dimension));
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

/** A sign-in succeeded: the same person's few failures before it were typing errors. */
export function forgive(
  bucket: ListBucket,
  rule: BucketRule,
  address: string,
  user: string,
  agent: number,
): void {
  if (bucket.counts?.addresses?.has(address) === false) return;
  const same = (entry: BucketEntry): boolean =>
    entry.address === address &&
    (user === '' || entry.user === '' ? entry.agent === agent : entry.user === user);
  let failures = 0;
  // From the newest on, as far as the address has entries: a group of many addresses holds hundreds.
  let left = bucket.counts?.addresses?.get(address) ?? bucket.entries.length;
  for (let at = bucket.entries.length - 1; at >= 0 && left > 0; at -= 1) {
    const entry = bucket.entries[at];
    if (entry?.address !== address) continue;
    left -= 1;
    if (same(entry)) failures += 1;
  }
  if (failures > 0 && failures <= FORGIVEN) purge(bucket, rule, address, same);
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
