/** Where the time comes from. Injected, so that tests and replays decide what "now" is. */
export interface Clock {
  /** UTC milliseconds since 1970. */
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };

/** An event older than this when it is read is historic: stored and counted, never notified (SPEC decisions). */
export const HISTORIC_AFTER_MS = 10 * 60_000;
