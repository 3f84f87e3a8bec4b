import type { LogPattern } from '../../../src-preload/contract/logs.ts';

/** How the list is ordered. */
export type PatternOrder = 'change' | 'count';

/** From this factor on, or its inverse, a rate has changed: below it lines come and go as they do. */
export const CHANGED = 2;
/** Fewer lines say nothing about a rate. */
const TELLING_LINES = 10;

/** Whether a pattern's rate tells something. */
export function hasChanged({ change, count }: LogPattern): boolean {
  return change !== undefined && count >= TELLING_LINES && (change >= CHANGED || change <= 1 / CHANGED);
}

/** By change: what is new or comes oftener first, the worst of it on top; then all others by their lines. */
export function orderedPatterns(patterns: readonly LogPattern[], order: PatternOrder): LogPattern[] {
  if (order === 'count') return patterns.toSorted((a, b) => b.count - a.count);
  return patterns.toSorted(
    (a, b) =>
      Number(moved(b)) - Number(moved(a)) ||
      (moved(a) ? a.level - b.level || rise(b) - rise(a) : 0) ||
      b.count - a.count,
  );
}

function moved(pattern: LogPattern): boolean {
  return pattern.isNew || (hasChanged(pattern) && (pattern.change ?? 1) >= CHANGED);
}

function rise({ isNew, change }: LogPattern): number {
  return isNew ? Number.POSITIVE_INFINITY : (change ?? 1);
}

/** A template in pieces: `<*>` stands out from the words. */
export function templatePieces(template: string): { text: string; wild: boolean }[] {
  return template
    .split(/(<\*>)/)
    .filter((text) => text !== '')
    .map((text) => ({ text: text === '<*>' ? '‹*›' : text, wild: text === '<*>' }));
}
