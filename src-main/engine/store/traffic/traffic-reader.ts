import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type {
  TrafficAnswer,
  TrafficFigures,
  TrafficQuestion,
  TrafficSeries,
} from '../../../../src-preload/contract/traffic.ts';
import {
  KIND,
  latencyPercentile,
  TRAFFIC_MINUTE_MS,
  TRAFFIC_PERIOD_MS,
  type TrafficKind,
} from '../../flow/traffic.ts';
import { openReadable, type Query } from '../database.ts';
import { trafficMigrations } from '../migrations/traffic/index.ts';
import { addLatencies } from './latency-counts.ts';
import { addSums, type TrafficRow, type TrafficSums } from './traffic-row.ts';
import { TRAFFIC_FILE } from './traffic-store.ts';

/** Names added up at a time: of a long range under a flood there could be any number. */
const MAX_SUMMED_NAMES = 50_000;

type SumRow = TrafficSums<Buffer> & Pick<TrafficRow, 'time' | 'name'>;

/** Answers what the Traffic screen asks, from `traffic.db`; the engine may be writing it, or it may not be there yet. */
export function readTraffic(directory: string, question: TrafficQuestion): TrafficAnswer {
  const path = join(directory, TRAFFIC_FILE);
  if (!existsSync(path)) return answerFrom(() => [], question);
  const database = openReadable(path, trafficMigrations);
  try {
    const rows: Query<[number, number, number], SumRow> = database.query(
      `SELECT time, name, requests, errors, refusals, bytes, latency FROM sums
       WHERE kind = ? AND time >= ? AND time < ? ORDER BY time`,
    );
    return database.snapshot(() => answerFrom((kind, from, to) => rows.all(KIND[kind], from, to), question));
  } finally {
    database.close();
  }
}

function answerFrom(
  read: (kind: TrafficKind, from: number, to: number) => SumRow[],
  { range, by, limit, points }: TrafficQuestion,
): TrafficAnswer {
  const minutes = read('total', floor(range.from, TRAFFIC_MINUTE_MS), range.to);
  const rowsRange = {
    from: floor(range.from, TRAFFIC_PERIOD_MS),
    to: floor(range.to - 1, TRAFFIC_PERIOD_MS) + TRAFFIC_PERIOD_MS,
  };
  const total = noSum();
  for (const row of minutes) add(total, row);
  const sums = new Map<string, TrafficSums>();
  const others = noSum();
  for (const row of read(by, rowsRange.from, rowsRange.to)) {
    const known = sums.get(row.name);
    if (row.name === '' || (known === undefined && sums.size >= MAX_SUMMED_NAMES)) {
      add(others, row);
      continue;
    }
    const sum = known ?? noSum();
    add(sum, row);
    sums.set(row.name, sum);
  }
  const sorted = [...sums].sort(([, a], [, b]) => b.requests - a.requests);
  for (const [, sum] of sorted.slice(limit)) addSums(others, sum);
  return {
    totals: figures(total),
    series: seriesOf(minutes, range, points),
    rows: sorted.slice(0, limit).map(([name, sum]) => ({ name, ...figures(sum) })),
    ...(others.requests > 0 ? { others: figures(others) } : {}),
    rowsRange,
  };
}

function seriesOf(minutes: SumRow[], range: { from: number; to: number }, points: number): TrafficSeries {
  const wanted = (range.to - range.from) / points;
  const stepMs = Math.max(1, Math.ceil(wanted / TRAFFIC_MINUTE_MS)) * TRAFFIC_MINUTE_MS;
  const steps = new Map<number, TrafficSums>();
  for (const row of minutes) {
    const step = floor(row.time, stepMs);
    const sum = steps.get(step) ?? noSum();
    add(sum, row);
    steps.set(step, sum);
  }
  const series: TrafficSeries = { stepMs, times: [], requests: [], errors: [], p50: [], p95: [], p99: [] };
  const first = minutes[0]?.time;
  const last = minutes.at(-1)?.time;
  if (first === undefined || last === undefined) return series;
  // Minutes without a request between two with some are zero, not unknown: the log was there.
  for (let step = floor(first, stepMs); step <= last; step += stepMs) {
    const sum = steps.get(step);
    series.times.push(step);
    series.requests.push(((sum?.requests ?? 0) * 1000) / stepMs);
    series.errors.push(((sum?.errors ?? 0) * 1000) / stepMs);
    const latency = sum?.latency ?? [];
    series.p50.push(latencyPercentile(latency, 0.5) ?? null);
    series.p95.push(latencyPercentile(latency, 0.95) ?? null);
    series.p99.push(latencyPercentile(latency, 0.99) ?? null);
  }
  return series;
}

function figures({ requests, errors, refusals, bytes, latency }: TrafficSums): TrafficFigures {
  const timed = latency.reduce((sum, count) => sum + count, 0);
  const figure: TrafficFigures = { requests, errors, refusals, bytes, timed };
  if (timed === 0) return figure;
  return {
    ...figure,
    p50: latencyPercentile(latency, 0.5),
    p95: latencyPercentile(latency, 0.95),
    p99: latencyPercentile(latency, 0.99),
  };
}

function add(sum: TrafficSums, row: SumRow): void {
  sum.requests += row.requests;
  sum.errors += row.errors;
  sum.refusals += row.refusals;
  sum.bytes += row.bytes;
  if (row.latency.length > 0) addLatencies(sum.latency, row.latency);
}

function noSum(): TrafficSums {
  return { requests: 0, errors: 0, refusals: 0, bytes: 0, latency: [] };
}

function floor(time: number, step: number): number {
  return Math.floor(time / step) * step;
}
