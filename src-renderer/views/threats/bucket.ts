/** Cells of a bucket's picture; a larger capacity is drawn as shares. */
export const MAX_BUCKET_CELLS = 12;

export interface BucketBar {
  /** True for a filled cell, the newest last. */
  cells: boolean[];
  /** It overflowed: one cell more, dashed. */
  overflowed: boolean;
}

/** A leaky bucket as cells: how full it was when the last event came in. */
export function bucketBar(count: number, capacity: number): BucketBar {
  const size = Math.max(1, Math.min(MAX_BUCKET_CELLS, Math.round(capacity)));
  const share = capacity <= 0 ? 1 : Math.min(1, Math.max(0, count / capacity));
  // One event of a hundred is seen; ninety-nine of a hundred are not full.
  const filled =
    share === 1 ? size : Math.min(size - 1, Math.max(count > 0 ? 1 : 0, Math.round(share * size)));
  return { cells: Array.from({ length: size }, (_, index) => index < filled), overflowed: count >= capacity };
}

/**
 * Reads a bucket out of an explanation's details, which name a rule and say `level / capacity`: that of the rule when
 * it is there, else the first.
 */
export function bucketIn(
  details: readonly { name: string; value: string }[],
  ruleId: string | undefined,
): { level: number; capacity: number } | undefined {
  const own = details.find((detail) => detail.name === ruleId) ?? details[0];
  const [, level, capacity] = /^(\d+(?:\.\d+)?) \/ (\d+(?:\.\d+)?)$/.exec(own?.value ?? '') ?? [];
  return level === undefined || capacity === undefined
    ? undefined
    : { level: Number(level), capacity: Number(capacity) };
}
