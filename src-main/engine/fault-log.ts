import { appendFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from './flow/clock.ts';

/** Two files of this size at most: enough to find a fault in, too little to fill a disk. */
const MAX_BYTES = 2_000_000;

/** The engine's own log: faults with the id that a face was shown. Never holds inputs, outputs or secrets. */
export class FaultLog {
  readonly #path: string;
  readonly #clock: Clock;

  constructor(dataDirectory: string, clock: Clock) {
    this.#path = join(dataDirectory, 'engine.log');
    this.#clock = clock;
  }

  write(event: string, facts: Record<string, string | number>, error?: unknown): void {
    const entry = {
      time: new Date(this.#clock.now()).toISOString(),
      event,
      ...facts,
      error: describe(error),
    };
    try {
      if ((statSync(this.#path, { throwIfNoEntry: false })?.size ?? 0) > MAX_BYTES) {
        renameSync(this.#path, `${this.#path}.1`);
      }
      appendFileSync(this.#path, `${JSON.stringify(entry)}\n`, { mode: 0o600 });
    } catch {
      // A full disk must not turn a logged fault into a crash; what is wrong with the disk is shown elsewhere.
    }
  }
}

function describe(error: unknown): string | undefined {
  if (error === undefined) return undefined;
  return error instanceof Error ? (error.stack ?? error.message) : JSON.stringify(error);
}
