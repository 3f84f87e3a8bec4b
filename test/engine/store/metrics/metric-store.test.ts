import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openWritable } from '../../../../src-main/engine/store/database.ts';
import {
  openMetricStore,
  type FileMetricStore,
} from '../../../../src-main/engine/store/metrics/metric-store.ts';
import { MAX_STORED_SERIES } from '../../../../src-main/engine/store/metrics/metric-reading.ts';
import {
  READ_CHUNKS,
  READ_COLLECTIONS,
  READ_ROLLED,
} from '../../../../src-main/engine/store/metrics/points-file.ts';
import { metricMigrations } from '../../../../src-main/engine/store/migrations/metrics/index.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const START = Date.UTC(2026, 4, 4);
const LIMITS = { rawDays: 7, minuteDays: 90, hourDays: 730 };

let directory: string;
let store: FileMetricStore;
let now = START;
const clock = { now: () => now };

function open(): FileMetricStore {
  return openMetricStore({ directory, clock, onProblem: (problem) => expect.fail(problem.message.key) });
}

function collect(from: number, to: number, value: (time: number) => number): void {
  for (let time = from; time < to; time += 5000) {
    store.append([
      { name: 'host_cpu_percent', labels: {}, unit: 'percent', time, value: value(time) },
      { name: 'host_disk_used_percent', labels: { mount: '/' }, unit: 'percent', time, value: 40 },
    ]);
  }
}

function cpu(from: number, to: number, points: number) {
  const [series] = store.range([{ name: 'host_cpu_percent' }], { from, to }, points);
  if (series === undefined) throw new Error('no such series');
  return series;
}

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'yagura-metrics-'));
  now = START;
  store = open();
});

afterEach(() => {
  store.close();
  rmSync(directory, { recursive: true });
});

describe('The metric store', () => {
  it('reads the same points before and after they are sealed, and after it is opened again', () => {
    collect(START, START + 2 * HOUR, (time) => (time / 5000) % 100);
    const before = cpu(START, START + 2 * HOUR, 2000);
    expect(before.times).toHaveLength(1440);
    store.maintain(LIMITS, START + 2 * HOUR);
    expect(cpu(START, START + 2 * HOUR, 2000)).toEqual(before);
    store.close();
    store = open();
    expect(cpu(START, START + 2 * HOUR, 2000)).toEqual(before);
    expect(store.catalogue().find((info) => info.name === 'host_cpu_percent')?.lastTime).toBe(
      START + 2 * HOUR - 5000,
    );
  });

  it('draws a gap as null and never as a line, when collection was interrupted', () => {
    collect(START, START + 60_000, () => 10);
    collect(START + 120_000, START + 180_000, () => 20);
    const series = cpu(START, START + 180_000, 500);
    expect(series.values.filter((value) => value === null)).toHaveLength(1);
    expect(series.times[series.values.indexOf(null)]).toBeGreaterThan(START + 55_000);
    expect(series.times[series.values.indexOf(null)]).toBeLessThan(START + 120_000);
  });

  it('keeps minimum and maximum of a spike, however coarse the range', () => {
    collect(START, START + DAY, (time) => (time === START + 7 * HOUR ? 99 : 5));
    now = START + DAY + HOUR;
    store.maintain(LIMITS, now);
    for (const points of [2000, 300, 24]) {
      const series = cpu(START, START + DAY, points);
      expect(series.times.length).toBeLessThanOrEqual(points + 2);
      expect(Math.max(...series.maximums.map((value) => value ?? 0))).toBe(99);
      expect(Math.min(...series.minimums.map((value) => value ?? 99))).toBe(5);
    }
  });

  it('fills the newest part of a roll-up from finer points, before that hour is over', () => {
    collect(START, START + 3 * HOUR + 600_000, () => 50);
    now = START + 3 * HOUR + 600_000;
    store.maintain(LIMITS, now);
    const series = cpu(START, now, 100);
    expect(series.values.every((value) => value === 50)).toBe(true);
    expect(now - (series.times.at(-1) ?? 0)).toBeLessThanOrEqual(series.stepMs);
  });

  it('rolls the same hour up once, when killed between roll-up and mark', () => {
    collect(START, START + 2 * HOUR, (time) => (time / 5000) % 10);
    now = START + 2 * HOUR;
    store.maintain(LIMITS, now);
    const before = cpu(START, now, 60);
    store.close();
    const raw = openWritable(join(directory, 'metrics', '2026-05-04.db'), {
      migrations: metricMigrations,
      synchronous: 'NORMAL',
      clock,
      onProblem: () => expect.fail('damaged'),
    });
    raw.execute('DELETE FROM rolled');
    raw.close();
    store = open();
    store.maintain(LIMITS, now);
    expect(cpu(START, now, 60)).toEqual(before);
  });

  it('deletes what is past its age and keeps its roll-up, when time goes on', () => {
    collect(START, START + HOUR, () => 1);
    now = START + 9 * DAY;
    store.maintain(LIMITS, now);
    const files = readdirSync(join(directory, 'metrics')).filter((name) => name.endsWith('.db'));
    expect(files).toEqual(['hour-2026.db', 'minute-2026-05.db']);
    expect(cpu(START, START + HOUR, 100).times).toHaveLength(60);
  });

  it('refuses and counts series beyond its limit', () => {
    for (let batch = 0; batch <= MAX_STORED_SERIES; batch += 1000) {
      store.append(
        Array.from({ length: 1000 }, (_, index) => ({
          name: 'host_process_bytes',
          labels: { process: String(batch + index) },
          unit: 'bytes' as const,
          time: START + batch,
          value: 1,
        })),
      );
    }
    expect(store.state()).toMatchObject({
      depth: MAX_STORED_SERIES,
      limit: MAX_STORED_SERIES,
      dropped: 1000,
    });
  });

  it('finds points by index in every hot query', () => {
    const database = openWritable(join(directory, 'plan.db'), {
      migrations: metricMigrations,
      synchronous: 'NORMAL',
      clock,
      onProblem: () => expect.fail('damaged'),
    });
    for (const query of [READ_CHUNKS, READ_COLLECTIONS, READ_ROLLED]) {
      expect(database.plan(query).join()).toMatch(/USING (COVERING |PRIMARY )?(INDEX|KEY)|SEARCH/);
      expect(database.plan(query).join()).not.toMatch(/SCAN|TEMP B-TREE/);
    }
    database.close();
  });
});
