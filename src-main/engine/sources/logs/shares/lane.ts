import type { Clock } from '../../../flow/clock.ts';

/**
 * The system has four threads for all our file access, and an access to a share whose server is gone keeps its thread for
 * minutes. So many are given to shares, all together: the other two always work for local files.
 */
const SHARE_ACCESSES = 2;

/** How many accesses to shares are under way, whoever makes them. */
export class ShareAccess {
  readonly #limit: number;
  readonly #waiting: (() => void)[] = [];
  #active = 0;

  constructor(limit: number = SHARE_ACCESSES) {
    this.#limit = limit;
  }

  async take(): Promise<void> {
    if (this.#active >= this.#limit) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#active += 1;
  }

  give(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#active -= 1;
    else next();
  }
}

/** What runs file access one step at a time. */
export interface Lane {
  run<T>(step: () => Promise<T>): Promise<T>;
  /** Since when the present step has no answer, UTC milliseconds. */
  readonly waitingSince: number | undefined;
}

/** Local files answer: nothing is held back. */
export const OPEN_LANE: Lane = { run: (step) => step(), waitingSince: undefined };

/** One share's steps, one after the other. A step that hangs holds up this share and takes one access of all, no more. */
export class ShareLane implements Lane {
  readonly #access: ShareAccess;
  readonly #clock: Clock;
  #last: Promise<unknown> = Promise.resolve();
  #since: number | undefined;

  constructor(access: ShareAccess, clock: Clock) {
    this.#access = access;
    this.#clock = clock;
  }

  get waitingSince(): number | undefined {
    return this.#since;
  }

  run<T>(step: () => Promise<T>): Promise<T> {
    const before = this.#last;
    const result = (async () => {
      await before.catch(() => undefined);
      this.#since = this.#clock.now();
      await this.#access.take();
      try {
        return await step();
      } finally {
        this.#since = undefined;
        this.#access.give();
      }
    })();
    this.#last = result;
    return result;
  }
}
