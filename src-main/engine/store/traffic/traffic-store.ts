import { join } from 'node:path';
import type { Clock } from '../../flow/clock.ts';
import type { Failure } from '../../flow/failure.ts';
import { KIND } from '../../flow/traffic.ts';
import { openWritable, type Command, type Query, type WritableDatabase } from '../database.ts';
import { trafficMigrations } from '../migrations/traffic/index.ts';
import { addLatencies, packLatencies } from './latency-counts.ts';
import type { TrafficRow } from './traffic-row.ts';

/** File in the data directory. */
export const TRAFFIC_FILE = 'traffic.db';
/** Routes, clients and users kept apart within five minutes; all others are one row without a name. */
const MAX_NAMES = 500;
/** All rows, some 100 bytes each; beyond, the oldest go whatever their age. */
const MAX_ROWS = 4_000_000;

interface StoredRow {
  requests: number;
  errors: number;
  refusals: number;
  bytes: number;
  latency: Buffer;
}

/**
 * `traffic.db`: written by the log writer alone. Sums arrive as numbered deliveries that are also kept in the checkpoint, so
 * that each is added exactly once wherever the engine is killed.
 */
export class TrafficStore {
  readonly #database: WritableDatabase;
  readonly #find: Query<[number, number, string], StoredRow>;
  readonly #named: Query<[number, number], { count: number }>;
  readonly #set: Command<[number, number, string, number, number, number, number, Buffer]>;

  constructor(directory: string, options: { clock: Clock; onProblem: (problem: Failure) => void }) {
    this.#database = openWritable(join(directory, TRAFFIC_FILE), {
      ...options,
      migrations: trafficMigrations,
      synchronous: 'FULL',
    });
    this.#find = this.#database.query(
      'SELECT requests, errors, refusals, bytes, latency FROM sums WHERE kind = ? AND time = ? AND name = ?',
    );
    this.#named = this.#database.query('SELECT count(*) AS count FROM sums WHERE kind = ? AND time = ?');
    this.#set = this.#database.command(
      `INSERT INTO sums (kind, time, name, requests, errors, refusals, bytes, latency) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (kind, time, name) DO UPDATE SET requests = excluded.requests, errors = excluded.errors,
         refusals = excluded.refusals, bytes = excluded.bytes, latency = excluded.latency`,
    );
  }

  /** Number of the last delivery that was added. */
  get applied(): number {
    const query = this.#database.query<[], { number: number }>('SELECT number FROM applied');
    return query.get()?.number ?? 0;
  }

  /** Adds a delivery, all of it or nothing; one that was added before changes nothing. */
  apply(number: number, rows: TrafficRow[]): void {
    this.#database.transaction(() => {
      if (number <= this.applied) return;
      const counts = new Map<string, number>();
      // Those that count most get the names, where there are too many.
      for (const row of rows.toSorted((a, b) => b.requests - a.requests)) this.#add(row, counts);
      this.#database.command<[number]>('UPDATE applied SET number = ?').run(number);
    });
  }

  /** Deletes what is past its age or beyond the limit; returns how many rows. */
  retain(days: number, now: number): number {
    const drop = this.#database.command<[number]>('DELETE FROM sums WHERE time < ?');
    let dropped = drop.run(now - days * 86_400_000);
    const count = this.#database.query<[], { count: number; oldest: number; newest: number }>(
      'SELECT count(*) AS count, min(time) AS oldest, max(time) AS newest FROM sums',
    );
    for (let stored = count.get(); stored !== undefined && stored.count > MAX_ROWS; stored = count.get()) {
      const step = Math.max(86_400_000, (stored.newest - stored.oldest) / 20);
      dropped += drop.run(stored.oldest + step);
    }
    return dropped;
  }

  close(): void {
    this.#database.close();
  }

  #add(row: TrafficRow, counts: Map<string, number>): void {
    const { kind, time } = row;
    let { name } = row;
    let known = this.#find.get(kind, time, name);
    if (known === undefined && kind !== KIND.total && name !== '') {
      const group = `${kind} ${time}`;
      const named = counts.get(group) ?? this.#named.get(kind, time)?.count ?? 0;
      if (named >= MAX_NAMES) {
        name = '';
        known = this.#find.get(kind, time, name);
      }
      counts.set(group, Math.min(MAX_NAMES, named + 1));
    }
    const latency = [...row.latency];
    if (known !== undefined) addLatencies(latency, known.latency);
    this.#set.run(
      kind,
      time,
      name,
      row.requests + (known?.requests ?? 0),
      row.errors + (known?.errors ?? 0),
      row.refusals + (known?.refusals ?? 0),
      row.bytes + (known?.bytes ?? 0),
      packLatencies(latency),
    );
  }
}
