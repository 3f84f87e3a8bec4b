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
import { drawn, emptyAggregates, fromRaw, joined, rolledUp, type Aggregates } from './aggregate.ts';
import { PointsFile, type StoredSeries } from './points-file.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Series known at a time. A label that takes ever new values must not fill the disk; what is refused is counted. */
export const MAX_STORED_SERIES = 5000;
/** Files open at a time: a range over 90 days passes through, it does not pile up. */
const MAX_OPEN_FILES = 12;

/** A tier of resolution: what one file covers, and from what span its points are made. */
interface Tier {
  name: 'raw' | 'minute' | 'hour';
  stepMs: number;
  /** Points of this span become one chunk a series. */
  chunkMs: number;
  fileOf(time: number): string;
}

const RAW: Tier = { name: 'raw', stepMs: 0, chunkMs: HOUR, fileOf: (time) => isoDate(time) };
const BY_MINUTE: Tier = {
  name: 'minute',
  stepMs: MINUTE,
  chunkMs: HOUR,
  fileOf: (time) => `minute-${isoDate(time).slice(0, 7)}`,
};
const BY_HOUR: Tier = {
  name: 'hour',
  stepMs: HOUR,
  chunkMs: DAY,
  fileOf: (time) => `hour-${isoDate(time).slice(0, 4)}`,
};

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
  readonly #known = new Map<string, SeriesInfo>();
  #refused = 0;

  constructor(options: MetricStoreOptions) {
    this.#options = options;
    this.#directory = join(options.directory, 'metrics');
    mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
    this.#files = new LRUCache<string, PointsFile>({ max: MAX_OPEN_FILES, dispose: (file) => file.close() });
    this.#learnSeries();
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
      depth: this.#known.size,
      limit: MAX_STORED_SERIES,
      dropped: this.#refused,
    };
  }

  catalogue(): SeriesInfo[] {
    return [...this.#known.values()];
  }

  range(
    selectors: { name: string; labels?: Record<string, string> | undefined }[],
    range: TimeRange,
    points: number,
  ): Series[] {
    const chosen = new Map<string, SeriesInfo>();
    for (const selector of selectors) {
      for (const [key, info] of this.#known) if (matches(info, selector)) chosen.set(key, info);
    }
    const tier = this.#tierFor(range, points);
    return [...chosen].map(([key, { name, labels, unit }]) => ({
      name,
      labels,
      unit,
      ...drawn(this.#read(tier, key, range.from, range.to), points, range.from, range.to),
    }));
  }

  maintain(limits: { rawDays: number; minuteDays: number; hourDays: number }, now: number): void {
    for (const day of this.#fileNames('raw')) {
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
      const rolled = rolledUp(this.#readTier(from, key, start, start + to.chunkMs), to.stepMs);
      return rolled.times.length === 0 ? [] : columns(series, rolled);
    });
    if (parts.length > 0) this.#open(to.fileOf(start)).writeRollUp(parts);
    raw.markRolled(to.name, start);
  }

  /** The coarsest tier that still gives the wanted points, or a coarser one where the finer is not kept so far back. */
  #tierFor(range: TimeRange, points: number): Tier {
    const step = (range.to - range.from) / points;
    if (step >= HOUR) return BY_HOUR;
    if (step >= MINUTE || range.from < this.#oldest('raw')) {
      return range.from < this.#oldest('minute') && this.#oldest('hour') < this.#oldest('minute')
        ? BY_HOUR
        : BY_MINUTE;
    }
    return RAW;
  }

  /** Points of a tier, and of the finer ones where it does not reach yet. */
  #read(tier: Tier, key: string, from: number, to: number): Aggregates {
    const found = this.#readTier(tier, key, from, to);
    if (tier === RAW) return found;
    const last = found.times.at(-1);
    const finer = tier === BY_HOUR ? BY_MINUTE : RAW;
    const rest = this.#read(finer, key, last === undefined ? from : last + tier.stepMs, to);
    return joined(found, rolledUp(rest, tier.stepMs));
  }

  #readTier(tier: Tier, key: string, from: number, to: number): Aggregates {
    let found = emptyAggregates();
    for (const name of this.#fileNames(tier.name)) {
      const [start, end] = spanOf(name);
      if (end <= from || start >= to) continue;
      const file = this.#open(name);
      if (tier === RAW) found = joined(found, fromRaw(file.read(key, 'value', from, to)));
      else {
        const means = file.read(key, 'mean', from, to);
        const minimums = file.read(key, 'minimum', from, to).values;
        const maximums = file.read(key, 'maximum', from, to).values;
        found = joined(found, { times: means.times, means: means.values, minimums, maximums });
      }
    }
    return found;
  }

  #admit(sample: MetricSample): boolean {
    if (!Number.isFinite(sample.value)) return false;
    const key = seriesId(sample);
    const known = this.#known.get(key);
    if (known === undefined && this.#known.size >= MAX_STORED_SERIES) {
      this.#refused += 1;
      return false;
    }
    const { name, labels, unit, time, value } = sample;
    if (known === undefined) this.#known.set(key, { name, labels, unit, lastTime: time, lastValue: value });
    else if (time >= known.lastTime) {
      known.lastTime = time;
      known.lastValue = value;
    }
    return true;
  }

  /** Series of the newest files, so that history can be drawn before the first collection. */
  #learnSeries(): void {
    const newest = [...this.#fileNames('raw').slice(-2), ...this.#fileNames('minute').slice(-1)];
    for (const name of newest) {
      const [start, end] = spanOf(name);
      for (const [key, series] of this.#open(name).series()) {
        if (this.#known.size >= MAX_STORED_SERIES) return;
        const points = name.startsWith('minute')
          ? undefined
          : this.#open(name).read(key, 'value', start, end);
        this.#known.set(key, {
          ...series,
          lastTime: points?.times.at(-1) ?? this.#known.get(key)?.lastTime ?? start,
          lastValue: points?.values.at(-1) ?? this.#known.get(key)?.lastValue ?? 0,
        });
      }
    }
  }

  #fileNames(tier: Tier['name']): string[] {
    return readdirSync(this.#directory)
      .filter((name) => name.endsWith('.db'))
      .map((name) => name.slice(0, -3))
      .filter((name) => tierOf(name) === tier)
      .sort();
  }

  #oldest(tier: Tier['name']): number {
    const [name] = this.#fileNames(tier);
    return name === undefined ? Infinity : spanOf(name)[0];
  }

  /** Deletes files that end before `before`. */
  #retain(tier: Tier['name'], before: number): void {
    for (const name of this.#fileNames(tier)) {
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

function matches(
  info: SeriesInfo,
  selector: { name: string; labels?: Record<string, string> | undefined },
): boolean {
  if (info.name !== selector.name) return false;
  return Object.entries(selector.labels ?? {}).every(([name, value]) => info.labels[name] === value);
}

function tierOf(name: string): Tier['name'] {
  if (name.startsWith('minute-')) return 'minute';
  return name.startsWith('hour-') ? 'hour' : 'raw';
}

/** [start, end) of the time a file covers, from its name. */
function spanOf(name: string): [number, number] {
  const start = Date.parse(name.replace(/^\w+-(?=\d{4})/, ''));
  const date = new Date(start);
  if (name.startsWith('minute-')) return [start, Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1)];
  if (name.startsWith('hour-')) return [start, Date.UTC(date.getUTCFullYear() + 1, 0)];
  return [start, start + DAY];
}

function isoDate(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
