import type { LogSource } from '../../../src-preload/contract/log-sources.ts';

/** What the list can be narrowed to; each source is of one of these, or of none but `all`. */
export const HEALTH_GROUPS = ['all', 'trouble', 'behind', 'paused', 'off'] as const;
export type HealthGroup = (typeof HEALTH_GROUPS)[number];

/** Less than this is read in a moment. */
export const WORTH_TELLING_BYTES = 1_000_000;

/** What a person should know of a source first; undefined for one that follows. */
export function healthOf(source: LogSource): Exclude<HealthGroup, 'all'> | undefined {
  if (!source.enabled) return 'off';
  if (source.paused === true) return 'paused';
  if (source.state !== 'ok' || lossOf(source) > 0) return 'trouble';
  return (source.lagBytes ?? 0) >= WORTH_TELLING_BYTES ? 'behind' : undefined;
}

/** Lines left out and bytes that were gone before they could be read: other than 0 where something is missing. */
export function lossOf({ dropped = 0, lostBytes = 0 }: LogSource): number {
  return dropped + lostBytes;
}

/** Whether it is paused or off makes no difference: a row that is paused must not move away from the pointer. */
function rankOf(source: LogSource): number {
  if (source.state !== 'ok' || lossOf(source) > 0) return 0;
  return (source.lagBytes ?? 0) >= WORTH_TELLING_BYTES ? 1 : 2;
}

/** Those that want somebody's eye first; within a rank as they come, so that nothing jumps while it is read. */
export function byHealth(sources: readonly LogSource[]): LogSource[] {
  return sources.toSorted((a, b) => rankOf(a) - rankOf(b));
}

/** All sources in a few figures. */
export interface HealthTotals {
  groups: Record<HealthGroup, number>;
  linesPerSecond: number;
  lagBytes: number;
  dropped: number;
  lostBytes: number;
}

export function totalsOf(sources: readonly LogSource[]): HealthTotals {
  const totals: HealthTotals = {
    groups: { all: sources.length, trouble: 0, behind: 0, paused: 0, off: 0 },
    linesPerSecond: 0,
    lagBytes: 0,
    dropped: 0,
    lostBytes: 0,
  };
  for (const source of sources) {
    const group = healthOf(source);
    if (group !== undefined) totals.groups[group] += 1;
    totals.linesPerSecond += source.linesPerSecond ?? 0;
    if (source.enabled) totals.lagBytes += source.lagBytes ?? 0;
    totals.dropped += source.dropped ?? 0;
    totals.lostBytes += source.lostBytes ?? 0;
  }
  return totals;
}

/** Those of a group whose path has the text in it, whatever its case. */
export function narrowed(sources: readonly LogSource[], group: HealthGroup, text: string): LogSource[] {
  const wanted = text.trim().toLowerCase();
  return sources.filter(
    (source) =>
      (group === 'all' || healthOf(source) === group) &&
      (wanted === '' || source.path.toLowerCase().includes(wanted)),
  );
}
