import { existsSync, renameSync, statSync } from 'node:fs';
import Database from 'better-sqlite3';
import type { Clock } from '../flow/clock.ts';
import { FailureError, type Failure } from '../flow/failure.ts';
import { databaseFailure, isCorrupt, STORE_FAILURE, withDatabaseFailures } from './failures.ts';

/** A statement that only reads. */
export interface Query<Parameters extends unknown[], Row> {
  get(...parameters: Parameters): Row | undefined;
  all(...parameters: Parameters): Row[];
}

/** A statement that writes; answers how many rows it changed. */
export interface Command<Parameters extends unknown[]> {
  run(...parameters: Parameters): number;
}

/** One step of a schema, numbered in tens so that one can be put between two while a branch is open. */
export interface Migration {
  version: number;
  up(database: WritableDatabase): void;
}

export interface DatabaseOptions {
  /** Oldest first. The last one's version is the newest this program knows. */
  migrations: readonly Migration[];
  /** FULL survives a power cut with every commit; NORMAL may lose the last commits then, but never tears a file. */
  synchronous: 'NORMAL' | 'FULL';
  /** Memory for pages; small by default because many partitions are open at once. */
  cacheKilobytes?: number;
  pageSize?: number;
  /** Told about a file that was set aside. */
  onProblem: (problem: Failure) => void;
  clock: Clock;
}

/** How long a statement waits for another process's or thread's lock before it is BUSY, in milliseconds. */
const LOCK_WAIT_MS = 5_000;
/** A WAL file is cut back to this after a checkpoint, so that one large write does not keep its space for ever. */
const WAL_LIMIT_BYTES = 16 * 1024 * 1024;
/** Fewer free pages than this are not worth writing the file anew. */
const SMALLEST_COMPACTION_PAGES = 64;
/**
 * Above this, a file left by a crash is not read through on opening (it would take seconds): damage in it shows when the
 * damaged page is read. A kill alone never damages a file; a power cut on a lying disk may.
 */
const QUICK_CHECK_BELOW_BYTES = 256 * 1024 * 1024;

/** A database that can be read. What writes needs the other type. */
export class ReadableDatabase {
  readonly path: string;
  protected readonly connection: Database.Database;

  constructor(path: string, connection: Database.Database) {
    this.path = path;
    this.connection = connection;
  }

  /** Prepares a statement that reads; refuses one that writes. */
  query<Parameters extends unknown[], Row>(sql: string): Query<Parameters, Row> {
    return withDatabaseFailures(this.path, () => {
      const statement = this.connection.prepare<Parameters, Row>(sql);
      if (!statement.readonly) throw new TypeError(`A query must not write: ${sql}`);
      return {
        get: (...parameters) => withDatabaseFailures(this.path, () => statement.get(...parameters)),
        all: (...parameters) => withDatabaseFailures(this.path, () => statement.all(...parameters)),
      };
    });
  }

  /** Several queries that see the same state, whatever is written meanwhile. */
  snapshot<Result>(read: () => Result): Result {
    return withDatabaseFailures(this.path, () => this.connection.transaction(read).deferred());
  }

  /** How SQLite would run a statement, one step a line: pins hot queries to their index in tests. */
  plan(sql: string): string[] {
    return withDatabaseFailures(this.path, () =>
      this.connection
        .prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
        .all(...Array.from({ length: parameterCount(sql) }, () => null))
        .map((row) => row.detail),
    );
  }

  get version(): number {
    return Number(this.connection.pragma('user_version', { simple: true }));
  }

  close(): void {
    withDatabaseFailures(this.path, () => this.connection.close());
  }
}

/** A database that this thread alone writes. */
export class WritableDatabase extends ReadableDatabase {
  command<Parameters extends unknown[]>(sql: string): Command<Parameters> {
    return withDatabaseFailures(this.path, () => {
      const statement = this.connection.prepare<Parameters>(sql);
      return {
        run: (...parameters) => withDatabaseFailures(this.path, () => statement.run(...parameters).changes),
      };
    });
  }

  /** Runs statements without parameters, for schemas. */
  execute(sql: string): void {
    withDatabaseFailures(this.path, () => this.connection.exec(sql));
  }

  /** All of it or nothing. Takes the write lock at once, so that it can't fail half-way for a lock. */
  transaction<Result>(write: () => Result): Result {
    return withDatabaseFailures(this.path, () => this.connection.transaction(write).immediate());
  }

  /** Moves what the WAL holds into the file and empties it. */
  checkpoint(): void {
    withDatabaseFailures(this.path, () => this.connection.pragma('wal_checkpoint(TRUNCATE)'));
  }

  /**
   * Gives pages that hold nothing back to the file system, if they are at least half of the file. What is deleted leaves
   * its pages in the file for what comes next; what only shrinks once would keep them for ever. Takes as long as writing
   * the other half does. It only saves space: where there is none for it, or somebody else writes, nothing changes.
   */
  compact(): void {
    try {
      withDatabaseFailures(this.path, () => {
        const free = Number(this.connection.pragma('freelist_count', { simple: true }));
        const all = Number(this.connection.pragma('page_count', { simple: true }));
        if (free * 2 >= all && free >= SMALLEST_COMPACTION_PAGES) this.connection.exec('VACUUM');
      });
    } catch (error) {
      if (databaseFailure(error, this.path).kind !== 'UNAVAILABLE') throw error;
    }
  }

  setVersion(version: number): void {
    withDatabaseFailures(this.path, () => this.connection.pragma(`user_version = ${Math.trunc(version)}`));
  }
}

/**
 * Opens a database for its one writer: creates it, migrates it, checks it if the last close was not clean. A corrupt file
 * is set aside under another name, reported, and a new one is begun.
 * @throws FailureError when it can't be opened, or was written by a newer version
 */
export function openWritable(path: string, options: DatabaseOptions): WritableDatabase {
  try {
    return openChecked(path, options);
  } catch (error) {
    if (!isCorrupt(error)) throw error;
    options.onProblem(setAside(path, options.clock));
    return openChecked(path, options);
  }
}

/**
 * Opens a database that somebody else may be writing.
 * @param oldestReadable version from which on the reader copes with what is missing; the newest unless told
 * @throws FailureError when it is missing, or of a version this program does not know
 */
export function openReadable(
  path: string,
  migrations: readonly Migration[],
  oldestReadable = newestVersion(migrations),
): ReadableDatabase {
  return withDatabaseFailures(path, () => {
    const connection = new Database(path, { readonly: true, fileMustExist: true, timeout: LOCK_WAIT_MS });
    try {
      connection.pragma('cache_size = -1000');
      const database = new ReadableDatabase(path, connection);
      const { version } = database;
      const newest = newestVersion(migrations);
      if (version > newest) throw versionFailure(path, version, newest);
      if (version < oldestReadable) throw versionFailure(path, version, newest, STORE_FAILURE.olderVersion);
      return database;
    } catch (error) {
      connection.close();
      throw error;
    }
  });
}

/** Renames a damaged database out of the way, with its side files, and says so. The bytes are kept for a rescue. */
export function setAside(path: string, clock: Clock): Failure {
  const stamp = new Date(clock.now()).toISOString().replaceAll(':', '-');
  const target = freeName(`${path}.corrupt-${stamp}`);
  withDatabaseFailures(path, () => {
    renameSync(path, target);
    for (const suffix of ['-wal', '-shm']) {
      if (existsSync(path + suffix)) renameSync(path + suffix, target + suffix);
    }
  });
  return { kind: 'UNAVAILABLE', message: { key: STORE_FAILURE.setAside, parameters: { path, target } } };
}

function freeName(wanted: string): string {
  let name = wanted;
  for (let number = 2; existsSync(name); number += 1) name = `${wanted}-${number}`;
  return name;
}

function openChecked(path: string, options: DatabaseOptions): WritableDatabase {
  return withDatabaseFailures(path, () => {
    const unclean = closedUncleanly(path);
    const connection = new Database(path, { timeout: LOCK_WAIT_MS });
    try {
      connection.pragma(`page_size = ${options.pageSize ?? 4096}`);
      connection.pragma('journal_mode = WAL');
      connection.pragma(`synchronous = ${options.synchronous}`);
      connection.pragma(`cache_size = -${options.cacheKilobytes ?? 2000}`);
      connection.pragma(`journal_size_limit = ${WAL_LIMIT_BYTES}`);
      connection.pragma('foreign_keys = ON');
      if (unclean) quickCheck(path, connection);
      const database = new WritableDatabase(path, connection);
      migrate(database, options.migrations);
      return database;
    } catch (error) {
      connection.close();
      throw error;
    }
  });
}

/** SQLite removes the WAL when the last connection closes: one that is still there was left by a crash (or has a reader). */
function closedUncleanly(path: string): boolean {
  return existsSync(`${path}-wal`) && statSync(`${path}-wal`).size > 0;
}

function quickCheck(path: string, connection: Database.Database): void {
  if (statSync(path).size > QUICK_CHECK_BELOW_BYTES) return;
  const answer = connection.pragma('quick_check(1)', { simple: true });
  if (answer !== 'ok') {
    throw new FailureError({
      kind: 'UNAVAILABLE',
      message: { key: STORE_FAILURE.corrupt, parameters: { path, code: String(answer).slice(0, 200) } },
    });
  }
}

/** Each migration in a transaction of its own, with its number: a kill in between leaves the version before or after. */
function migrate(database: WritableDatabase, migrations: readonly Migration[]): void {
  const newest = newestVersion(migrations);
  if (database.version > newest) throw versionFailure(database.path, database.version, newest);
  for (const migration of migrations) {
    if (migration.version <= database.version) continue;
    database.transaction(() => {
      // Read again under the write lock: another process may have been quicker.
      if (migration.version <= database.version) return;
      migration.up(database);
      database.setVersion(migration.version);
    });
  }
}

function newestVersion(migrations: readonly Migration[]): number {
  return migrations.at(-1)?.version ?? 0;
}

function versionFailure(
  path: string,
  found: number,
  known: number,
  key: string = STORE_FAILURE.newerVersion,
): FailureError {
  return new FailureError({ kind: 'CONFLICT', message: { key, parameters: { path, found, known } } });
}

function parameterCount(sql: string): number {
  return sql.split('?').length - 1;
}
