import { LATENCY_BUCKETS, TRAFFIC_KINDS } from '../../flow/traffic.ts';

/** What is added up of requests. */
export interface TrafficSums<Latency = number[]> {
  requests: number;
  errors: number;
  refusals: number;
  bytes: number;
  /** Counts of the latency buckets, packed where they are stored; empty where nothing was timed. */
  latency: Latency;
}

/** Sums of one kind, time and name. */
export interface TrafficRow extends TrafficSums {
  /** Index into TRAFFIC_KINDS. */
  kind: number;
  time: number;
  name: string;
}

/** Sums on their way into the store, as the checkpoint keeps them until they are there. */
export interface TrafficDelivery {
  number: number;
  rows: TrafficRow[];
}

/** Whether a checkpoint holds a delivery. By hand: the log writer would load a library of schemas for this alone. */
export function isDelivery(content: unknown): content is TrafficDelivery {
  return (
    isObject(content) && isCount(content.number) && Array.isArray(content.rows) && content.rows.every(isRow)
  );
}

function isRow(row: unknown): row is TrafficRow {
  return (
    isObject(row) &&
    isCount(row.kind) &&
    row.kind < TRAFFIC_KINDS.length &&
    Number.isSafeInteger(row.time) &&
    typeof row.name === 'string' &&
    isCount(row.requests) &&
    isCount(row.errors) &&
    isCount(row.refusals) &&
    typeof row.bytes === 'number' &&
    row.bytes >= 0 &&
    Array.isArray(row.latency) &&
    row.latency.length <= LATENCY_BUCKETS &&
    row.latency.every(isCount)
  );
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

export function addSums(to: TrafficSums, from: TrafficSums): void {
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
