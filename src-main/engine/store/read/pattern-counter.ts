import type { LineFilter } from './line-filter.ts';
import { addPatternLines, type PatternLines } from './pattern-reader.ts';
import type { LoadedUnit } from './unit.ts';

/** Counts lines per pattern, from summaries where these tell. */
export class PatternCounter {
  /** By id. */
  readonly counts = new Map<string, PatternLines>();
  /** All lines that passed, with and without a pattern. */
  lines = 0;

  add(filter: LineFilter, unit: LoadedUnit): void {
    const summary = isWhole(filter, unit) ? unit.patterns() : undefined;
    if (summary === undefined) {
      this.#addLines(filter, unit);
      return;
    }
    this.lines += unit.lines;
    for (const [id, lines] of summary) addPatternLines(this.counts, id, lines);
  }

  #addLines(filter: LineFilter, unit: LoadedUnit): void {
    const matched = filter.mayMatch(unit) ? filter.match(unit) : undefined;
    if (matched === undefined) return;
    const { table, index } = unit.columns().patterns();
    const times = unit.columns().times();
    for (let line = matched.indexOf(1); line >= 0; line = matched.indexOf(1, line + 1)) {
      this.lines += 1;
      const id = table[index[line] ?? 0] ?? '';
      const time = times[line] ?? 0;
      if (id !== '') addPatternLines(this.counts, id, { lines: 1, firstTime: time, lastTime: time });
    }
  }
}

/** All lines of the unit pass, and its summary says so. */
function isWhole(filter: LineFilter, unit: LoadedUnit): boolean {
  if (filter.hasText) return false;
  const passing = filter.countFromSummary(unit);
  return passing !== undefined && passing.reduce((sum, lines) => sum + lines, 0) === unit.lines;
}
