import { LOG_CLASSES } from '../../../../src-preload/contract/log-classes.ts';
import { FailureError } from '../../flow/failure.ts';
import { DAY_MS, startOfDay, type PartitionName } from '../partitions.ts';
import type { ReadSignal, ScanPart } from '../types.ts';
import { BAD_CURSOR } from './page.ts';
import type { PartitionSet } from './partition-set.ts';
import type { LineUnit } from './unit.ts';

/** Locale key of "the caller cancelled". */
export const READ_CANCELLED = 'store.failure.cancelled';

/** A unit's place in the order in which all lines are gone through. */
interface ScanPlace {
  day: string;
  /** Index into LOG_CLASSES. */
  rank: number;
  /** Blocks from this number down are still to come; Infinity = the rows that are not sealed, and then all blocks. */
  block: number;
}

/** Half-open; may be without ends. */
export interface Span {
  from: number;
  to: number;
}

/**
 * Goes through units in an order that can be left and taken up again: newest day first, in each partition the rows that
 * are not sealed and then its blocks, newest first. Rows sealed meanwhile become blocks with higher numbers, which are
 * behind: what was there at the start is seen once, whatever is written in between.
 */
export class Scan {
  /** Lines gone through. */
  scanned = 0;
  /** Lines before it when it began. */
  total = 0;
  /** Where it was left; undefined when it came to its end. */
  cursor: string | undefined;
  readonly #partitions: PartitionSet;
  readonly #accept: (unit: LineUnit) => boolean;
  readonly #signal: ReadSignal;
  readonly #part: ScanPart;
  readonly #span: Span;

  constructor(
    partitions: PartitionSet,
    span: Span,
    accept: (unit: LineUnit) => boolean,
    signal: ReadSignal,
    part: ScanPart = {},
  ) {
    this.#partitions = partitions;
    this.#span = span;
    this.#accept = accept;
    this.#signal = signal;
    this.#part = part;
  }

  /** @throws FailureError CANCELLED; BAD_INPUT for a cursor that is none of ours */
  *units(): Iterable<LineUnit> {
    const units = [...this.#all(this.#part.cursor)];
    this.total = units.reduce((sum, unit) => sum + unit.lines, 0);
    for (const unit of units) {
      throwIfCancelled(this.#signal);
      if (this.scanned > 0 && this.#signal.outOfTime === true) {
        this.cursor = cursorBefore(unit);
        return;
      }
      this.scanned += unit.lines;
      yield unit;
    }
  }

  *#all(cursor: string | undefined): Iterable<LineUnit> {
    const after = cursor === undefined ? undefined : placeOf(cursor);
    const { share } = this.#part;
    for (const name of partitionsWithin(this.#partitions, this.#span)) {
      const side = after === undefined ? 1 : sideOf(name, after);
      if (side < 0) continue;
      const units = this.#partitions.units(name).filter((unit) => unit.lines > 0 && this.#accept(unit));
      for (const unit of units.sort((a, b) => numberOf(b) - numberOf(a))) {
        if (side === 0 && numberOf(unit) > (after?.block ?? Infinity)) continue;
        if (share === undefined || (unit.block ?? 0) % share.of === share.index) yield unit;
      }
    }
  }
}

/** The partitions that can hold lines of the span, newest day first. */
export function partitionsWithin(partitions: PartitionSet, { from, to }: Span): PartitionName[] {
  return partitions.list().filter(({ day }) => {
    const start = startOfDay(day);
    return start < to && start + DAY_MS > from;
  });
}

export function throwIfCancelled(signal: ReadSignal): void {
  if (!signal.cancelled) return;
  throw new FailureError({ kind: 'CANCELLED', message: { key: READ_CANCELLED, parameters: {} } });
}

function numberOf(unit: LineUnit): number {
  return unit.block ?? Infinity;
}

/** Positive: still to come; 0: the partition in hand; negative: done. */
function sideOf({ day, logClass }: PartitionName, after: ScanPlace): number {
  if (day !== after.day) return day < after.day ? 1 : -1;
  return LOG_CLASSES.indexOf(logClass) - after.rank;
}

function cursorBefore(unit: LineUnit): string {
  const { day, logClass } = unit.partition;
  return `${day}.${LOG_CLASSES.indexOf(logClass)}.${unit.block ?? 'hot'}`;
}

function placeOf(cursor: string): ScanPlace {
  const [, day = '', rank, block] = /^(\d{4}-\d{2}-\d{2})\.(\d)\.(\d{1,15}|hot)$/.exec(cursor) ?? [];
  if (day === '') {
    const message = { key: BAD_CURSOR, parameters: {} };
    throw new FailureError({ kind: 'BAD_INPUT', message, field: 'cursor' });
  }
  return { day, rank: Number(rank), block: block === 'hot' ? Infinity : Number(block) };
}
