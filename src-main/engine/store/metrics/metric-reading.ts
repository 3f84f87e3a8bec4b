import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Series, SeriesInfo } from '../../../../src-preload/contract/metrics.ts';
import type { TimeRange } from '../../../../src-preload/contract/shared.ts';
import { FailureError } from '../../flow/failure.ts';
import { openReadable } from '../database.ts';
import { STORE_FAILURE } from '../failures.ts';
import { metricMigrations } from '../migrations/metrics/index.ts';
import { drawn, emptyAggregates, fromRaw, joined, rolledUp, type Aggregates } from './aggregate.ts';
import { PointsReader } from './points-file.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Series known at a time. A label that takes ever new values must not fill the disk; what is refused is counted. */
export const MAX_STORED_SERIES = 5000;

/** A tier of resolution: what one file covers, and from what span its points are made. */
export interface Tier {
  name: 'raw' | 'minute' | 'hour';
  stepMs: number;
  /** Points of this span become one chunk a series. */
  chunkMs: number;
  fileOf(time: number): string;
}

export const RAW: Tier = { name: 'raw', stepMs: 0, chunkMs: HOUR, fileOf: (time) => isoDate(time) };
export const BY_MINUTE: Tier = {
  name: 'minute',
  stepMs: MINUTE,
  chunkMs: HOUR,
  fileOf: (time) => `minute-${isoDate(time).slice(0, 7)}`,
};
export const BY_HOUR: Tier = {
  name: 'hour',
  stepMs: HOUR,
  chunkMs: DAY,
  fileOf: (time) => `hour-${isoDate(time).slice(0, 4)}`,
};

/** Where the points lie: whoever writes them gives the files it has open. */
export interface PointsFiles {
  /** Names of a tier's files without their ending, oldest first. */
  names(tier: Tier['name']): string[];
  /** undefined: the file holds nothing yet, or is gone. */
  open(name: string): PointsReader | undefined;
}

/** Ranges of points over all files and tiers. */
export class MetricReading {
  readonly #files: PointsFiles;
  /** Grows as its owner learns of series; by text identity. */
  readonly known = new Map<string, SeriesInfo>();

  /** @param newestValues knows the newest value of each series as well: takes reading two days of all of them */
  constructor(files: PointsFiles, newestValues: boolean) {
    this.#files = files;
    if (newestValues) this.#learnNewest();
    else this.#learnNames();
  }

  range(
    selectors: { name: string; labels?: Record<string, string> | undefined }[],
    range: TimeRange,
    points: number,
  ): Series[] {
    const chosen = new Map<string, SeriesInfo>();
    for (const selector of selectors) {
      for (const [key, info] of this.known) if (matches(info, selector)) chosen.set(key, info);
    }
    const tier = this.#tierFor(range, points);
    return [...chosen].map(([key, { name, labels, unit }]) => ({
      name,
      labels,
      unit,
      ...drawn(this.read(tier, key, range.from, range.to), points, range.from, range.to),
    }));
  }

  /** Points of a tier, and of the finer ones where it does not reach yet. */
  read(tier: Tier, key: string, from: number, to: number): Aggregates {
    const found = this.readTier(tier, key, from, to);
    if (tier === RAW) return found;
    const last = found.times.at(-1);
    const finer = tier === BY_HOUR ? BY_MINUTE : RAW;
    const rest = this.read(finer, key, last === undefined ? from : last + tier.stepMs, to);
    return joined(found, rolledUp(rest, tier.stepMs));
  }

  readTier(tier: Tier, key: string, from: number, to: number): Aggregates {
    let found = emptyAggregates();
    for (const name of this.#files.names(tier.name)) {
      const [start, end] = spanOf(name);
      if (end <= from || start >= to) continue;
      const file = this.#files.open(name);
      if (file === undefined) continue;
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

  /** Series of the newest files, so that history can be drawn before the first collection. */
  #learnNewest(): void {
    const newest = [...this.#files.names('raw').slice(-2), ...this.#files.names('minute').slice(-1)];
    for (const name of newest) {
      const [start, end] = spanOf(name);
      const file = this.#files.open(name);
      if (file === undefined) continue;
      for (const [key, series] of file.series()) {
        if (this.known.size >= MAX_STORED_SERIES) return;
        const points = name.startsWith('minute') ? undefined : file.read(key, 'value', start, end);
        this.known.set(key, {
          ...series,
          lastTime: points?.times.at(-1) ?? this.known.get(key)?.lastTime ?? start,
          lastValue: points?.values.at(-1) ?? this.known.get(key)?.lastValue ?? 0,
        });
      }
    }
  }

  /** Of the coarser tiers all files, so that a range of last year finds series that are no more. */
  #learnNames(): void {
    const names = [
      ...this.#files.names('hour'),
      ...this.#files.names('minute'),
      ...this.#files.names('raw').slice(-2),
    ];
    for (const name of names) {
      for (const [key, series] of this.#files.open(name)?.series() ?? []) {
        if (this.known.size >= MAX_STORED_SERIES) return;
        this.known.set(key, { ...series, lastTime: 0, lastValue: 0 });
      }
    }
  }

  #oldest(tier: Tier['name']): number {
    const [name] = this.#files.names(tier);
    return name === undefined ? Infinity : spanOf(name)[0];
  }
}

/** Metrics of a data directory that somebody else may be writing. */
export class MetricReader {
  readonly #open = new Map<string, PointsReader>();
  readonly #reading: MetricReading;

  /** @param directory the data directory; one without metrics has no series */
  constructor(directory: string) {
    const metrics = join(directory, 'metrics');
    this.#reading = new MetricReading(
      {
        names: (tier) => fileNames(metrics, tier),
        open: (name) => this.#opened(join(metrics, `${name}.db`)),
      },
      false,
    );
  }

  range(
    selectors: { name: string; labels?: Record<string, string> | undefined }[],
    range: TimeRange,
    points: number,
  ): Series[] {
    return this.#reading.range(selectors, range, points);
  }

  close(): void {
    for (const file of this.#open.values()) file.close();
    this.#open.clear();
  }

  #opened(path: string): PointsReader | undefined {
    const open = this.#open.get(path);
    if (open !== undefined) return open;
    try {
      const file = new PointsReader(openReadable(path, metricMigrations));
      this.#open.set(path, file);
      return file;
    } catch (error) {
      if (isNotYetWritten(error)) return undefined;
      throw error;
    }
  }
}

/** A file that its writer is only just creating holds no points yet. */
function isNotYetWritten(error: unknown): boolean {
  if (!(error instanceof FailureError)) return false;
  const { key, parameters } = error.failure.message;
  return key === STORE_FAILURE.olderVersion && parameters['found'] === 0;
}

/** Names of a tier's files, without their ending, oldest first; none where there is no folder. */
export function fileNames(directory: string, tier: Tier['name']): string[] {
  let names: string[];
  try {
    names = readdirSync(directory);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
  return names
    .filter((name) => name.endsWith('.db'))
    .map((name) => name.slice(0, -3))
    .filter((name) => tierOf(name) === tier)
    .sort();
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
export function spanOf(name: string): [number, number] {
  const start = Date.parse(name.replace(/^\w+-(?=\d{4})/, ''));
  const date = new Date(start);
  if (name.startsWith('minute-')) return [start, Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1)];
  if (name.startsWith('hour-')) return [start, Date.UTC(date.getUTCFullYear() + 1, 0)];
  return [start, start + DAY];
}

function isoDate(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
