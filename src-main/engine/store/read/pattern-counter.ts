import type { TimeRange } from '../../../../src-preload/contract/shared.ts';
import type { LineFilter } from './line-filter.ts';
import type { PatternLines } from './pattern-reader.ts';
import type { LoadedUnit } from './unit.ts';

/** Parts of the range that a trend has: one point every three pixels where it is drawn. */
const TREND_PARTS = 24;

export interface CountedPattern extends PatternLines {
  /** Lines per part of the range. */
  trend: Float64Array;
}

/** Counts lines per pattern, from summaries where these tell. */
export class PatternCounter {
  /** By the name that `nameOf` gives an id. */
  readonly counts = new Map<string, CountedPattern>();
  /** All lines that passed, with and without a pattern. */
  lines = 0;
  readonly #from: number;
  readonly #partMs: number;
  readonly #nameOf: (id: string) => string;

  constructor(range: TimeRange, nameOf: (id: string) => string) {
    this.#from = range.from;
    this.#partMs = Math.max(1, (range.to - range.from) / TREND_PARTS);
    this.#nameOf = nameOf;
  }

  add(filter: LineFilter, unit: LoadedUnit): void {
    const summary = isWhole(filter, unit) ? unit.patterns() : undefined;
    if (summary === undefined) {
      this.#addLines(filter, unit);
      return;
    }
    this.lines += unit.lines;
    for (const [id, lines] of summary) this.#addAll(this.#of(id, lines), lines);
  }

  #addLines(filter: LineFilter, unit: LoadedUnit): void {
    const matched = filter.mayMatch(unit) ? filter.match(unit) : undefined;
    if (matched === undefined) return;
    const { table, index } = unit.columns().patterns();
    const times = unit.columns().times();
    const levels = unit.columns().levels();
    for (let line = matched.indexOf(1); line >= 0; line = matched.indexOf(1, line + 1)) {
      this.lines += 1;
      const id = table[index[line] ?? 0] ?? '';
      if (id === '') continue;
      const time = times[line] ?? 0;
      const added = { lines: 1, level: levels[line] ?? 6, firstTime: time, lastTime: time };
      this.#addAll(this.#of(id, added), added);
    }
  }

  #of(id: string, { level, firstTime, lastTime }: PatternLines): CountedPattern {
    const name = this.#nameOf(id);
    let counted = this.counts.get(name);
    if (counted === undefined) {
      counted = { lines: 0, level, firstTime, lastTime, trend: new Float64Array(TREND_PARTS) };
      this.counts.set(name, counted);
    }
    return counted;
  }

  #addAll(counted: CountedPattern, { lines, level, firstTime, lastTime }: PatternLines): void {
    counted.lines += lines;
    if (level < counted.level) counted.level = level;
    if (firstTime < counted.firstTime) counted.firstTime = firstTime;
    if (lastTime > counted.lastTime) counted.lastTime = lastTime;
    const first = this.#partOf(firstTime);
    const last = this.#partOf(lastTime);
    const share = lines / (last - first + 1);
    for (let part = first; part <= last; part += 1) counted.trend[part] = (counted.trend[part] ?? 0) + share;
  }

  #partOf(time: number): number {
    return Math.min(TREND_PARTS - 1, Math.max(0, Math.floor((time - this.#from) / this.#partMs)));
  }
}

/** All lines of the unit pass, and its summary says so. */
function isWhole(filter: LineFilter, unit: LoadedUnit): boolean {
  if (filter.hasText) return false;
  const passing = filter.countFromSummary(unit);
  return passing !== undefined && passing.reduce((sum, lines) => sum + lines, 0) === unit.lines;
}
