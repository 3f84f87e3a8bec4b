import { z } from 'zod';
import { rangeSchema, type Time, type TimeRange } from './shared.ts';

/** What requests can be listed by. */
const TRAFFIC_GROUPS = ['route', 'client', 'status', 'user'] as const;
export type TrafficGroup = (typeof TRAFFIC_GROUPS)[number];
/** Rows of an answer at most; everything else is in `others`. */
const MAX_TRAFFIC_ROWS = 500;

export interface TrafficFigures {
  requests: number;
  /** Answered with a status from 500 on. */
  errors: number;
  /** Answered with a status from 400 to 499. */
  refusals: number;
  bytes: number;
  /** Requests whose line tells how long they took; the percentiles are theirs. */
  timed: number;
  /** Milliseconds; absent where no line tells. */
  p50?: number | undefined;
  p95?: number | undefined;
  p99?: number | undefined;
}

export interface TrafficRow extends TrafficFigures {
  /** `GET /api/orders/:id`, an address, a status, a user's name (its pseudonym where users are masked). */
  name: string;
}

/** Over time; arrays run in parallel, null where there was no request (counts) or none that tells its time. */
export interface TrafficSeries {
  stepMs: number;
  times: Time[];
  /** A second. */
  requests: (number | null)[];
  errors: (number | null)[];
  /** Milliseconds. */
  p50: (number | null)[];
  p95: (number | null)[];
  p99: (number | null)[];
}

export interface TrafficAnswer {
  /** Of the range, to the minute. */
  totals: TrafficFigures;
  series: TrafficSeries;
  /** Most requests first. */
  rows: TrafficRow[];
  /** What is in no row. */
  others?: TrafficFigures | undefined;
  /** What the rows cover: whole steps of five minutes. */
  rowsRange: TimeRange;
}

export const trafficQuestionSchema = z.object({
  range: rangeSchema,
  by: z.enum(TRAFFIC_GROUPS).default('route'),
  limit: z.number().int().min(1).max(MAX_TRAFFIC_ROWS).default(100),
  /** Wanted number of points of the series. */
  points: z.number().int().min(1).max(500).default(120),
});
export type TrafficQuestion = z.output<typeof trafficQuestionSchema>;
