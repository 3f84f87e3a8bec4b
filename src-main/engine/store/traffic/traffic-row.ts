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
