import type { Failure } from '../../flow/failure.ts';
import { FailureError } from '../../flow/failure.ts';
import { databaseFailure, STORE_FAILURE } from '../failures.ts';
import { listPartitions, partitionId, partitionPath, type PartitionName } from '../partitions.ts';
import { PartitionReader } from './partition-reader.ts';
import type { PatternReader } from './pattern-reader.ts';
import type { LineUnit } from './unit.ts';

/** Partitions a reader keeps open. Their block summaries take some hundred kilobytes each at the most. */
const OPEN_LIMIT = 32;

/** The partitions of a log directory as they are now: new ones appear, deleted ones go. */
export class PartitionSet {
  readonly #directory: string;
  readonly #onProblem: (problem: Failure) => void;
  readonly #open = new Map<string, PartitionReader>();

  constructor(directory: string, onProblem: (problem: Failure) => void) {
    this.#directory = directory;
    this.#onProblem = onProblem;
  }

  /** Newest day first. */
  list(): PartitionName[] {
    return listPartitions(this.#directory);
  }

  /** The lines of a partition as of now. One that is damaged or gone has none: the others are still worth reading. */
  units(name: PartitionName): LineUnit[] {
    return this.guard([], () => this.#reader(name)?.units() ?? []);
  }

  /** The patterns of a partition; undefined where it has none. */
  patterns(name: PartitionName): PatternReader | undefined {
    return this.guard(undefined, () => this.#reader(name)?.patterns);
  }

  /** Runs something that reads a partition; damage is reported and the fallback stands in. */
  guard<Value>(fallback: Value, read: () => Value): Value {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof FailureError)) throw error;
      if (error.failure.kind === 'BAD_INPUT' || error.failure.kind === 'CANCELLED') throw error;
      this.#onProblem(error.failure);
      return fallback;
    }
  }

  close(): void {
    for (const reader of this.#open.values()) reader.close();
    this.#open.clear();
  }

  #reader(name: PartitionName): PartitionReader | undefined {
    const partition = partitionId(name);
    const path = partitionPath(this.#directory, name);
    let reader = this.#open.get(partition);
    this.#open.delete(partition);
    if (reader?.isCurrent(path) === false) {
      reader.close();
      reader = undefined;
    }
    reader ??= openUnlessEmpty(name, path);
    if (reader === undefined) return undefined;
    this.#open.set(partition, reader);
    for (const [oldest, oldReader] of this.#open) {
      if (this.#open.size <= OPEN_LIMIT) break;
      oldReader.close();
      this.#open.delete(oldest);
    }
    return reader;
  }
}

/** A file that its writer is only just creating, or that was deleted since it was listed, holds no lines yet or any more. */
function openUnlessEmpty(name: PartitionName, path: string): PartitionReader | undefined {
  try {
    return new PartitionReader(name, path);
  } catch (error) {
    const { key, parameters } = databaseFailure(error, path).message;
    const isNew = key === STORE_FAILURE.olderVersion && parameters['found'] === 0;
    const isGone = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (isNew || isGone) return undefined;
    throw error;
  }
}
