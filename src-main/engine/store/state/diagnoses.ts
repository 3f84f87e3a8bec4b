import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { CheckResult, Diagnosis, DiagnosisSummary } from '../../../../src-preload/contract/diagnosis.ts';
import type { Command, Query, ReadableDatabase, WritableDatabase } from '../database.ts';
import type { DiagnosisStore } from '../types.ts';

/** Some two years of weekly runs, or half a year of daily ones; at about 10 kB a run, 2 MB. */
export const MAX_RUNS = 200;
/** With all their evidence, for a bundle: the newest run and those it is compared with. */
const HANDED_OVER = 5;

interface Row {
  summary: string;
  checks: Uint8Array;
}

/** Reads kept runs, whoever writes them. */
export class DiagnosisHistory {
  readonly #list: Query<[number], { summary: string }>;
  readonly #latest: Query<[], Row>;
  readonly #find: Query<[string], Row>;

  constructor(database: ReadableDatabase) {
    this.#list = database.query('SELECT summary FROM diagnoses ORDER BY started DESC, id DESC LIMIT ?');
    this.#latest = database.query(
      'SELECT summary, checks FROM diagnoses ORDER BY started DESC, id DESC LIMIT 1',
    );
    this.#find = database.query('SELECT summary, checks FROM diagnoses WHERE id = ?');
  }

  list(limit: number): DiagnosisSummary[] {
    return this.#list.all(limit).map((row) => JSON.parse(row.summary) as DiagnosisSummary);
  }

  /** Runs that began before a time, newest first. */
  before(time: number): DiagnosisSummary[] {
    return this.list(MAX_RUNS).filter(({ startedAt }) => startedAt < time);
  }

  /** The newest {@link HANDED_OVER} runs as a whole, newest first. */
  newest(): Diagnosis[] {
    return this.list(HANDED_OVER).flatMap(({ id }) => this.find(id) ?? []);
  }

  latest(): Diagnosis | undefined {
    return toRun(this.#latest.get());
  }

  find(id: string): Diagnosis | undefined {
    return toRun(this.#find.get(id));
  }
}

/** Keeps runs as well; the oldest beyond {@link MAX_RUNS} go in the same transaction. */
export class StateDiagnoses extends DiagnosisHistory implements DiagnosisStore {
  readonly #database: WritableDatabase;
  readonly #insert: Command<[string, number, string, Uint8Array]>;
  readonly #retain: Command<[number]>;

  constructor(database: WritableDatabase) {
    super(database);
    this.#database = database;
    this.#insert = database.command(
      'INSERT INTO diagnoses (id, started, summary, checks) VALUES (?, ?, ?, ?)',
    );
    this.#retain = database.command(
      `DELETE FROM diagnoses WHERE id IN
        (SELECT id FROM diagnoses ORDER BY started DESC, id DESC LIMIT -1 OFFSET ?)`,
    );
  }

  keep({ checks, ...summary }: Diagnosis): void {
    const packed = deflateRawSync(JSON.stringify(checks));
    this.#database.transaction(() => {
      this.#insert.run(summary.id, summary.startedAt, JSON.stringify(summary), packed);
      this.#retain.run(MAX_RUNS);
    });
  }
}

/** Our own JSON back: this store alone writes the table. */
function toRun(row: Row | undefined): Diagnosis | undefined {
  if (row === undefined) return undefined;
  const summary = JSON.parse(row.summary) as DiagnosisSummary;
  const checks = JSON.parse(inflateRawSync(row.checks).toString('utf8')) as CheckResult[];
  return { ...summary, checks };
}
