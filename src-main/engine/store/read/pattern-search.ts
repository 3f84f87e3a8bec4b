import type { ParsedLogFilter } from '../../../../src-preload/contract/log-filter.ts';
import type { LogPattern, PatternList } from '../../../../src-preload/contract/logs.ts';
import type { TimeRange } from '../../../../src-preload/contract/shared.ts';
import { DAY_MS, startOfDay } from '../partitions.ts';
import type { ReadSignal } from '../types.ts';
import type { LineFilter } from './line-filter.ts';
import type { PartitionSet } from './partition-set.ts';
import { PatternCounter, type CountedPattern } from './pattern-counter.ts';
import { PatternNames } from './pattern-names.ts';
import type { PatternLines } from './pattern-reader.ts';
import { partitionsWithin, Scan } from './scan.ts';
import { loadedOnce } from './unit.ts';

const HOUR_MS = 3_600_000;
/** How long must have been watched before what was never seen counts as new. */
const LEARNING_MS = HOUR_MS;
/** Partitions before the range that are asked whether they know a pattern: ten days of three classes. */
const MAX_EARLIER = 30;

export interface PatternQuestion {
  filter: ParsedLogFilter;
  range: TimeRange;
  limit: number;
  signal: ReadSignal;
}

/** Finds which patterns a range has, which of them are new, and how their rates changed. */
export class PatternSearch {
  readonly #partitions: PartitionSet;
  readonly #lineFilter: (filter: ParsedLogFilter) => LineFilter;
  readonly #oldestTime: number;

  /** @param oldestTime of all stored lines */
  constructor(
    partitions: PartitionSet,
    lineFilter: (filter: ParsedLogFilter) => LineFilter,
    oldestTime: number,
  ) {
    this.#partitions = partitions;
    this.#lineFilter = lineFilter;
    this.#oldestTime = oldestTime;
  }

  run({ filter, range, limit, signal }: PatternQuestion): Omit<PatternList, 'elapsedMs'> {
    const span = { from: Math.max(range.from - DAY_MS, this.#oldestTime), to: range.to };
    const names = new PatternNames(this.#partitions, partitionsWithin(this.#partitions, span));
    const now = this.#count(filter, range, names, signal);
    const { counts } = now.counter;
    // Equal counts in the order in which they came, so that a list shown twice does not jump.
    const found = [...counts].sort(
      ([one, a], [other, b]) => b.lines - a.lines || a.firstTime - b.firstTime || (one < other ? -1 : 1),
    );
    const before = now.partial ? undefined : this.#before(filter, range, names, signal);
    const unseen = this.#unseen(counts, range, names);
    return {
      patterns: pick(found, unseen, limit).map(([id, lines]) =>
        patternOf(id, lines, names, {
          share: lines.lines / Math.max(1, now.counter.lines),
          isNew: unseen.has(id),
          change: changeOf(lines.lines, range, before, before?.counts.get(id)?.lines ?? 0),
        }),
      ),
      total: found.length,
      lines: now.counter.lines,
      ...(now.partial && { partial: true }),
    };
  }

  #count(
    filter: ParsedLogFilter,
    range: TimeRange,
    names: PatternNames,
    signal: ReadSignal,
  ): { counter: PatternCounter; partial: boolean } {
    const from = Math.max(range.from, filter.range?.from ?? -Infinity);
    const to = Math.max(from, Math.min(range.to, filter.range?.to ?? Infinity));
    const lineFilter = this.#lineFilter({ ...filter, range: { from, to } });
    const scan = new Scan(this.#partitions, lineFilter.span, (unit) => lineFilter.overlaps(unit), signal);
    const counter = new PatternCounter({ from, to }, (id) => names.current(id));
    for (const unit of scan.units()) {
      this.#partitions.guard(undefined, () => counter.add(lineFilter, loadedOnce(unit)));
    }
    return { counter, partial: scan.cursor !== undefined };
  }

  /** The hours before the range: as long as it, but an hour at least and a day at most. */
  #before(
    filter: ParsedLogFilter,
    range: TimeRange,
    names: PatternNames,
    signal: ReadSignal,
  ): { counts: ReadonlyMap<string, PatternLines>; range: TimeRange } | undefined {
    const length = Math.min(DAY_MS, Math.max(HOUR_MS, range.to - range.from));
    const from = Math.max(range.from - length, this.#oldestTime);
    if (range.from - from < LEARNING_MS / 2) return undefined;
    const before = { from, to: range.from };
    const { counter, partial } = this.#count({ ...filter, range: before }, before, names, signal);
    return partial ? undefined : { counts: counter.counts, range: before };
  }

  /** Those that no line before the range had. */
  #unseen(counts: ReadonlyMap<string, PatternLines>, range: TimeRange, names: PatternNames): Set<string> {
    const unseen = new Set<string>();
    for (const [id, { firstTime }] of counts) if (firstTime >= this.#oldestTime + LEARNING_MS) unseen.add(id);
    const earlier = partitionsWithin(this.#partitions, { from: -Infinity, to: range.from });
    for (const name of earlier.slice(0, MAX_EARLIER)) {
      if (unseen.size === 0) break;
      if (startOfDay(name.day) + DAY_MS <= range.from) {
        for (const id of this.#partitions.patterns(name)?.texts().keys() ?? [])
          unseen.delete(names.current(id));
        continue;
      }
      for (const unit of this.#partitions.units(name)) {
        if (unit.firstTime >= range.from) continue;
        const patterns = this.#partitions.guard(undefined, () => unit.patterns());
        for (const [id, { firstTime }] of patterns ?? [])
          if (firstTime < range.from) unseen.delete(names.current(id));
      }
    }
    return unseen;
  }
}

/** The most frequent, and in the last places what is new: that is rare at first, and what is looked for. */
function pick(
  found: [string, CountedPattern][],
  unseen: ReadonlySet<string>,
  limit: number,
): [string, CountedPattern][] {
  const chosen = found.slice(0, limit);
  const fresh = found.slice(limit).filter(([id]) => unseen.has(id));
  const replaced = Math.min(fresh.length, Math.floor(limit / 4));
  return [...chosen.slice(0, limit - replaced), ...fresh.slice(0, replaced)];
}

function changeOf(
  lines: number,
  range: TimeRange,
  before: { range: TimeRange } | undefined,
  linesBefore: number,
): number | undefined {
  if (before === undefined || linesBefore === 0) return undefined;
  const rate = lines / (range.to - range.from);
  return rate / (linesBefore / (before.range.to - before.range.from));
}

function patternOf(
  id: string,
  { lines, level, firstTime, lastTime, trend }: CountedPattern,
  names: PatternNames,
  rest: { share: number; isNew: boolean; change: number | undefined },
): LogPattern {
  return {
    id,
    template: names.text(id) ?? id,
    count: lines,
    level,
    firstTime,
    lastTime,
    trend: Array.from(trend, (count) => Math.round(count * 10) / 10),
    ...rest,
  };
}
