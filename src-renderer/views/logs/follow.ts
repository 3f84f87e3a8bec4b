import type { LogLine } from '../../../src-preload/contract/logs.ts';

/** Why the stream stands still. */
export type PauseReason = 'selected' | 'scrolled' | 'asked';

/** Lines held back while paused; of more, the oldest are let go of, counted, and shown as a gap. */
const MAX_HELD_LINES = 5000;

/** What the stream takes in: lines, and how many were left out before them. */
export interface Arrival {
  lines: LogLine[];
  missing: number;
}

/**
 * Follow or stand still. While paused nothing on screen moves: new lines are held (bounded) and counted,
 * and come in together when following goes on.
 */
export class Follow {
  readonly limit: number;
  reason: PauseReason | undefined;
  #held: LogLine[] = [];
  #left = 0;

  constructor(limit = MAX_HELD_LINES) {
    this.limit = limit;
  }

  get paused(): boolean {
    return this.reason !== undefined;
  }

  /** New lines since the pause, held or let go of. */
  get waiting(): number {
    return this.#held.length + this.#left;
  }

  /** A first reason stays until following goes on: selecting a line while scrolled up names the selection. */
  pause(reason: PauseReason): void {
    if (this.reason === undefined || reason === 'selected') this.reason = reason;
  }

  /** Takes a push; returns what may be shown now. `hold` keeps it back although nobody paused (a page is under way). */
  receive(lines: readonly LogLine[], missing: number, hold = false): Arrival | undefined {
    if (!this.paused && !hold && this.waiting === 0) return { lines: [...lines], missing };
    if (missing > 0) {
      // Order matters more than completeness: what is held lies before the gap, so it joins the gap.
      this.#left += this.#held.length + missing;
      this.#held = [];
    }
    this.#held.push(...lines);
    const excess = this.#held.length - this.limit;
    if (excess > 0) {
      this.#held.splice(0, excess);
      this.#left += excess;
    }
    return undefined;
  }

  /** Follows again; returns what came meanwhile. */
  resume(): Arrival {
    const arrival = { lines: this.#held, missing: this.#left };
    this.discard();
    this.reason = undefined;
    return arrival;
  }

  /** Forgets what was held, because the list starts anew. */
  discard(): void {
    this.#held = [];
    this.#left = 0;
  }
}
