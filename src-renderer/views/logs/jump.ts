import { severityOfLevel, type Severity } from './severity.ts';
import { isGap, type StreamRow } from './line-window.ts';
import type { LogLine } from '../../../src-preload/contract/logs.ts';

export type JumpTarget = 'error' | 'warning' | 'hit';
/** 1 towards newer lines, -1 towards older. */
export type JumpStep = 1 | -1;

/** The keys that jump; the capital goes back. */
export const JUMPS: readonly { keys: string; target: JumpTarget; step: JumpStep }[] = [
  { keys: 'e', target: 'error', step: 1 },
  { keys: 'E', target: 'error', step: -1 },
  { keys: 'w', target: 'warning', step: 1 },
  { keys: 'W', target: 'warning', step: -1 },
  { keys: 'n', target: 'hit', step: 1 },
  { keys: 'N', target: 'hit', step: -1 },
];

/** Rows looked through in the window before the store is asked; keeps a key press under a few milliseconds. */
export const MAX_ROWS_LOOKED_AT = 5000;

/** Errors and worse answer to `e`; warnings alone to `w`. */
export const JUMP_SEVERITIES: Record<'error' | 'warning', Severity[]> = {
  error: ['critical', 'error'],
  warning: ['warning'],
};

/** Tests a line for a jump; undefined where only the store can tell. */
export type JumpTest = (line: LogLine) => boolean | undefined;

/** @param isHit what the query finds */
export function jumpTest(target: JumpTarget, isHit: JumpTest): JumpTest {
  if (target === 'hit') return isHit;
  const severities = JUMP_SEVERITIES[target];
  // The lines of a stack trace have its level: one error is one stop.
  return (line) => line.continues !== true && severities.includes(severityOfLevel(line.level));
}

export type JumpResult =
  | { kind: 'found'; index: number }
  /** Nothing among the rows looked at; the store must be asked beyond `index`. */
  | { kind: 'unknown'; index: number }
  | { kind: 'none' };

/** Looks for the next row from `start` (not included). A gap in the way means: not known, ask the store. */
export function findRow(
  rows: readonly StreamRow[],
  start: number,
  step: JumpStep,
  test: JumpTest,
): JumpResult {
  let index = start + step;
  for (let looked = 0; looked < MAX_ROWS_LOOKED_AT; looked += 1, index += step) {
    const row = rows[index];
    if (row === undefined) return { kind: 'none' };
    if (isGap(row)) return { kind: 'unknown', index: index - step };
    const hit = test(row);
    if (hit === undefined) return { kind: 'unknown', index: index - step };
    if (hit) return { kind: 'found', index };
  }
  return { kind: 'unknown', index };
}
