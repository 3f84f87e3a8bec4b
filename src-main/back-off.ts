const FIRST_MS = 100;
const LONGEST_MS = 10_000;

/** Milliseconds to wait before the given attempt (1, 2, 3 …): 100, 200, 400 … up to ten seconds. */
export function backOff(attempt: number): number {
  return Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt - 1, 20));
}
