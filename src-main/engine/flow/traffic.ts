/*
 * What access lines say of the traffic, summed up by time: made by the line workers, kept by the log writer, read by views
 * and alert rules.
 */

/** What requests are counted by. The index is what rows carry and the store keeps: only ever add at the end. */
export const TRAFFIC_KINDS = ['total', 'route', 'client', 'status', 'user'] as const;
export type TrafficKind = (typeof TRAFFIC_KINDS)[number];
export const KIND = { total: 0, route: 1, client: 2, status: 3, user: 4 } as const;

/** Totals are kept by the minute. */
export const TRAFFIC_MINUTE_MS = 60_000;
/** All else by five minutes: a row each for some hundred routes and clients. */
export const TRAFFIC_PERIOD_MS = 5 * TRAFFIC_MINUTE_MS;

/** Eight buckets for every factor of ten, from a millisecond to 75 seconds: a percentile is at most a sixth off. */
export const LATENCY_BUCKETS = 40;
const BUCKETS_A_DECADE = 8;

/** The histogram's bucket for a duration in milliseconds. What takes longer than the last one's end counts there. */
export function latencyBucket(milliseconds: number): number {
  if (!(milliseconds > 1)) return 0;
  return Math.min(LATENCY_BUCKETS - 1, Math.ceil(Math.log10(milliseconds) * BUCKETS_A_DECADE - 1e-9));
}

/** The duration up to which a bucket counts, in milliseconds. */
export function latencyLimit(bucket: number): number {
  return 10 ** (bucket / BUCKETS_A_DECADE);
}

/**
 * The duration that this share of the requests did not exceed, in milliseconds; undefined where none was timed. Within a
 * bucket requests are taken as spread evenly.
 */
export function latencyPercentile(counts: ArrayLike<number>, share: number): number | undefined {
  let total = 0;
  for (let bucket = 0; bucket < counts.length; bucket += 1) total += counts[bucket] ?? 0;
  if (total === 0) return undefined;
  const wanted = total * share;
  let before = 0;
  for (let bucket = 0; bucket < counts.length; bucket += 1) {
    const count = counts[bucket] ?? 0;
    if (count > 0 && before + count >= wanted) {
      const from = bucket === 0 ? 0 : latencyLimit(bucket - 1);
      return from + ((latencyLimit(bucket) - from) * Math.max(0, wanted - before)) / count;
    }
    before += count;
  }
  return latencyLimit(counts.length - 1);
}

/** Sums of the requests of one chunk, as columns: a row for each kind, time and name. */
export interface TrafficSums {
  count: number;
  /** Index into TRAFFIC_KINDS. */
  kinds: Uint8Array;
  /** Start of the minute (totals) or period, UTC milliseconds. */
  times: Float64Array;
  /** Index into `names`; those of totals are empty. */
  names: Uint32Array;
  nameTable: string[];
  requests: Uint32Array;
  /** Of which answered with a status from 500 on, and from 400 to 499. */
  errors: Uint32Array;
  refusals: Uint32Array;
  bytes: Float64Array;
  /** LATENCY_BUCKETS counts a row; empty where no line told how long its request took. */
  latencies: Uint32Array;
}
