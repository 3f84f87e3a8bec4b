import { SEVERITIES, type State, type TimeRange } from '../../../src-preload/contract/shared.ts';
import type { RibbonCell } from '../../../src-preload/contract/system.ts';
import type { FiredSpan } from '../store/types.ts';

/** Most cells of a ribbon: a day in steps of a minute. */
export const MAX_CELLS = 1440;

/**
 * Worst state per step. A step in which nobody watched for most of the time is `unknown`, unless an alert is known of it:
 * not knowing is never better than bad, and never green.
 */
export function ribbonOf(
  spans: FiredSpan[],
  unwatched: TimeRange[],
  range: TimeRange,
  stepMs: number,
): RibbonCell[] {
  const cells: RibbonCell[] = [];
  for (let from = range.from; from < range.to && cells.length < MAX_CELLS; from += stepMs) {
    const to = Math.min(from + stepMs, range.to);
    cells.push({ time: from, state: stateWithin(spans, unwatched, from, to) });
  }
  return cells;
}

function stateWithin(spans: FiredSpan[], unwatched: TimeRange[], from: number, to: number): State {
  const within = spans.filter((span) => span.from < to && (span.to ?? Number.POSITIVE_INFINITY) > from);
  const worst = SEVERITIES.find((severity) => within.some((span) => span.severity === severity));
  if (worst !== undefined) return worst;
  const blindMs = unwatched.reduce(
    (sum, gap) => sum + Math.max(0, Math.min(gap.to, to) - Math.max(gap.from, from)),
    0,
  );
  return blindMs * 2 > to - from ? 'unknown' : 'ok';
}
