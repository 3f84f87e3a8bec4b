import type { SourceLines } from '../types.ts';
import { severityIndex, type LineFilter } from './line-filter.ts';
import type { LoadedUnit } from './unit.ts';

/** Counts lines by source, class and severity. Columns are enough: no text is unpacked. */
export class LineCounter {
  readonly #counted = new Map<string, SourceLines>();

  /** A unit that can't be read is not counted in part. */
  add(filter: LineFilter, unit: LoadedUnit): void {
    const { table, index } = unit.columns().sources();
    const [only] = table;
    const summary = table.length === 1 ? filter.countFromSummary(unit) : undefined;
    if (only !== undefined && summary !== undefined) {
      const entry = this.#entry(only, unit);
      for (const [severity, lines] of summary.entries())
        entry.severities[severity] = (entry.severities[severity] ?? 0) + lines;
      entry.lastTime = Math.max(entry.lastTime, unit.lastTime);
      return;
    }
    const passed = filter.pass(unit);
    if (passed === undefined) return;
    const levels = unit.columns().levels();
    const times = unit.columns().times();
    const entries = new Map<number, SourceLines>();
    for (let line = passed.indexOf(1); line >= 0; line = passed.indexOf(1, line + 1)) {
      const source = index[line] ?? 0;
      let entry = entries.get(source);
      if (entry === undefined) entries.set(source, (entry = this.#entry(table[source] ?? '', unit)));
      const severity = severityIndex(levels[line] ?? 0);
      entry.severities[severity] = (entry.severities[severity] ?? 0) + 1;
      entry.lastTime = Math.max(entry.lastTime, times[line] ?? 0);
    }
  }

  /** Most lines first. */
  result(): SourceLines[] {
    return [...this.#counted.values()].sort(
      (a, b) => linesOf(b) - linesOf(a) || (a.sourceId < b.sourceId ? -1 : 1),
    );
  }

  #entry(sourceId: string, { partition }: LoadedUnit): SourceLines {
    const key = `${partition.logClass}/${sourceId}`;
    let entry = this.#counted.get(key);
    if (entry === undefined) {
      entry = { sourceId, logClass: partition.logClass, severities: [0, 0, 0, 0], lastTime: 0 };
      this.#counted.set(key, entry);
    }
    return entry;
  }
}

function linesOf({ severities }: SourceLines): number {
  return severities.reduce((sum, lines) => sum + lines, 0);
}
