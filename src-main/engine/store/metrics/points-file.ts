import { z } from 'zod';
import type { SeriesKey, Unit } from '../../../../src-preload/contract/metrics.ts';
import { seriesId, type MetricSample } from '../../flow/metric.ts';
import type { ReadableDatabase, WritableDatabase } from '../database.ts';
import { decodeChunk, encodeChunk, storedValue, type Points } from './chunk.ts';

export type Kind = 'value' | 'mean' | 'minimum' | 'maximum';

export interface StoredSeries extends SeriesKey {
  unit: Unit;
}

const POINT_BYTES = 12;
const labelsSchema = z.record(z.string(), z.string());

/** One file of points, read: by its writer, or by anybody else meanwhile. */
export class PointsReader {
  readonly #database: ReadableDatabase;
  protected readonly known = new Map<string, { id: number; series: StoredSeries }>();

  constructor(database: ReadableDatabase) {
    this.#database = database;
    const rows = database
      .query<[], { id: number; name: string; labels: string; unit: Unit }>(
        'SELECT id, name, labels, unit FROM series',
      )
      .all();
    for (const { id, name, labels, unit } of rows) {
      const series = { name, labels: labelsSchema.parse(JSON.parse(labels)), unit };
      this.known.set(seriesId(series), { id, series });
    }
  }

  /** All series by their text identity. */
  series(): Map<string, StoredSeries> {
    return new Map([...this.known].map(([key, { series }]) => [key, series]));
  }

  /** Points of a series within [from, to): sealed ones, then those still in collections. */
  read(key: string, kind: Kind, from: number, to: number): Points {
    const id = this.known.get(key)?.id;
    const found: Points = { times: [], values: [] };
    if (id === undefined) return found;
    const chunks = this.#database
      .query<[number, string, number, number], { points: Uint8Array }>(READ_CHUNKS)
      .all(id, kind, to, from);
    for (const chunk of chunks) take(found, decodeChunk(chunk.points), from, to);
    if (kind === 'value') take(found, this.collected(id, from, to), from, to);
    return found;
  }

  close(): void {
    this.#database.close();
  }

  /** Points that are not sealed yet. */
  protected collected(id: number, from: number, to: number): Points {
    const points: Points = { times: [], values: [] };
    const rows = this.#database
      .query<[number, number], { time: number; points: Buffer }>(READ_COLLECTIONS)
      .all(from, to);
    for (const row of rows) {
      for (let at = 0; at < row.points.length; at += POINT_BYTES) {
        if (row.points.readUInt32LE(at) !== id) continue;
        points.times.push(row.time);
        points.values.push(row.points.readDoubleLE(at + 4));
        break;
      }
    }
    return points;
  }
}

/** One file of points, raw or rolled up. Written by the engine's main thread alone. */
export class PointsFile extends PointsReader {
  readonly #database: WritableDatabase;

  constructor(database: WritableDatabase) {
    super(database);
    this.#database = database;
  }

  /** One collection: durable when this returns. */
  append(time: number, samples: MetricSample[]): void {
    this.#database.transaction(() => {
      const packed = Buffer.allocUnsafe(samples.length * POINT_BYTES);
      for (const [index, sample] of samples.entries()) {
        packed.writeUInt32LE(this.#idOf(seriesId(sample), sample), index * POINT_BYTES);
        packed.writeDoubleLE(storedValue(sample.value), index * POINT_BYTES + 4);
      }
      this.#database
        .command<[number, Uint8Array]>('INSERT INTO collections (time, points) VALUES (?, ?)')
        .run(time, packed);
    });
  }

  /** Starts of the spans of `spanMs` that lie wholly before `until` and still have unsealed collections. */
  unsealed(spanMs: number, until: number): number[] {
    return this.#database
      .query<[number, number, number], { start: number }>(
        'SELECT DISTINCT time / ? * ? AS start FROM collections WHERE time < ? ORDER BY start',
      )
      .all(spanMs, spanMs, Math.floor(until / spanMs) * spanMs)
      .map((row) => row.start);
  }

  /** Turns the collections of [start, end) into one chunk a series, in one transaction. */
  seal(start: number, end: number): void {
    this.#database.transaction(() => {
      for (const { id } of this.known.values()) {
        const points = this.collected(id, start, end);
        if (points.times.length > 0) this.#insertChunk(id, 'value', points);
      }
      this.#database
        .command<[number, number]>('DELETE FROM collections WHERE time >= ? AND time < ?')
        .run(start, end);
    });
  }

  /** Writes rolled-up points; writing the same span again (after a crash) changes nothing. */
  writeRollUp(parts: { series: StoredSeries; kind: Kind; points: Points }[]): void {
    this.#database.transaction(() => {
      for (const { series, kind, points } of parts)
        this.#insertChunk(this.#idOf(seriesId(series), series), kind, points);
    });
  }

  isRolled(tier: string, start: number): boolean {
    return (
      this.#database.query<[string, number], { start: number }>(READ_ROLLED).get(tier, start) !== undefined
    );
  }

  markRolled(tier: string, start: number): void {
    this.#database
      .command<[string, number]>('INSERT OR IGNORE INTO rolled (tier, start) VALUES (?, ?)')
      .run(tier, start);
  }

  #insertChunk(id: number, kind: Kind, points: Points): void {
    this.#database
      .command<[number, string, number, number, Uint8Array]>(
        'INSERT OR REPLACE INTO chunks (series, kind, first, last, points) VALUES (?, ?, ?, ?, ?)',
      )
      .run(id, kind, points.times[0] ?? 0, points.times.at(-1) ?? 0, encodeChunk(points));
  }

  #idOf(key: string, series: StoredSeries): number {
    const known = this.known.get(key);
    if (known !== undefined) return known.id;
    const id = this.known.size + 1;
    this.#database
      .command<[number, string, string, string]>(
        'INSERT INTO series (id, name, labels, unit) VALUES (?, ?, ?, ?)',
      )
      .run(id, series.name, JSON.stringify(series.labels), series.unit);
    const { name, labels, unit } = series;
    this.known.set(key, { id, series: { name, labels, unit } });
    return id;
  }
}

/** Hot queries; a test pins them to their indexes. */
export const READ_CHUNKS =
  'SELECT points FROM chunks WHERE series = ? AND kind = ? AND first < ? AND last >= ? ORDER BY first';
export const READ_COLLECTIONS =
  'SELECT time, points FROM collections WHERE time >= ? AND time < ? ORDER BY time';
export const READ_ROLLED = 'SELECT start FROM rolled WHERE tier = ? AND start = ?';

function take(into: Points, points: Points, from: number, to: number): void {
  for (const [index, time] of points.times.entries()) {
    const value = points.values[index];
    if (time < from || time >= to || value === undefined) continue;
    into.times.push(time);
    into.values.push(value);
  }
}
