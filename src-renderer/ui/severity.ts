import type { Level, Severity } from '../../src-preload/contract/shared.ts';

export type { Severity };

/** Worst first. Written here again because the contract's list comes with zod, which the window does not load. */
export const SEVERITIES: readonly Severity[] = ['critical', 'error', 'warning', 'info'];

/** RFC 5424 → the four: 0–2 critical, 3 error, 4 warning, 5–7 info. */
export function severityOfLevel(level: Level): Severity {
  if (level <= 2) return 'critical';
  if (level === 3) return 'error';
  return level === 4 ? 'warning' : 'info';
}
