import type { TimeRange } from '../../../../src-preload/contract/shared.ts';
import type { Command, ReadableDatabase, WritableDatabase } from '../database.ts';

/** When the engine ran, so that a span without it shows as "nobody watched" and never as "all was well". */
export class EngineRuns {
  readonly #database: WritableDatabase;
  readonly #setAlive: Command<[number, number]>;
  readonly #setEnded: Command<[number, number, number]>;
  #run = 0;

  constructor(database: WritableDatabase) {
    this.#database = database;
    this.#setAlive = database.command('UPDATE engine_runs SET last_alive = ? WHERE run = ?');
    this.#setEnded = database.command('UPDATE engine_runs SET last_alive = ?, ended = ? WHERE run = ?');
  }

  /** The engine has started. */
  begin(now: number): void {
    this.#database.transaction(() => {
      const last = this.#database.query<[], { run: number | null }>(
        'SELECT max(run) AS run FROM engine_runs',
      );
      this.#run = (last.get()?.run ?? 0) + 1;
      this.#database
        .command<[number, number, number]>(
          'INSERT INTO engine_runs (run, started, last_alive) VALUES (?, ?, ?)',
        )
        .run(this.#run, now, now);
    });
  }

  /** It still runs; called every so often, as nothing can be written at a kill. */
  alive(now: number): void {
    this.#setAlive.run(now, this.#run);
  }

  /** It ends as it should. */
  end(now: number): void {
    this.#setEnded.run(now, now, this.#run);
  }

  /** See {@link unwatchedSpans}. */
  gaps(range: TimeRange, tolerance: number): TimeRange[] {
    return unwatchedSpans(this.#database, range, tolerance);
  }
}

/**
 * The spans of a range in which no engine ran, oldest first.
 * @param tolerance how long after its last sign of life a run still counts as running, in milliseconds
 */
export function unwatchedSpans(database: ReadableDatabase, range: TimeRange, tolerance: number): TimeRange[] {
  const overlapping = database.query<[number, number], { started: number; until: number }>(
    'SELECT started, last_alive AS until FROM engine_runs WHERE last_alive >= ? AND started < ? ORDER BY started',
  );
  const gaps: TimeRange[] = [];
  let covered = range.from;
  for (const run of overlapping.all(range.from - tolerance, range.to)) {
    if (run.started > covered) gaps.push({ from: covered, to: run.started });
    covered = Math.max(covered, run.until + tolerance);
  }
  if (covered < range.to) gaps.push({ from: covered, to: range.to });
  return gaps;
}
