import { join } from 'node:path';
import {
  LOG_CLASSES,
  type HistogramBucket,
  type LogLine,
  type ParsedLogFilter,
  type SearchPage,
} from '../../../../src-preload/contract/logs.ts';
import { MAX_HISTOGRAM_BUCKETS } from '../../../../src-preload/contract/limits.ts';
import type { TimeRange } from '../../../../src-preload/contract/shared.ts';
import { FailureError, type Failure } from '../../flow/failure.ts';
import { DAY_MS, dayOf, parseLineId, startOfDay, type PartitionName } from '../partitions.ts';
import type { LogReader, ReadSignal, SourceLines } from '../types.ts';
import { HistogramCounter } from './histogram.ts';
import { LineCounter } from './line-counter.ts';
import { LineFilter } from './line-filter.ts';
import { compareKeys, cursorOf, lineOf, PageCollector, parseCursor, rankOf, type LineKey } from './page.ts';
import { PartitionSet } from './partition-set.ts';
import { loadedOnce, type LineUnit } from './unit.ts';

/** Locale key of "the caller cancelled". */
export const READ_CANCELLED = 'store.failure.cancelled';

export interface LogReaderOptions {
  /** Told about partitions and blocks that can't be read; the answer leaves them out. */
  onProblem: (problem: Failure) => void;
  /** Milliseconds for measuring, from any start. */
  stopwatch: () => number;
}

/**
 * Opens the logs of a data directory for reading; an engine may be writing them, or none.
 * @param directory the data directory
 */
export function openLogReader(directory: string, options: LogReaderOptions): LogReader {
  return new PartitionedLogReader(join(directory, 'logs'), options);
}

class PartitionedLogReader implements LogReader {
  readonly #partitions: PartitionSet;
  readonly #options: LogReaderOptions;

  constructor(logDirectory: string, options: LogReaderOptions) {
    this.#partitions = new PartitionSet(logDirectory, options.onProblem);
    this.#options = options;
  }

  search(
    filter: ParsedLogFilter,
    direction: 'older' | 'newer',
    cursor: string | undefined,
    limit: number,
    signal: ReadSignal,
  ): SearchPage {
    const started = this.#options.stopwatch();
    const after = cursor === undefined ? undefined : parseCursor(cursor);
    const lineFilter = new LineFilter(filter);
    // One line more than asked for tells whether there is a next page.
    const page = new PageCollector(limit + 1, direction, after);
    const scannedLines = this.#fillPage(page, lineFilter, direction, after, signal);
    const found = page.found.slice(0, limit);
    const last = found.at(-1);
    const lines = found.map(({ line }) => line);
    return {
      lines: direction === 'older' ? lines.reverse() : lines,
      ...(page.found.length > limit && last !== undefined ? { cursor: cursorOf(last) } : {}),
      scannedLines,
      elapsedMs: this.#options.stopwatch() - started,
    };
  }

  count(filter: ParsedLogFilter, signal: ReadSignal): { count: number; elapsedMs: number } {
    const started = this.#options.stopwatch();
    const lineFilter = new LineFilter(filter);
    let count = 0;
    for (const unit of this.#unitsIn(lineFilter, signal)) {
      const summary = lineFilter.hasText ? undefined : lineFilter.countFromSummary(unit);
      if (summary !== undefined) count += summary.reduce((sum, lines) => sum + lines, 0);
      else count += this.#partitions.guard(0, () => countOnes(matchUnit(lineFilter, loadedOnce(unit))));
    }
    return { count, elapsedMs: this.#options.stopwatch() - started };
  }

  histogram(
    filter: ParsedLogFilter,
    range: TimeRange,
    buckets: number,
    signal: ReadSignal,
  ): { stepMs: number; buckets: HistogramBucket[]; oldestTime?: number | undefined } {
    const from = Math.max(range.from, filter.range?.from ?? -Infinity);
    const to = Math.min(range.to, filter.range?.to ?? Infinity);
    const counter = new HistogramCounter(range, Math.min(buckets, MAX_HISTOGRAM_BUCKETS));
    const lineFilter = new LineFilter({ ...filter, range: { from, to: Math.max(from, to) } });
    for (const unit of this.#unitsIn(lineFilter, signal)) {
      this.#partitions.guard(undefined, () => counter.add(lineFilter, unit));
    }
    const oldestTime = this.#oldestTime();
    return { ...counter.result(), ...(oldestTime === undefined ? {} : { oldestTime }) };
  }

  statistics(range: TimeRange, signal: ReadSignal): SourceLines[] {
    const counter = new LineCounter();
    const lineFilter = new LineFilter({ text: '', regex: false, range });
    for (const unit of this.#unitsIn(lineFilter, signal)) {
      this.#partitions.guard(undefined, () => counter.add(lineFilter, loadedOnce(unit)));
    }
    return counter.result();
  }

  context(id: string, before: number, after: number): LogLine[] {
    const place = this.#find(id);
    if (place === undefined) return [];
    const { unit, index } = place;
    const line = lineOf(unit, index);
    const key = { time: line.time, rank: rankOf(unit), sequence: parseLineId(id)?.sequence ?? 0 };
    const neighbours = (direction: 'older' | 'newer', limit: number) =>
      limit === 0 ? [] : this.#neighbours(line.sourceId, key, direction, limit);
    return [...neighbours('older', before), line, ...neighbours('newer', after)];
  }

  line(id: string): LogLine | undefined {
    const place = this.#find(id);
    return place === undefined ? undefined : lineOf(place.unit, place.index, true);
  }

  lineAt(stream: number, offset: number, time: number): LogLine | undefined {
    const day = dayOf(time);
    for (const name of this.#partitions.list()) {
      if (name.day !== day) continue;
      for (const unit of this.#partitions.units(name)) {
        if (unit.firstTime > time || unit.lastTime < time) continue;
        const loaded = loadedOnce(unit);
        const index = this.#partitions.guard(-1, () => indexAt(loaded, stream, offset));
        if (index >= 0) return lineOf(loaded, index, true);
      }
    }
    return undefined;
  }

  close(): void {
    this.#partitions.close();
  }

  /** Goes day by day in the direction, so that a first page opens no more than it needs. */
  #fillPage(
    page: PageCollector,
    filter: LineFilter,
    direction: 'older' | 'newer',
    after: LineKey | undefined,
    signal: ReadSignal,
  ): number {
    const older = direction === 'older';
    let scanned = 0;
    for (const day of this.#days(filter, direction, after)) {
      const start = startOfDay(day[0]?.day ?? '');
      if (page.isSettled(older ? start + DAY_MS - 1 : start)) break;
      const units = day
        .flatMap((name) => this.#partitions.units(name))
        .filter((unit) => filter.overlaps(unit) && isBeyond(unit, after, older))
        .sort((a, b) => (older ? b.lastTime - a.lastTime : a.firstTime - b.firstTime));
      for (const unit of units) {
        if (page.isSettled(older ? unit.lastTime : unit.firstTime)) break;
        throwIfCancelled(signal);
        scanned += unit.lines;
        this.#partitions.guard(undefined, () => {
          const loaded = loadedOnce(unit);
          const matched = matchUnit(filter, loaded);
          if (matched !== undefined) page.add(loaded, matched);
        });
      }
    }
    return scanned;
  }

  /** The partitions of each day that can hold lines of the filter, in order of the direction. */
  #days(filter: LineFilter, direction: 'older' | 'newer', after?: LineKey): PartitionName[][] {
    const older = direction === 'older';
    const from = Math.max(filter.from, !older && after !== undefined ? after.time : -Infinity);
    const to = Math.min(filter.to, older && after !== undefined ? after.time + 1 : Infinity);
    const days = new Map<string, PartitionName[]>();
    for (const name of this.#partitions.list()) {
      const start = startOfDay(name.day);
      if (start >= to || start + DAY_MS <= from) continue;
      const day = days.get(name.day);
      if (day === undefined) days.set(name.day, [name]);
      else day.push(name);
    }
    const newestFirst = [...days.values()];
    return older ? newestFirst : newestFirst.reverse();
  }

  *#unitsIn(filter: LineFilter, signal: ReadSignal): Iterable<LineUnit> {
    for (const day of this.#days(filter, 'older')) {
      for (const unit of day.flatMap((name) => this.#partitions.units(name))) {
        throwIfCancelled(signal);
        if (filter.overlaps(unit)) yield unit;
      }
    }
  }

  #neighbours(source: string, key: LineKey, direction: 'older' | 'newer', limit: number): LogLine[] {
    const filter: ParsedLogFilter = { text: '', regex: false, sourceIds: [source] };
    return this.search(filter, direction, cursorOf(key), limit, { cancelled: false }).lines;
  }

  #find(id: string): { unit: LineUnit; index: number } | undefined {
    const name = parseLineId(id);
    if (name === undefined) return undefined;
    for (const unit of this.#partitions.units(name)) {
      if (name.sequence < unit.firstSequence || name.sequence > unit.lastSequence) continue;
      const loaded = loadedOnce(unit);
      const index = this.#partitions.guard(-1, () => loaded.columns().sequences().indexOf(name.sequence));
      if (index >= 0) return { unit: loaded, index };
    }
    return undefined;
  }

  /** Time of the oldest stored line: below it there is no data, which is not the same as no lines. */
  #oldestTime(): number | undefined {
    const oldestDay = this.#partitions.list().at(-1)?.day;
    if (oldestDay === undefined) return undefined;
    const times = LOG_CLASSES.flatMap((logClass) =>
      this.#partitions.list().some((name) => name.logClass === logClass && name.day === oldestDay)
        ? this.#partitions.units({ logClass, day: oldestDay }).map((unit) => unit.firstTime)
        : [],
    );
    return times.length === 0 ? undefined : times.reduce((oldest, time) => Math.min(oldest, time));
  }
}

function isBeyond(unit: LineUnit, after: LineKey | undefined, older: boolean): boolean {
  if (after === undefined) return true;
  const edge = { time: older ? unit.firstTime : unit.lastTime, rank: rankOf(unit), sequence: 0 };
  // Lines of one time may lie on both sides of the cursor.
  if (edge.time === after.time) return true;
  return older ? compareKeys(edge, after) < 0 : compareKeys(edge, after) > 0;
}

function matchUnit(filter: LineFilter, unit: LineUnit): Uint8Array | undefined {
  return filter.mayMatch(unit) ? filter.match(unit) : undefined;
}

function countOnes(marks: Uint8Array | undefined): number {
  return marks?.reduce((sum, mark) => sum + mark, 0) ?? 0;
}

function indexAt(unit: LineUnit, stream: number, offset: number): number {
  const { table, index } = unit.columns().streams();
  const wanted = table.indexOf(String(stream));
  if (wanted < 0) return -1;
  return unit
    .columns()
    .offsets()
    .findIndex((value, line) => value === offset && index[line] === wanted);
}

function throwIfCancelled(signal: ReadSignal): void {
  if (!signal.cancelled) return;
  throw new FailureError({ kind: 'CANCELLED', message: { key: READ_CANCELLED, parameters: {} } });
}
