import type { HistogramBucket } from '../../../../src-preload/contract/logs.ts';
import type { TimeRange } from '../../../../src-preload/contract/shared.ts';
import { severityIndex, type LineFilter } from './line-filter.ts';
import type { LoadedUnit, LineUnit } from './unit.ts';

/** Counts lines per span of time: those that pass the filter without its text, by severity, and those that match it. */
export class HistogramCounter {
  readonly #from: number;
  readonly #stepMs: number;
  /** Per bucket: critical, error, warning, info, matches. */
  readonly #counts: [number, number, number, number, number][];

  constructor(range: TimeRange, buckets: number) {
    this.#from = range.from;
    this.#stepMs = Math.max(1, Math.ceil((range.to - range.from) / buckets));
    const needed = Math.max(1, Math.ceil((range.to - range.from) / this.#stepMs));
    this.#counts = Array.from({ length: needed }, () => [0, 0, 0, 0, 0]);
  }

  add(filter: LineFilter, unit: LoadedUnit): void {
    const mayMatch = filter.hasText && filter.mayMatch(unit);
    if (!mayMatch && this.#addSummary(filter, unit)) return;
    if (!mayMatch && !filter.mayPass(unit)) return;
    const passed = filter.pass(unit);
    if (passed === undefined) return;
    const matched = filter.hasText ? (mayMatch ? filter.match(unit, passed) : undefined) : passed;
    this.#addLines(unit, passed, matched);
  }

  result(): { stepMs: number; buckets: HistogramBucket[] } {
    return {
      stepMs: this.#stepMs,
      buckets: this.#counts.map(([critical, error, warning, info, matches], index) => ({
        time: this.#from + index * this.#stepMs,
        critical,
        error,
        warning,
        info,
        matches,
      })),
    };
  }

  /** A unit within one bucket is counted from its summary, without unpacking anything. */
  #addSummary(filter: LineFilter, unit: LineUnit): boolean {
    const bucket = this.#bucketOf(unit.firstTime);
    if (bucket === undefined || bucket !== this.#bucketOf(unit.lastTime)) return false;
    const summary = filter.countFromSummary(unit);
    if (summary === undefined) return false;
    for (const [index, lines] of summary.entries()) {
      bucket[index] = (bucket[index] ?? 0) + lines;
      if (!filter.hasText) bucket[4] += lines;
    }
    return true;
  }

  #addLines(unit: LoadedUnit, passed: Uint8Array, matched: Uint8Array | undefined): void {
    const times = unit.columns().times();
    const levels = unit.columns().levels();
    for (let line = 0; line < passed.length; line += 1) {
      if (passed[line] !== 1) continue;
      const bucket = this.#bucketOf(times[line] ?? 0);
      if (bucket === undefined) continue;
      const index = severityIndex(levels[line] ?? 0);
      bucket[index] = (bucket[index] ?? 0) + 1;
      bucket[4] += matched?.[line] ?? 0;
    }
  }

  #bucketOf(time: number): [number, number, number, number, number] | undefined {
    return this.#counts[Math.floor((time - this.#from) / this.#stepMs)];
  }
}
