import type { BucketEntry } from './behaviour-event.ts';
import { distinct, largestShare, type ListBucket } from './list-bucket.ts';
import { isLearned, total, type RateBucket } from './rate-bucket.ts';
import type { BucketRule } from './rule-schema.ts';

/** Whether a full bucket of kept events looks as its rule requires. */
export function listFits(bucket: ListBucket, rule: BucketRule): boolean {
  const { require } = rule;
  if (!entriesFit(bucket.entries, rule)) return false;
  if (
    require.error_share !== undefined &&
    errorsOf(bucket.entries) < require.error_share * bucket.entries.length
  ) {
    return false;
  }
  if (require.success_share_below === undefined) return true;
  const attempts = bucket.successes.length + bucket.entries.length;
  return bucket.successes.length < attempts * require.success_share_below;
}

/** Whether a full counter looks as its rule requires. */
export function rateFits(bucket: RateBucket, rule: BucketRule, now: number): boolean {
  const { require } = rule;
  const count = total(bucket.counts);
  if (require.error_share !== undefined && total(bucket.errors) < count * require.error_share) return false;
  if (require.times_usual !== undefined) {
    if (!isLearned(bucket) || count < bucket.usual * require.times_usual) return false;
  }
  const from = now - (rule.window ?? 0);
  return entriesFit(
    bucket.recent.filter((entry) => entry.time > from),
    rule,
  );
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
