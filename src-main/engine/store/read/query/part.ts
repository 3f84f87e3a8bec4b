import { ALL_FRAMES, withinFrames } from '../../block/frame-layout.ts';
import type { LineUnit, LoadedUnit } from '../unit.ts';

/** A part of a query, made ready to be asked of many lines. */
export interface QueryPart {
  /** Microseconds a line, roughly: of parts that must all hold the cheap ones are asked first. */
  readonly cost: number;
  /** The parts it is made of, where all of them must hold. */
  readonly all?: readonly QueryPart[] | undefined;
  /**
   * The frames of the unit whose lines may match, a bit each (block/frame-layout.ts): 0 when no line can. Asks its summary
   * and its filter, which is cheap beside its text.
   */
  frames(unit: LineUnit): number;
  /**
   * Which of the candidates (1) match.
   * @returns marks of its own, or undefined when none does
   */
  select(unit: LoadedUnit, candidates: Uint8Array): Uint8Array | undefined;
}

export function allOf(parts: QueryPart[]): QueryPart {
  // Those within are asked in turn with the others: a word that one of them needs comes before what another parses.
  const ordered = parts.flatMap((part) => part.all ?? [part]).sort((a, b) => a.cost - b.cost);
  return {
    all: ordered,
    cost: ordered.reduce((sum, part) => sum + part.cost, 0),
    frames: (unit) => ordered.reduce((all, part) => (all === 0 ? 0 : all & part.frames(unit)), ALL_FRAMES),
    select(unit, candidates) {
      let left: Uint8Array | undefined = candidates;
      for (const part of ordered) {
        left = part.select(unit, left);
        if (left === undefined) return undefined;
      }
      return left;
    },
  };
}

export function anyOf(parts: QueryPart[]): QueryPart {
  return {
    cost: parts.reduce((sum, part) => sum + part.cost, 0),
    frames: (unit) => parts.reduce((any, part) => any | part.frames(unit), 0),
    select(unit, candidates) {
      let found: Uint8Array | undefined;
      for (const part of parts) {
        const rest: Uint8Array = found === undefined ? candidates : without(candidates, found);
        const more = selectWithin(part, unit, rest);
        if (more === undefined) continue;
        found = found === undefined ? more : either(found, more);
      }
      return found;
    },
  };
}

export function noneOf(part: QueryPart): QueryPart {
  return {
    // After what must be there: it narrows least.
    cost: part.cost + 1,
    frames: () => ALL_FRAMES,
    select(unit, candidates) {
      const found = selectWithin(part, unit, candidates);
      return found === undefined ? candidates : marked(without(candidates, found));
    },
  };
}

/** Which of the candidates match, of those in frames that may have any: others are not unpacked. */
export function selectWithin(
  part: QueryPart,
  unit: LoadedUnit,
  candidates: Uint8Array,
): Uint8Array | undefined {
  const frames = part.frames(unit);
  return frames === 0 ? undefined : part.select(unit, withinFrames(candidates, frames));
}

/** All frames, or none. */
export function framesIf(any: boolean): number {
  return any ? ALL_FRAMES : 0;
}

/** Asks line by line. */
export function eachLine(candidates: Uint8Array, test: (line: number) => boolean): Uint8Array | undefined {
  const found = new Uint8Array(candidates.length);
  let any = false;
  for (let line = candidates.indexOf(1); line >= 0; line = candidates.indexOf(1, line + 1)) {
    if (!test(line)) continue;
    found[line] = 1;
    any = true;
  }
  return any ? found : undefined;
}

/** How many are marked. */
export function countMarks(marks: Uint8Array): number {
  let count = 0;
  for (let line = 0; line < marks.length; line += 1) count += marks[line] ?? 0;
  return count;
}

/** The marks themselves, unless there are none. */
export function marked(marks: Uint8Array): Uint8Array | undefined {
  return marks.includes(1) ? marks : undefined;
}

/** Those of both. */
export function intersection(a: Uint8Array, b: Uint8Array): Uint8Array | undefined {
  const both = new Uint8Array(a.length);
  for (let line = 0; line < a.length; line += 1) both[line] = (a[line] ?? 0) & (b[line] ?? 0);
  return marked(both);
}

/** Those of any of two. */
export function either(a: Uint8Array, b: Uint8Array): Uint8Array {
  const any = new Uint8Array(a.length);
  for (let line = 0; line < a.length; line += 1) any[line] = (a[line] ?? 0) | (b[line] ?? 0);
  return any;
}

function without(a: Uint8Array, b: Uint8Array): Uint8Array {
  const rest = new Uint8Array(a.length);
  for (let line = 0; line < a.length; line += 1) rest[line] = (a[line] ?? 0) & ~(b[line] ?? 0);
  return rest;
}
