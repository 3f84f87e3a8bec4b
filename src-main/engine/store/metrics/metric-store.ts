import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { LRUCache } from 'lru-cache';
import type { Series, SeriesInfo } from '../../../../src-preload/contract/metrics.ts';
import type { TimeRange } from '../../../../src-preload/contract/shared.ts';
import type { QueueState } from '../../../../src-preload/contract/system.ts';
import type { Clock } from '../../flow/clock.ts';
import type { Failure } from '../../flow/failure.ts';
import { seriesId, type MetricSample } from '../../flow/metric.ts';
import { openWritable } from '../database.ts';
import { metricMigrations } from '../migrations/metrics/index.ts';
import type { MetricStore } from '../types.ts';
import { rolledUp, type Aggregates } from './aggregate.ts';
import {
  BY_HOUR,
  BY_MINUTE,
  fileNames,
  MAX_STORED_SERIES,
  MetricReading,
  RAW,
  spanOf,
  type Tier,
} from './metric-reading.ts';
import { PointsFile, type StoredSeries } from './points-file.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Files open at a time: a range over 90 days passes through, it does not pile up. */
const MAX_OPEN_FILES = 12;

export interface MetricStoreOptions {
  directory: string;
  clock: Clock;
  onProblem: (problem: Failure) => void;
}

/** Opens `metrics/` in the data directory. */
export function openMetricStore(options: MetricStoreOptions): FileMetricStore {
  return new FileMetricStore(options);
}

/**
 * Metrics in files by tier: raw points by day, minutes by month, hours by year. A collection is one row until its hour is
 * over; then it is sealed into one chunk a series and rolled up. Every step can be repeated after a kill.
 */
export class FileMetricStore implements MetricStore {
  readonly #options: MetricStoreOptions;
  readonly #directory: string;
  readonly #files: LRUCache<string, PointsFile>;
  readonly #reading: MetricReading;
  #refused = 0;

  constructor(options: MetricStoreOptions) {
    this.#options = options;
    this.#directory = join(options.directory, 'metrics');
    mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
    this.#files = new LRUCache<string, PointsFile>({ max: MAX_OPEN_FILES, dispose: (file) => file.close() });
    this.#reading = new MetricReading(
      {
        names: (tier) => fileNames(this.#directory, tier),
        open: (name) => this.#open(name),
      },
      true,
    );
  }

  append(samples: MetricSample[]): void {
    const byTime = new Map<number, MetricSample[]>();
    for (const sample of samples) {
      if (!this.#admit(sample)) continue;
      const together = byTime.get(sample.time);
      if (together === undefined) byTime.set(sample.time, [sample]);
      else together.push(sample);
    }
    for (const [time, together] of byTime) this.#open(RAW.fileOf(time)).append(time, together);
  }

  /** Series refused beyond {@link MAX_STORED_SERIES}, for the self-monitoring page. */
  state(): QueueState {
    return {
      name: 'metrics.series',
      depth: this.#reading.known.size,
      limit: MAX_STORED_SERIES,
      dropped: this.#refused,
    };
  }

  catalogue(): SeriesInfo[] {
    return [...this.#reading.known.values()];
  }

  range(
    selectors: { name: string; labels?: Record<string, string> | undefined }[],
    range: TimeRange,
    points: number,
  ): Series[] {
    return this.#reading.range(selectors, range, points);
  }

  maintain(limits: { rawDays: number; minuteDays: number; hourDays: number }, now: number): void {
    for (const day of fileNames(this.#directory, 'raw')) {
      const start = Date.parse(day);
      const file = this.#open(day);
      for (const hour of file.unsealed(HOUR, now)) file.seal(hour, hour + HOUR);
      this.#rollUpDay(file, start, now);
    }
    this.#retain('raw', now - limits.rawDays * DAY);
    this.#retain('minute', now - limits.minuteDays * DAY);
    this.#retain('hour', now - limits.hourDays * DAY);
  }

  usedBytes(): number {
    let bytes = 0;
    for (const name of readdirSync(this.#directory)) {
      bytes += statSync(join(this.#directory, name), { throwIfNoEntry: false })?.size ?? 0;
    }
    return bytes;
  }

  close(): void {
    this.#files.clear();
  }

  #rollUpDay(file: PointsFile, start: number, now: number): void {
    const finished = Math.min(start + DAY, Math.floor(now / HOUR) * HOUR);
    for (let hour = start; hour < finished; hour += HOUR) this.#rollUp(file, RAW, BY_MINUTE, hour);
    if (start + DAY <= now) this.#rollUp(file, BY_MINUTE, BY_HOUR, start);
  }

  /** Rolls one chunk's span up into the next tier. `raw` keeps the mark: written last, so that a kill repeats the span. */
  #rollUp(raw: PointsFile, from: Tier, to: Tier, start: number): void {
    if (raw.isRolled(to.name, start)) return;
    const parts = [...raw.series()].flatMap(([key, series]) => {
      const rolled = rolledUp(this.#reading.readTier(from, key, start, start + to.chunkMs), to.stepMs);
      return rolled.times.length === 0 ? [] : columns(series, rolled);
    });
    if (parts.length > 0) this.#open(to.fileOf(start)).writeRollUp(parts);
    raw.markRolled(to.name, start);
  }

  #admit(sample: MetricSample): boolean {
    if (!Number.isFinite(sample.value)) return false;
    const key = seriesId(sample);
    const known = this.#reading.known.get(key);
    if (known === undefined && this.#reading.known.size >= MAX_STORED_SERIES) {
      this.#refused += 1;
      return false;
    }
    const { name, labels, unit, time, value } = sample;
    if (known === undefined)
      this.#reading.known.set(key, { name, labels, unit, lastTime: time, lastValue: value });
    else if (time >= known.lastTime) {
      known.lastTime = time;
      known.lastValue = value;
    }
    return true;
  }

  /** Deletes files that end before `before`. */
  #retain(tier: Tier['name'], before: number): void {
    for (const name of fileNames(this.#directory, tier)) {
      if (spanOf(name)[1] > before) continue;
      this.#files.delete(name);
      for (const suffix of ['.db', '.db-wal', '.db-shm'])
        rmSync(join(this.#directory, name + suffix), { force: true });
    }
  }

  #open(name: string): PointsFile {
    const open = this.#files.get(name);
    if (open !== undefined) return open;
    const { clock, onProblem } = this.#options;
    const path = join(this.#directory, `${name}.db`);
    const file = new PointsFile(
      openWritable(path, { migrations: metricMigrations, synchronous: 'NORMAL', clock, onProblem }),
    );
    this.#files.set(name, file);
    return file;
  }
}

function columns(series: StoredSeries, rolled: Aggregates) {
  const { times, means, minimums, maximums } = rolled;
  return [
    { series, kind: 'mean' as const, points: { times, values: means } },
    { series, kind: 'minimum' as const, points: { times, values: minimums } },
    { series, kind: 'maximum' as const, points: { times, values: maximums } },
  ];
}
