import { join } from 'node:path';
import type { Clock } from '../../flow/clock.ts';
import type { Failure } from '../../flow/failure.ts';
import { TRAFFIC_KINDS } from '../../flow/traffic.ts';
import { openWritable, type Command, type Query, type WritableDatabase } from '../database.ts';
import { trafficMigrations } from '../migrations/traffic/index.ts';
import { addLatencies, packLatencies } from './latency-counts.ts';
import { addSums, type TrafficRow, type TrafficSums } from './traffic-row.ts';

/** File in the data directory. */
export const TRAFFIC_FILE = 'traffic.db';
/** Routes, clients and users kept apart within five minutes; all others are one row without a name. */
const MAX_NAMES = 500;
/** All rows, some 100 bytes each; beyond, the oldest go whatever their age. */
const MAX_ROWS = 4_000_000;

/** Rows written by one statement: one by one, a third of the time goes into calling SQLite. */
const ROWS_AT_ONCE = 16;

/** The columns of a row. */
type SumValues = [number, number, string, number, number, number, number, Buffer];

/**
 * `traffic.db`: written by the log writer alone. Sums arrive as numbered deliveries that are also kept in the checkpoint, so
 * that each is added exactly once wherever the engine is killed.
 */
export class TrafficStore {
  readonly #database: WritableDatabase;
  readonly #find: Query<[number, number, string], TrafficSums<Buffer>>;
  readonly #stored: Query<[number, number], { count: number }>;
  readonly #set: Command<SumValues>;
  readonly #setMany: Command<SumValues[number][]>;

  constructor(directory: string, options: { clock: Clock; onProblem: (problem: Failure) => void }) {
    this.#database = openWritable(join(directory, TRAFFIC_FILE), {
      ...options,
      migrations: trafficMigrations,
      synchronous: 'FULL',
    });
    this.#find = this.#database.query(
      'SELECT requests, errors, refusals, bytes, latency FROM sums WHERE kind = ? AND time = ? AND name = ?',
    );
    this.#stored = this.#database.query('SELECT count(*) AS count FROM sums WHERE kind = ? AND time = ?');
    this.#set = this.#database.command(setting(1));
    this.#setMany = this.#database.command(setting(ROWS_AT_ONCE));
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
      const groups = Map.groupBy(rows, ({ kind, time }) => time * TRAFFIC_KINDS.length + kind);
      for (const group of groups.values()) this.#addGroup(group);
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

  /** Adds rows of one kind and time. What needs no name, and what there is no name left for, is one row together. */
  #addGroup(rows: TrafficRow[]): void {
    const [{ kind, time } = { kind: 0, time: 0 }] = rows;
    const stored = this.#stored.get(kind, time)?.count ?? 0;
    let room = MAX_NAMES - stored;
    // Those that count most get the names, where there are too many.
    if (rows.length > room) rows.sort((a, b) => b.requests - a.requests);
    const others = { kind, time, name: '', requests: 0, errors: 0, refusals: 0, bytes: 0, latency: [] };
    const sums: SumValues[] = [];
    for (const row of rows) {
      const known = stored === 0 || row.name === '' ? undefined : this.#find.get(kind, time, row.name);
      if (row.name === '' || (known === undefined && room <= 0)) addSums(others, row);
      else {
        if (known === undefined) room -= 1;
        sums.push(sumOf(row, known));
      }
    }
    if (others.requests > 0)
      sums.push(sumOf(others, stored === 0 ? undefined : this.#find.get(kind, time, '')));
    this.#write(sums);
  }

  #write(sums: readonly SumValues[]): void {
    const many = sums.length - (sums.length % ROWS_AT_ONCE);
    for (let at = 0; at < many; at += ROWS_AT_ONCE)
      this.#setMany.run(...sums.slice(at, at + ROWS_AT_ONCE).flat());
    for (const sum of sums.slice(many)) this.#set.run(...sum);
  }
}

function setting(rows: number): string {
  const values = new Array<string>(rows).fill('(?, ?, ?, ?, ?, ?, ?, ?)').join(', ');
  return `INSERT INTO sums (kind, time, name, requests, errors, refusals, bytes, latency) VALUES ${values}
    ON CONFLICT (kind, time, name) DO UPDATE SET requests = excluded.requests, errors = excluded.errors,
      refusals = excluded.refusals, bytes = excluded.bytes, latency = excluded.latency`;
}

/** @param known what is stored of the same kind, time and name */
function sumOf(
  { kind, time, name, requests, errors, refusals, bytes, latency: timed }: TrafficRow,
  known?: TrafficSums<Buffer>,
): SumValues {
  // A copy: a delivery that fails is added once more.
  const latency = known === undefined ? timed : [...timed];
  if (known !== undefined) addLatencies(latency, known.latency);
  return [
    kind,
    time,
    name,
    requests + (known?.requests ?? 0),
    errors + (known?.errors ?? 0),
    refusals + (known?.refusals ?? 0),
    bytes + (known?.bytes ?? 0),
    packLatencies(latency),
  ];
}
