import type { Clock } from './flow/clock.ts';

/** Seconds over which a rate is taken: long enough to be read, short enough to follow. */
const WINDOW_SECONDS = 10;

interface Window {
  lines: Float64Array;
  bytes: Float64Array;
  /** Second of the last entry. */
  second: number;
}

export interface SourceRate {
  linesPerSecond: number;
  bytesPerSecond: number;
}

/** How fast each source is taken in. One small ring of seconds per source, whatever comes. */
export class SourceRates {
  readonly #clock: Clock;
  readonly #windows = new Map<string, Window>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  count(sourceId: string, lines: number, bytes: number): void {
    const window = this.#windowOf(sourceId);
    const second = this.#advance(window);
    const at = second % WINDOW_SECONDS;
    window.lines[at] = (window.lines[at] ?? 0) + lines;
    window.bytes[at] = (window.bytes[at] ?? 0) + bytes;
  }

  of(sourceId: string): SourceRate {
    const window = this.#windows.get(sourceId);
    if (window === undefined) return { linesPerSecond: 0, bytesPerSecond: 0 };
    this.#advance(window);
    const rate = (counts: Float64Array): number =>
      counts.reduce((sum, each) => sum + each, 0) / WINDOW_SECONDS;
    return { linesPerSecond: rate(window.lines), bytesPerSecond: rate(window.bytes) };
  }

  #windowOf(sourceId: string): Window {
    let window = this.#windows.get(sourceId);
    if (window === undefined) {
      const second = this.#second();
      window = { lines: new Float64Array(WINDOW_SECONDS), bytes: new Float64Array(WINDOW_SECONDS), second };
      this.#windows.set(sourceId, window);
    }
    return window;
  }

  /** Empties the seconds that have passed. A clock set back counts on in the last one. */
  #advance(window: Window): number {
    const now = Math.max(window.second, this.#second());
    const passed = Math.min(WINDOW_SECONDS, now - window.second);
    for (let index = 0; index < passed; index += 1) {
      window.lines[(now - index) % WINDOW_SECONDS] = 0;
      window.bytes[(now - index) % WINDOW_SECONDS] = 0;
    }
    window.second = now;
    return now;
  }

  #second(): number {
    return Math.floor(this.#clock.now() / 1000);
  }
}
