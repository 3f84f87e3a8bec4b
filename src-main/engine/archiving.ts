import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { LOG_CLASSES } from '../../src-preload/contract/log-classes.ts';
import type { RetentionState } from '../../src-preload/contract/retention.ts';
import type { Settings } from '../../src-preload/contract/settings.ts';
import type { Message } from '../../src-preload/contract/shared.ts';
import type { ArchiveKey, SavedKey } from './archive-key.ts';
import type { AuditTrail } from './flow/audit-trail.ts';
import type { Clock } from './flow/clock.ts';
import { FailureError } from './flow/failure.ts';
import type { ProblemList } from './problem-list.ts';
import { listArchives, MANIFEST_ENDING, type ArchiveManifest } from './store/archive/manifest.ts';
import { verifyArchive } from './store/archive/read-archive.ts';
import {
  DAY_MS,
  databaseBytes,
  listPartitions,
  partitionId,
  partitionPath,
  startOfDay,
  type PartitionName,
} from './store/partitions.ts';
import type { ReaderPool } from './store/read/reader-pool.ts';
import { expiredPartitions } from './store/write/retention.ts';
import { archivedClasses } from './thread-settings.ts';

export { ArchiveKey } from './archive-key.ts';

export interface ArchivingOptions {
  dataDirectory: string;
  clock: Clock;
  readers: Pick<ReaderPool, 'archive'>;
  audit: AuditTrail;
  problems: ProblemList;
  settings: () => Settings['retention'];
  key: Pick<ArchiveKey, 'get' | 'save'>;
  /** Lets the log writer delete these. */
  release: (partitions: { partition: string; lastSequence: number }[]) => void;
}

/** A day of forty million lines takes some minutes. */
const LONGEST_MS = 60 * 60_000;
const PROBLEM = 'archive.problem.';

/**
 * Writes partitions that are due for deletion into archives, reads each back, and only then lets the log writer delete them.
 * What fails stays where it is, is told, and tried again.
 */
export class Archiving {
  readonly #options: ArchivingOptions;
  #running: Promise<void> | undefined;
  #problem: Message | undefined;
  #lastAt: number | undefined;
  #closed = false;

  constructor(options: ArchivingOptions) {
    this.#options = options;
  }

  /** Archives what is due; one run at a time. Never rejects. */
  run(): Promise<void> {
    this.#running ??= this.#work().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  state(): RetentionState {
    const settings = this.#options.settings();
    const partitions = listPartitions(this.#logDirectory);
    const archives = this.#archives();
    const due = this.#due();
    return {
      classes: LOG_CLASSES.map((logClass) => {
        const own = partitions.filter((each) => each.logClass === logClass);
        const archived = archives.filter((each) => each.logClass === logClass);
        return {
          logClass,
          // Newest first.
          oldestDay: own.at(-1)?.day,
          usedBytes: own.reduce(
            (sum, name) => sum + databaseBytes(partitionPath(this.#logDirectory, name)),
            0,
          ),
          maxBytes: settings[logClass].maxBytes,
          archives: archived.length,
          archiveBytes: archived.reduce((sum, { bytes }) => sum + bytes, 0),
          waiting: due.filter((each) => each.logClass === logClass).length,
        };
      }),
      directory: this.#directory,
      running: this.#running !== undefined,
      problem: this.#problem,
      lastAt: this.#lastAt,
    };
  }

  /** Writes a copy of the key; see ArchiveKey. */
  saveKey(path: string, replace: boolean): Promise<SavedKey> {
    return this.#options.key.save(path, replace);
  }

  /** Ends after the partition in hand; an unfinished file is written anew by the next run. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#running;
  }

  get #logDirectory(): string {
    return join(this.#options.dataDirectory, 'logs');
  }

  get #directory(): string {
    const { directory } = this.#options.settings().archive;
    return directory === '' ? join(this.#options.dataDirectory, 'archive') : directory;
  }

  /** None where the folder can't be read: a run tells why. */
  #archives(): ArchiveManifest[] {
    try {
      return listArchives(this.#directory);
    } catch {
      return [];
    }
  }

  #due(): PartitionName[] {
    const settings = this.#options.settings();
    const classes = archivedClasses(settings);
    if (classes.length === 0) return [];
    return expiredPartitions(this.#logDirectory, settings, this.#options.clock.now())
      .map(({ name }) => name)
      .filter(({ logClass }) => classes.includes(logClass));
  }

  async #work(): Promise<void> {
    const { clock, problems, release } = this.#options;
    const released: { partition: string; lastSequence: number }[] = [];
    let problem: Message | undefined;
    try {
      for (const name of this.#due()) {
        if (this.#closed) break;
        const { lastSequence } = await this.#archive(name);
        released.push({ partition: partitionId(name), lastSequence });
      }
      this.#letGo();
    } catch (error) {
      problem = problemOf(error, this.#directory);
    }
    this.#problem = problem;
    this.#lastAt = clock.now();
    problems.replace(PROBLEM, problem === undefined ? [] : [problem]);
    if (released.length > 0 && !this.#closed) release(released);
  }

  /** An archive made before a kill is taken when it reads back and has all lines. */
  async #archive(name: PartitionName): Promise<ArchiveManifest> {
    const { audit, clock, readers } = this.#options;
    const directory = this.#directory;
    const key = this.#options.settings().archive.encrypt ? await this.#options.key.get() : undefined;
    const earlier = listArchives(directory).filter(
      (each) => each.logClass === name.logClass && each.day === name.day,
    );
    const request = { name, directory, key, number: nextNumber(earlier), now: clock.now() };
    const made = await readers.archive(request, { timeoutMs: LONGEST_MS });
    await verifyArchive(directory, made, key);
    // The newer one holds all lines of the partition; one that a kill left without its deletion holds fewer or the same.
    for (const each of earlier) if (isOf(each, made)) remove(directory, each);
    const { file, lines, sha256, encrypted } = made;
    audit.record({
      actor: 'yagura',
      action: 'logsArchived',
      subject: partitionId(name),
      details: { file, lines, sha256, encrypted: String(encrypted) },
    });
    return made;
  }

  #letGo(): void {
    const { days } = this.#options.settings().archive;
    if (days === 0) return;
    const before = this.#options.clock.now() - days * DAY_MS;
    for (const each of listArchives(this.#directory))
      if (startOfDay(each.day) + DAY_MS <= before) {
        remove(this.#directory, each);
        this.#options.audit.record({
          actor: 'yagura',
          action: 'archiveDeleted',
          subject: each.file,
          details: { lines: each.lines },
        });
      }
  }
}

/** Names are not used twice while one is there: an archive never replaces another. */
function nextNumber(earlier: ArchiveManifest[]): number {
  const numbers = earlier.map(({ file }) => Number(/^[a-z]+-\d{4}-\d{2}-\d{2}-(\d+)\./.exec(file)?.[1] ?? 1));
  return Math.max(0, ...numbers) + 1;
}

/** Made of the same partition: its lines begin with the same, and are no more. */
function isOf(earlier: ArchiveManifest, made: ArchiveManifest): boolean {
  return (
    earlier.lines === made.lines &&
    earlier.lastSequence === made.lastSequence &&
    earlier.firstTime === made.firstTime &&
    earlier.lastTime === made.lastTime
  );
}

/** The manifest first: without it the rest is nobody's archive. */
function remove(directory: string, { file }: ArchiveManifest): void {
  rmSync(join(directory, file + MANIFEST_ENDING), { force: true });
  rmSync(join(directory, file), { force: true });
}

function problemOf(error: unknown, directory: string): Message {
  if (error instanceof FailureError) {
    const { message } = error.failure;
    // Those say what to do.
    if (message.key.startsWith(PROBLEM)) return message;
    if (message.key === 'wire.noHost') return { key: `${PROBLEM}noKeychain`, parameters: {} };
    return {
      key: `${PROBLEM}failed`,
      parameters: { directory, reason: String(message.parameters['code'] ?? message.key) },
    };
  }
  const reason = error instanceof Error ? error.message : String(error);
  return { key: `${PROBLEM}failed`, parameters: { directory, reason } };
}
