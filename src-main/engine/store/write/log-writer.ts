import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { LogClass } from '../../../../src-preload/contract/log-classes.ts';
import type { Clock } from '../../flow/clock.ts';
import { FailureError, type Failure } from '../../flow/failure.ts';
import type { PatternChange } from '../../flow/pattern-entry.ts';
import type { StoredLines } from '../../flow/stored-lines.ts';
import type { StreamIdentity, StreamPosition } from '../../flow/stream-position.ts';
import { openWritable, setAside } from '../database.ts';
import { isCorrupt, STORE_FAILURE, withDatabaseFailures } from '../failures.ts';
import { logMigrations } from '../migrations/logs/index.ts';
import {
  databaseBytes,
  DAY_MS,
  dayOf,
  deleteDatabase,
  listPartitions,
  partitionId,
  partitionPath,
  startOfDay,
  type PartitionName,
} from '../partitions.ts';
import type { EncodedBlock, LogStore, SavedState, WriteResult } from '../types.ts';
import { CheckpointDatabase } from './checkpoint-database.ts';
import { PartitionWriter } from './partition-writer.ts';
import { directoryBytes, expiredPartitions, expiredSetAside, type RetentionLimit } from './retention.ts';

/** Partitions kept open: reading old logs touches a few at a time, and each takes up to 2 MB. */
const OPEN_LIMIT = 16;
/** Large blobs on small pages cost a page header each 4 kB; larger pages make small commits dearer. */
const PAGE_SIZE = 8192;
/** A past day's rows are sealed when none came for this long. */
const QUIET_MS = 10 * 60_000;
/** How many past days a start looks at for rows that an earlier run left unsealed. */
const LEFT_OVER_DAYS = 3;

/** What the log store needs to know. */
export interface LogStoreOptions {
  clock: Clock;
  /** Told about files set aside. */
  onProblem: (problem: Failure) => void;
}

/**
 * Opens the logs of a data directory for their one writer.
 * @param directory the data directory, already locked by this engine
 */
export function openLogStore(directory: string, options: LogStoreOptions): LogStore {
  return withDatabaseFailures(join(directory, 'checkpoint.db'), () => {
    mkdirSync(join(directory, 'logs'), { recursive: true, mode: 0o700 });
    return new LogWriter(directory, options);
  });
}

class LogWriter implements LogStore {
  readonly #logDirectory: string;
  readonly #options: LogStoreOptions;
  readonly #checkpoint: CheckpointDatabase;
  /** Open partitions, the one used longest ago first. */
  readonly #open = new Map<string, { name: PartitionName; writer: PartitionWriter }>();
  /** Partitions that may hold unsealed rows of an earlier run. */
  #leftOver: PartitionName[];

  constructor(directory: string, options: LogStoreOptions) {
    this.#logDirectory = join(directory, 'logs');
    this.#options = options;
    this.#checkpoint = new CheckpointDatabase(join(directory, 'checkpoint.db'), options);
    const since = dayOf(options.clock.now() - LEFT_OVER_DAYS * DAY_MS);
    this.#leftOver = listPartitions(this.#logDirectory).filter(({ day }) => day >= since);
  }

  append(lines: StoredLines, end: StreamPosition): WriteResult {
    checkDay(lines.day, lines.times.subarray(0, lines.count));
    return this.#write(lines, (writer) => writer.append(lines, end));
  }

  appendBlocks(blocks: EncodedBlock[], end: StreamPosition): WriteResult {
    const first = blocks[0];
    if (first === undefined) throw new RangeError('appendBlocks needs at least one block');
    for (const block of blocks) {
      if (partitionId(block) !== partitionId(first) || block.stream !== end.stream) {
        throw new RangeError('The blocks of one call must be of one partition and stream');
      }
      checkDay(block.day, [block.firstTime, block.lastTime]);
    }
    return this.#write(first, (writer) => writer.appendBlocks(blocks, end));
  }

  changePatterns(changes: readonly PatternChange[]): void {
    for (const { writer } of this.#open.values()) writer.changePatterns(changes);
  }

  maintain(): boolean {
    const due = [...this.#open.values()].find((open) => this.#mustSeal(open));
    if (due !== undefined) {
      this.#seal(due);
      return true;
    }
    const next = this.#leftOver.pop();
    if (next === undefined) return false;
    // Opening is enough: what is due in it is found by the next call.
    if (existsSync(partitionPath(this.#logDirectory, next))) this.#partition(next);
    return true;
  }

  checkpoint(positions: StreamPosition[], detectors: SavedState[]): void {
    for (const { writer } of this.#open.values()) {
      if (!writer.dirty) continue;
      syncWriteAheadLog(writer.database.path);
      writer.dirty = false;
    }
    this.#checkpoint.save(positions, detectors);
  }

  loadCheckpoint(): ReturnType<LogStore['loadCheckpoint']> {
    return this.#checkpoint.load();
  }

  identify(identity: Omit<StreamIdentity, 'stream'>, fresh = false): StreamIdentity {
    return this.#checkpoint.identify(identity, fresh);
  }

  rename(identity: StreamIdentity): void {
    this.#checkpoint.rename(identity);
  }

  retain(
    limits: Record<LogClass, RetentionLimit>,
    now: number,
    mayGo: (partition: string, lastSequence: () => number) => boolean = () => true,
  ): { partition: string; bytes: number }[] {
    const partitions = expiredPartitions(this.#logDirectory, limits, now).flatMap(({ name, bytes }) => {
      const partition = partitionId(name);
      if (!mayGo(partition, () => this.#partition(name).lastSequence)) return [];
      this.#close(partition);
      const path = partitionPath(this.#logDirectory, name);
      withDatabaseFailures(path, () => deleteDatabase(path));
      return [{ partition, bytes }];
    });
    const rescued = expiredSetAside(this.#logDirectory, limits, now).map(({ logClass, file, bytes }) => {
      const path = join(this.#logDirectory, logClass, file);
      withDatabaseFailures(path, () => rmSync(path, { force: true }));
      return { partition: `${logClass}/${file}`, bytes };
    });
    return [...partitions, ...rescued];
  }

  usedBytes(): number {
    return (
      directoryBytes(this.#logDirectory) + databaseBytes(join(this.#logDirectory, '..', 'checkpoint.db'))
    );
  }

  close(): void {
    for (const partition of [...this.#open.keys()]) this.#close(partition);
    this.#checkpoint.close();
  }

  /** Writes to a partition. One that proves corrupt is set aside and the write goes to a new one. */
  #write(name: PartitionName, write: (writer: PartitionWriter) => WriteResult): WriteResult {
    try {
      return this.#writeOnce(name, write);
    } catch (error) {
      if (!isCorrupt(error)) throw error;
      this.#setAside(name);
      return this.#writeOnce(name, write);
    }
  }

  #seal({ name, writer }: { name: PartitionName; writer: PartitionWriter }): void {
    try {
      writer.seal();
    } catch (error) {
      if (!isCorrupt(error)) throw error;
      this.#setAside(name);
    }
  }

  #setAside(name: PartitionName): void {
    const partition = partitionId(name);
    try {
      this.#open.get(partition)?.writer.close();
    } catch (error) {
      // Closing writes the WAL back, which a damaged file may refuse: it is kept with the file.
      if (!isCorrupt(error)) throw error;
    }
    this.#open.delete(partition);
    this.#options.onProblem(setAside(partitionPath(this.#logDirectory, name), this.#options.clock));
  }

  #writeOnce(name: PartitionName, write: (writer: PartitionWriter) => WriteResult): WriteResult {
    const writer = this.#partition(name);
    const result = write(writer);
    writer.writtenAt = this.#options.clock.now();
    return result;
  }

  #partition(name: PartitionName): PartitionWriter {
    const partition = partitionId(name);
    const known = this.#open.get(partition);
    this.#open.delete(partition);
    const open = known ?? {
      name: { logClass: name.logClass, day: name.day },
      writer: this.#openPartition(name),
    };
    this.#open.set(partition, open);
    for (const oldest of this.#open.keys()) {
      if (this.#open.size <= OPEN_LIMIT) break;
      this.#close(oldest);
    }
    return open.writer;
  }

  #openPartition(name: PartitionName): PartitionWriter {
    const path = partitionPath(this.#logDirectory, name);
    return withDatabaseFailures(path, () => {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      const database = openWritable(path, {
        clock: this.#options.clock,
        onProblem: this.#options.onProblem,
        migrations: logMigrations,
        synchronous: 'NORMAL',
        pageSize: PAGE_SIZE,
      });
      return new PartitionWriter(partitionId(name), database);
    });
  }

  #close(partition: string): void {
    const open = this.#open.get(partition);
    this.#open.delete(partition);
    if (open === undefined) return;
    open.writer.close();
    // Closing writes the WAL into the file and syncs it, unless a reader still has it open.
    if (open.writer.dirty) syncWriteAheadLog(open.writer.database.path);
  }

  #mustSeal({ name, writer }: { name: PartitionName; writer: PartitionWriter }): boolean {
    if (writer.sealDue) return true;
    const now = this.#options.clock.now();
    return writer.sealWorthwhile && name.day < dayOf(now) && now - writer.writtenAt > QUIET_MS;
  }
}

/** A line in the wrong day's file would never be found by time: that is a fault of the caller, not of the line. */
function checkDay(day: string, times: Iterable<number>): void {
  const start = startOfDay(day);
  for (const time of times) {
    if (Number.isInteger(time) && time >= start && time < start + DAY_MS) continue;
    throw new FailureError({
      kind: 'INTERNAL',
      message: { key: STORE_FAILURE.internal, parameters: { path: day, code: `time ${time}` } },
    });
  }
}

/**
 * With synchronous=NORMAL a commit survives a kill but not a power cut. The checkpoint lets a restart skip what these
 * commits hold, so they must be on the disk before it. Only the WAL is opened: closing a second descriptor of the main
 * file would drop the process's locks on it (POSIX).
 */
function syncWriteAheadLog(path: string): void {
  const log = `${path}-wal`;
  if (!existsSync(log)) return;
  withDatabaseFailures(log, () => {
    const descriptor = openSync(log, 'r+');
    try {
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  });
}
