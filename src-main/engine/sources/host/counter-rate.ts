/**
 * Longest time between two readings that a rate is worked out over: after sleep the mean over hours would be shown as
 * the rate of now.
 */
const LONGEST_SPAN_MS = 5 * 60_000;

/**
 * Turns counters into rates, one counter per key. No value for a first reading, after a reset (a counter went back: device
 * or interface replaced, counter wrapped) and after a long gap: a spike would be invented.
 */
export class CounterRates {
  readonly #last = new Map<string, { time: number; values: readonly number[] }>();

  /**
   * How much each value grew since the last reading of `key`, and over how many seconds.
   * @param values counters that belong together; one reset makes all of them unusable
   */
  growth(key: string, now: number, values: readonly number[]): { seconds: number; by: number[] } | undefined {
    const last = this.#last.get(key);
    this.#last.set(key, { time: now, values });
    if (last === undefined || now <= last.time || now - last.time > LONGEST_SPAN_MS) return undefined;
    const by = values.map((value, index) => value - (last.values[index] ?? Number.NaN));
    return by.every((growth) => growth >= 0) ? { seconds: (now - last.time) / 1000, by } : undefined;
  }

  /** Forgets keys that were not read at `now`: removed devices do not pile up. */
  forgetUnread(now: number): void {
    for (const [key, last] of this.#last) if (last.time !== now) this.#last.delete(key);
  }
}
