import type { BucketEntry } from './behaviour-event.ts';
import { distinct, largestShare, type ListBucket } from './list-bucket.ts';
import { isLearned, type RateBucket } from './rate-bucket.ts';
import type { RateReading } from './rate-table.ts';
import type { BucketRule } from './rule-schema.ts';

/**
 * Whether a full bucket of kept events looks as its rule requires. What is cheap to tell is asked first.
 * @param successes sign-ins of the group that succeeded in the meantime
 */
export function listFits(bucket: ListBucket, successes: number, rule: BucketRule): boolean {
  const { require } = rule;
  if (require.success_share_below !== undefined) {
    const attempts = successes + bucket.entries.length;
    if (successes >= attempts * require.success_share_below) return false;
  }
  if (
    require.error_share !== undefined &&
    errorsOf(bucket.entries) < require.error_share * bucket.entries.length
  ) {
    return false;
  }
  return entriesFit(bucket.entries, rule);
}

/**
 * Whether a full counter looks as its rule requires.
 * @param bucket what is usual, for rules that ask for it
 * @param recent its last requests, those within the window
 */
export function rateFits(
  reading: RateReading,
  bucket: RateBucket | undefined,
  recent: readonly BucketEntry[],
  rule: BucketRule,
): boolean {
  const { require } = rule;
  if (require.error_share !== undefined && reading.errors < reading.count * require.error_share) return false;
  if (require.times_usual !== undefined) {
    if (bucket === undefined || !isLearned(bucket)) return false;
    if (reading.count < bucket.usual * require.times_usual) return false;
  }
  return entriesFit(recent, rule);
}

function entriesFit(entries: readonly BucketEntry[], rule: BucketRule): boolean {
  const { require } = rule;
  if (require.events !== undefined && entries.length < require.events) return false;
  if (fewer(entries, require.addresses, (entry) => entry.address)) return false;
  if (
    require.one_address_share !== undefined &&
    largestShare(entries, (entry) => entry.address) > require.one_address_share
  ) {
    return false;
  }
  if (fewer(entries, require.users, (entry) => (entry.user === '' ? undefined : entry.user))) return false;
  if (fewer(entries, require.targets, (entry) => entry.target)) return false;
  if (fewer(entries, require.agents, (entry) => entry.agent)) return false;
  return (
    require.same_target_share === undefined ||
    largestShare(entries, (entry) => entry.path) >= require.same_target_share
  );
}

function fewer(
  entries: readonly BucketEntry[],
  wanted: number | undefined,
  value: (entry: BucketEntry) => string | number | undefined,
): boolean {
  return wanted !== undefined && distinct(entries, value) < wanted;
}

export function errorsOf(entries: readonly BucketEntry[]): number {
  let errors = 0;
  for (const entry of entries) if (entry.status >= 400) errors += 1;
  return errors;
}

/** The path that most of a surge asked for. */
export function mostAskedPath(entries: readonly BucketEntry[]): number {
  const counts = new Map<number, number>();
  let best = 0;
  let most = 0;
  for (const entry of entries) {
    const count = (counts.get(entry.path) ?? 0) + 1;
    counts.set(entry.path, count);
    if (count > most) {
      most = count;
      best = entry.path;
    }
  }
  return best;
}
