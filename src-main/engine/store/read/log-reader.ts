import { join } from 'node:path';
import { LOG_CLASSES } from '../../../../src-preload/contract/log-classes.ts';
import type { ParsedLogFilter } from '../../../../src-preload/contract/log-filter.ts';
import type {
  HistogramBucket,
  LogLine,
  PatternList,
  ScanProgress,
  SearchPage,
  TraceAnswer,
} from '../../../../src-preload/contract/logs.ts';
import { MAX_HISTOGRAM_BUCKETS } from '../../../../src-preload/contract/limits.ts';
import type { TimeRange } from '../../../../src-preload/contract/shared.ts';
import type { Clock } from '../../flow/clock.ts';
import type { Failure } from '../../flow/failure.ts';
import type { FieldReader } from '../../flow/field-reader.ts';
import { dayOf, parseLineId } from '../partitions.ts';
import type { FieldValue, LogReader, ReadSignal, ScanPart, SourceLines } from '../types.ts';
import { HistogramCounter } from './histogram.ts';
import { LineCounter } from './line-counter.ts';
import { LineFilter } from './line-filter.ts';
import { cursorOf, lineOf, rankOf, type LineKey } from './page.ts';
import { PageSearch } from './page-search.ts';
import { PatternNames } from './pattern-names.ts';
import { PatternSearch } from './pattern-search.ts';
import { PartitionSet } from './partition-set.ts';
import { countMarks } from './query/part.ts';
import { Scan, type Span } from './scan.ts';
import { SEEN_LINES, SeenFields } from './seen-fields.ts';
import { TraceSearch } from './trace-search.ts';
import { loadedOnce, type LoadedUnit } from './unit.ts';

export interface LogReaderOptions {
  /** Told about partitions and blocks that can't be read; the answer leaves them out. */
  onProblem: (problem: Failure) => void;
  /** Milliseconds for measuring, from any start. */
  stopwatch: () => number;
  /** Answers what is in no column. */
  fields: FieldReader;
  /** What "now" and "today" mean in a query. */
  clock: Clock;
}

/**
 * Opens the logs of a data directory for reading; an engine may be writing them, or none.
 * @param directory the data directory
 */
export function openLogReader(directory: string, options: LogReaderOptions): LogReader {
  return new PartitionedLogReader(directory, options);
}

/** Partitions asked what became of a pattern: ten days of three classes. */
const NAMED = 30;

class PartitionedLogReader implements LogReader {
  readonly #partitions: PartitionSet;
  readonly #options: LogReaderOptions;
  readonly #seen: SeenFields;

  constructor(directory: string, options: LogReaderOptions) {
    this.#partitions = new PartitionSet(join(directory, 'logs'), options.onProblem);
    this.#options = options;
    this.#seen = new SeenFields(() => this.#newestLines(), options);
  }

  search(
    filter: ParsedLogFilter,
    direction: 'older' | 'newer',
    cursor: string | undefined,
    limit: number,
    signal: ReadSignal,
  ): SearchPage {
    const started = this.#options.stopwatch();
    const lineFilter = this.#filter(filter);
    const question = { filter: lineFilter, direction, cursor, limit, signal };
    const page = new PageSearch(this.#partitions, question).run();
    return { ...page, elapsedMs: this.#options.stopwatch() - started };
  }

  count(filter: ParsedLogFilter, signal: ReadSignal, part?: ScanPart): { count: number } & ScanProgress {
    const started = this.#options.stopwatch();
    const lineFilter = this.#filter(filter);
    const scan = this.#scan(lineFilter, lineFilter.span, signal, part);
    let count = 0;
    for (const unit of scan.units()) {
      const summary = lineFilter.hasText ? undefined : lineFilter.countFromSummary(unit);
      if (summary !== undefined) count += summary.reduce((sum, lines) => sum + lines, 0);
      else count += this.#partitions.guard(0, () => countMatches(lineFilter, loadedOnce(unit)));
    }
    return { count, ...this.#progress(scan, started) };
  }

  histogram(
    filter: ParsedLogFilter,
    range: TimeRange,
    buckets: number,
    signal: ReadSignal,
    part?: ScanPart,
  ): { stepMs: number; buckets: HistogramBucket[]; oldestTime?: number | undefined } & ScanProgress {
    const started = this.#options.stopwatch();
    const from = Math.max(range.from, filter.range?.from ?? -Infinity);
    const to = Math.min(range.to, filter.range?.to ?? Infinity);
    const counter = new HistogramCounter(range, Math.min(buckets, MAX_HISTOGRAM_BUCKETS));
    const lineFilter = this.#filter({ ...filter, range: { from, to: Math.max(from, to) } });
    const scan = this.#scan(lineFilter, lineFilter, signal, part);
    for (const unit of scan.units()) {
      this.#partitions.guard(undefined, () => counter.add(lineFilter, loadedOnce(unit)));
    }
    const oldestTime = this.#oldestTime();
    const result = { ...counter.result(), ...this.#progress(scan, started) };
    return oldestTime === undefined ? result : { ...result, oldestTime };
  }

  statistics(range: TimeRange, signal: ReadSignal): SourceLines[] {
    const counter = new LineCounter();
    const lineFilter = this.#filter({ text: '', regex: false, range });
    for (const unit of this.#scan(lineFilter, lineFilter, signal).units()) {
      this.#partitions.guard(undefined, () => counter.add(lineFilter, loadedOnce(unit)));
    }
    return counter.result();
  }

  patterns(filter: ParsedLogFilter, range: TimeRange, limit: number, signal: ReadSignal): PatternList {
    const started = this.#options.stopwatch();
    const search = new PatternSearch(
      this.#partitions,
      (each) => this.#filter(each),
      this.#oldestTime() ?? Infinity,
    );
    const found = search.run({ filter, range, limit, signal });
    return { ...found, elapsedMs: this.#options.stopwatch() - started };
  }

  trace(id: string, around: number, signal: ReadSignal): TraceAnswer {
    return new TraceSearch(this, this.#options).run(id, around, signal);
  }

  fieldNames(): FieldValue[] {
    return this.#seen.names();
  }

  fieldValues(name: string): FieldValue[] {
    return this.#seen.values(name);
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

  #filter(filter: ParsedLogFilter): LineFilter {
    return new LineFilter(filter, {
      fields: this.#options.fields,
      now: this.#options.clock.now(),
      patternFamily: (id) =>
        new PatternNames(this.#partitions, this.#partitions.list().slice(0, NAMED)).family(id),
    });
  }

  #scan(filter: LineFilter, span: Span, signal: ReadSignal, part?: ScanPart): Scan {
    return new Scan(this.#partitions, span, (unit) => filter.overlaps(unit, span), signal, part);
  }

  #progress(scan: Scan, started: number): ScanProgress {
    return {
      ...(scan.cursor !== undefined && { cursor: scan.cursor }),
      scannedLines: scan.scanned,
      totalLines: scan.total,
      elapsedMs: this.#options.stopwatch() - started,
    };
  }

  #newestLines(): LogLine[] {
    return this.search({ text: '', regex: false }, 'older', undefined, SEEN_LINES, { cancelled: false })
      .lines;
  }

  #neighbours(source: string, key: LineKey, direction: 'older' | 'newer', limit: number): LogLine[] {
    const filter: ParsedLogFilter = { text: '', regex: false, sourceIds: [source] };
    return this.search(filter, direction, cursorOf(key), limit, { cancelled: false }).lines;
  }

  #find(id: string): { unit: LoadedUnit; index: number } | undefined {
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

function countMatches(filter: LineFilter, unit: LoadedUnit): number {
  const matched = filter.mayMatch(unit) ? filter.match(unit) : undefined;
  return matched === undefined ? 0 : countMarks(matched);
}

function indexAt(unit: LoadedUnit, stream: number, offset: number): number {
  const { table, index } = unit.columns().streams();
  const wanted = table.indexOf(String(stream));
  if (wanted < 0) return -1;
  return unit
    .columns()
    .offsets()
    .findIndex((value, line) => value === offset && index[line] === wanted);
}
