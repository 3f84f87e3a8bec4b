import { LOG_CLASSES } from '../../../../src-preload/contract/log-classes.ts';
import type { LogLine } from '../../../../src-preload/contract/logs.ts';
import { MAX_VIEW_LINE_LENGTH } from '../../../../src-preload/contract/limits.ts';
import { FailureError } from '../../flow/failure.ts';
import { parseLineId, partitionId } from '../partitions.ts';
import { lineText } from './line-text.ts';
import type { LineUnit, LoadedUnit } from './unit.ts';

/** Locale key of a cursor that is none of ours. */
export const BAD_CURSOR = 'store.failure.badCursor';

/** Where a line stands among all: by time, then class, then the order in which it was stored. */
export interface LineKey {
  time: number;
  /** Index into LOG_CLASSES. */
  rank: number;
  sequence: number;
}

/** A line that was found. It holds nothing of its block: a page of rare lines comes from hundreds of them. */
export interface FoundLine extends LineKey {
  line: LogLine;
}

/** A line of the unit being looked at. */
interface Candidate extends LineKey {
  index: number;
}

export function compareKeys(a: LineKey, b: LineKey): number {
  return a.time - b.time || a.rank - b.rank || a.sequence - b.sequence;
}

/** A line's key never changes, so that a page continues at the same place whatever was stored or sealed meanwhile. */
export function cursorOf({ time, rank, sequence }: LineKey): string {
  return `${time}.${rank}.${sequence}`;
}

/** The cursor that a page would have whose last line this is; undefined when the id is none of ours. */
export function cursorOfLine({ id, time }: Pick<LogLine, 'id' | 'time'>): string | undefined {
  const name = parseLineId(id);
  if (name === undefined) return undefined;
  return cursorOf({ time, rank: LOG_CLASSES.indexOf(name.logClass), sequence: name.sequence });
}

export function parseCursor(cursor: string): LineKey {
  const match = /^(\d{1,16})\.(\d{1,2})\.(\d{1,16})$/.exec(cursor);
  if (match === null) {
    throw new FailureError({
      kind: 'BAD_INPUT',
      message: { key: BAD_CURSOR, parameters: {} },
      field: 'cursor',
    });
  }
  return { time: Number(match[1]), rank: Number(match[2]), sequence: Number(match[3]) };
}

/** The rank of a unit's lines among those of the same time. */
export function rankOf(unit: LineUnit): number {
  return LOG_CLASSES.indexOf(unit.partition.logClass);
}

/**
 * A stored line as it is handed out.
 * @param whole without it, a line longer than views show is cut
 */
export function lineOf(unit: LoadedUnit, index: number, whole = false): LogLine {
  const columns = unit.columns();
  const text = lineText(unit.text(), index);
  const sources = columns.sources();
  const address = columns.addressAt(index);
  const patterns = columns.patterns();
  const pattern = patterns.table[patterns.index[index] ?? 0] ?? '';
  const cut = !whole && text.length > MAX_VIEW_LINE_LENGTH;
  return {
    id: `${partitionId(unit.partition)}/${columns.sequences()[index] ?? 0}`,
    time: columns.times()[index] ?? 0,
    level: columns.levels()[index] ?? 0,
    sourceId: sources.table[sources.index[index] ?? 0] ?? '',
    text: cut ? text.slice(0, MAX_VIEW_LINE_LENGTH) : text,
    ...(address === '' ? {} : { address }),
    ...(pattern === '' ? {} : { pattern }),
    ...(cut ? { truncated: true } : {}),
  };
}

/** Collects the best lines in one direction, and knows when no further unit can hold a better one. */
export class PageCollector {
  readonly #limit: number;
  /** 1 collects the lowest keys (newer), -1 the highest (older). */
  readonly #sign: number;
  readonly #after: LineKey | undefined;
  #found: FoundLine[] = [];

  constructor(limit: number, direction: 'older' | 'newer', after: LineKey | undefined) {
    this.#limit = limit;
    this.#sign = direction === 'newer' ? 1 : -1;
    this.#after = after;
  }

  /** True when the page is full and a unit whose nearest line is at `time` can't change it. */
  isSettled(time: number): boolean {
    const last = this.#found[this.#limit - 1];
    return last !== undefined && (time - last.time) * this.#sign > 0;
  }

  add(unit: LoadedUnit, matched: Uint8Array): void {
    const rank = rankOf(unit);
    const times = unit.columns().times();
    const sequences = unit.columns().sequences();
    const worst = this.#found[this.#limit - 1];
    const candidates: Candidate[] = [];
    for (let index = matched.indexOf(1); index >= 0; index = matched.indexOf(1, index + 1)) {
      const found = { time: times[index] ?? 0, rank, sequence: sequences[index] ?? 0, index };
      if (this.#after !== undefined && compareKeys(found, this.#after) * this.#sign <= 0) continue;
      if (worst !== undefined && compareKeys(found, worst) * this.#sign > 0) continue;
      candidates.push(found);
    }
    if (candidates.length === 0) return;
    this.#found = [...this.#found, ...candidates]
      .sort((a, b) => compareKeys(a, b) * this.#sign)
      .slice(0, this.#limit)
      .map((found) => ('line' in found ? found : withLine(unit, found)));
  }

  /** In order of the direction, nearest first. */
  get found(): FoundLine[] {
    return this.#found;
  }
}

function withLine(unit: LoadedUnit, { time, rank, sequence, index }: Candidate): FoundLine {
  return { time, rank, sequence, line: lineOf(unit, index) };
}
