import type { WebSocket } from 'ws';
import { CLOSE_STOP } from '../../../../src-preload/contract/wire.ts';

export interface OwnerLimits {
  /** From the start until the owner's first connection. */
  firstContactMs: number;
  /** From the loss of the last connection until the owner counts as gone. */
  graceMs: number;
}

/** A desktop connects within a second of the start; a loaded machine takes longer. */
const OWNER_LIMITS: OwnerLimits = { firstContactMs: 20_000, graceMs: 1000 };

/**
 * Lifeline of an engine that a desktop started for itself: it ends when its owner asks, or is gone. A connection tells
 * that at once on every system, even after kill -9; a signal does neither on Windows.
 */
export class OwnerWatch {
  readonly #onGone: () => void;
  readonly #limits: OwnerLimits;
  #connections = 0;
  #timer: NodeJS.Timeout | undefined;
  #over = false;

  constructor(onGone: () => void, limits: OwnerLimits = OWNER_LIMITS) {
    this.#onGone = onGone;
    this.#limits = limits;
    this.#waitFor(limits.firstContactMs);
  }

  attach(socket: WebSocket): void {
    this.#connections += 1;
    clearTimeout(this.#timer);
    socket.on('close', (code) => {
      this.#connections -= 1;
      if (code === CLOSE_STOP) this.#gone();
      else if (this.#connections === 0) this.#waitFor(this.#limits.graceMs);
    });
  }

  /** The engine ends for another reason. */
  close(): void {
    this.#over = true;
    clearTimeout(this.#timer);
  }

  #waitFor(milliseconds: number): void {
    if (this.#over) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#gone(), milliseconds);
  }

  #gone(): void {
    if (this.#over) return;
    this.close();
    this.#onGone();
  }
}
