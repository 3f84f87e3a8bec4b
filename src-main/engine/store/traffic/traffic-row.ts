import { z } from 'zod';
import { LATENCY_BUCKETS, TRAFFIC_KINDS } from '../../flow/traffic.ts';

const count = z.number().int().min(0);

const trafficRowSchema = z.object({
  kind: z
    .number()
    .int()
    .min(0)
    .max(TRAFFIC_KINDS.length - 1),
  time: z.number().int(),
  name: z.string(),
  requests: count,
  errors: count,
  refusals: count,
  bytes: z.number().min(0),
  /** Counts of the latency buckets; empty where nothing was timed. */
  latency: z.array(count).max(LATENCY_BUCKETS),
});
/** Sums of one kind, time and name. */
export type TrafficRow = z.output<typeof trafficRowSchema>;

export const deliverySchema = z.object({ number: count, rows: z.array(trafficRowSchema) });
/** Sums on their way into the store, as the checkpoint keeps them until they are there. */
export type TrafficDelivery = z.output<typeof deliverySchema>;

/** Adds what a row sums up to another. */
export function addSums(to: TrafficRow, from: TrafficRow): void {
  to.requests += from.requests;
  to.errors += from.errors;
  to.refusals += from.refusals;
  to.bytes += from.bytes;
  addCounts(to.latency, from.latency);
}

/** Adds counts of latency buckets; empty ones count as none. */
export function addCounts(to: number[], from: ArrayLike<number>): void {
  if (to.length === 0 && from.length > 0) to.push(...new Array<number>(LATENCY_BUCKETS).fill(0));
  for (let bucket = 0; bucket < from.length; bucket += 1)
    to[bucket] = (to[bucket] ?? 0) + (from[bucket] ?? 0);
}
