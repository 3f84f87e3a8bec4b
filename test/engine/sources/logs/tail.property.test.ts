import { appendFileSync, copyFileSync, existsSync, renameSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MemoryStore, readOnce, start, temporaryDirectory, type Running } from './tail-harness.ts';

type Operation =
  | { kind: 'append'; lines: number; half: boolean }
  | { kind: 'rotate' | 'copytruncate' | 'restart' | 'stop' | 'settle' | 'truncate' };

const operation: fc.Arbitrary<Operation> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('append' as const),
      lines: fc.integer({ min: 1, max: 40 }),
      half: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.constantFrom<Operation>({ kind: 'rotate' }, { kind: 'copytruncate' }) },
  {
    weight: 2,
    arbitrary: fc.constantFrom<Operation>({ kind: 'restart' }, { kind: 'stop' }, { kind: 'settle' }),
  },
  { weight: 1, arbitrary: fc.constant<Operation>({ kind: 'truncate' }) },
);

/** A log that is written, rotated and truncated, and what must come out of it. */
class World {
  readonly store = new MemoryStore();
  readonly expected: string[] = [];
  readonly #path: string;
  readonly #source: string;
  #running: Running | undefined;
  #number = 0;
  #rotations = 0;
  #open = false;
  /** The file as it is now was read from, or holds nothing. */
  #known = true;
  /** Nothing was written since it was replaced. */
  #fresh = true;

  constructor(directory: string, watchFolder: boolean) {
    this.#path = join(directory, 'app.log');
    this.#source = watchFolder ? directory : this.#path;
    writeFileSync(this.#path, '');
  }

  async do(step: Operation): Promise<void> {
    switch (step.kind) {
      case 'append': {
        this.#append(step.lines, step.half);
        return;
      }
      case 'rotate':
        await this.#beforeReplacing();
        renameSync(this.#path, this.#nextName());
        writeFileSync(this.#path, '');
        this.#fresh = true;
        return;
      case 'copytruncate':
        await this.#beforeReplacing();
        copyFileSync(this.#path, this.#nextName());
        truncateSync(this.#path);
        this.#fresh = true;
        return;
      case 'truncate':
        // Only what was read before can be asked for: with nothing left unread, nothing may be lost.
        this.#finishLine();
        await this.settle();
        truncateSync(this.#path);
        this.#fresh = true;
        return;
      case 'stop':
        return this.#stop();
      case 'restart':
        await this.#stop();
        this.#run();
        return;
      case 'settle':
        return this.settle();
    }
  }

  async settle(): Promise<void> {
    this.#finishLine();
    this.#run();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`missing ${this.#missing()}`)), 8_000);
    });
    await Promise.race([this.store.untilLines(this.expected.length), late]).finally(() =>
      clearTimeout(timer),
    );
    this.#known = true;
  }

  #missing(): string {
    return this.expected.filter((line) => !this.store.lines.includes(line)).join(', ');
  }

  /**
   * A file that comes and goes between two looks under another name than the watched one can't be known: each is seen
   * once before it is replaced. What is appended after that need not be.
   */
  async #beforeReplacing(): Promise<void> {
    this.#finishLine();
    if (!this.#known) await this.settle();
  }

  async end(): Promise<void> {
    await this.settle();
    await this.#stop();
    await readOnce(this.store, [this.#source]);
  }

  /** A line's beginning without its end may be left; the next line or step completes it. */
  #append(lines: number, half: boolean): void {
    this.#finishLine();
    for (let index = 0; index < lines; index += 1) {
      const line = `${this.#number} a line of its own ${'·'.repeat((this.#number * 13) % 30)}`;
      this.#number += 1;
      this.expected.push(Buffer.from(line).toString('latin1'));
      const last = index === lines - 1 && half;
      appendFileSync(this.#path, last ? line : `${line}\n`);
      this.#open = last;
      if (this.#fresh) this.#known = false;
      this.#fresh = false;
    }
  }

  #finishLine(): void {
    if (this.#open) appendFileSync(this.#path, '\n');
    this.#open = false;
  }

  #nextName(): string {
    this.#rotations += 1;
    const name = `${this.#path}.${this.#rotations}`;
    if (existsSync(name)) throw new Error('taken');
    return name;
  }

  #run(): void {
    // Half a line waits: here its end always comes.
    this.#running ??= start(this.store, [this.#source], {
      timings: { partial: 60_000, rotatedPartial: 60_000 },
    });
  }

  async #stop(): Promise<void> {
    await this.#running?.stop();
    this.#running = undefined;
  }
}

test.each([
  ['file', false],
  ['folder', true],
])(
  'every line comes once, whatever happens to the %s',
  async (_, watchFolder) => {
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { minLength: 3, maxLength: 14 }), async (steps) => {
        const world = new World(temporaryDirectory(), watchFolder);
        for (const step of steps) await world.do(step);
        await world.end();
        expect(world.store.lines.toSorted()).toEqual(world.expected.toSorted());
      }),
      { numRuns: 120 },
    );
  },
  60_000,
);
