import { CALL_TIMEOUT_MS } from '../../../../src-preload/contract/limits.ts';
import type { ParsedLogFilter } from '../../../../src-preload/contract/log-filter.ts';
import type {
  HistogramBucket,
  LogLine,
  PatternList,
  ScanProgress,
  SearchPage,
  TraceAnswer,
} from '../../../../src-preload/contract/logs.ts';
import type { TrafficAnswer, TrafficQuestion } from '../../../../src-preload/contract/traffic.ts';
import type { TimeRange } from '../../../../src-preload/contract/shared.ts';
import type { QueueState } from '../../../../src-preload/contract/system.ts';
import { BoundedQueue } from '../../flow/bounded-queue.ts';
import { FailureError, type Failure } from '../../flow/failure.ts';
import type { FieldValue, LogReader, ScanPart } from '../types.ts';
import type { ArchiveManifest } from '../archive/manifest.ts';
import type { ArchiveRequest } from '../archive/write-archive.ts';
import { READ_CANCELLED } from './scan.ts';
import { partsOf, togetherCursor } from './shares.ts';
import type { OwnFormats, ReadAnswer, ReadCall, ReaderTasks, ReadRequest } from './reader-messages.ts';
import { ReaderThread } from './reader-thread.ts';

/** Requests that may wait for a thread; a person causes two or three at a time. */
const QUEUE_LIMIT = 64;

/** Locale keys of what the pool itself refuses. */
const READ_TIMED_OUT = 'store.failure.readTimedOut';
const READERS_BUSY = 'store.failure.readersBusy';
const READERS_CLOSED = 'store.failure.readersClosed';

export interface ReaderPoolOptions {
  /** File of `threads/reader`, resolved by the entry. */
  threadFile: string | URL;
  /** The data directory. */
  directory: string;
  /** One or two: each costs some ten megabytes once used. */
  threads: number;
  onProblem: (problem: Failure) => void;
  /** After how many milliseconds without a request a thread ends; five minutes unless told. */
  idleMs?: number | undefined;
  /** The user's own formats, by which fields are read; none unless told. */
  ownFormats?: (() => OwnFormats) | undefined;
}

export interface ReadOptions {
  signal?: AbortSignal | undefined;
  /** Milliseconds; CALL_TIMEOUT_MS unless told. */
  timeoutMs?: number | undefined;
  /** Milliseconds after which the answer is what was found by then; see ScanProgress. */
  budgetMs?: number | undefined;
}

export interface ScanOptions extends ReadOptions {
  /** Of an earlier answer to the same question. */
  cursor?: string | undefined;
}

interface Job {
  request: ReadRequest;
  resolve: (answer: ReadAnswer) => void;
  reject: (error: FailureError) => void;
  /** Already answered: cancelled or timed out while it waited. */
  settled: boolean;
  thread: ReaderThread | undefined;
}

/** A LogReader whose methods answer later, from a thread: what the engine's main thread uses. */
export class ReaderPool {
  readonly #threads: ReaderThread[];
  readonly #waiting = new BoundedQueue<Job>('logReads', QUEUE_LIMIT);
  #closed = false;

  constructor(options: ReaderPoolOptions) {
    this.#threads = Array.from(
      { length: options.threads },
      () =>
        new ReaderThread({
          file: options.threadFile,
          directory: options.directory,
          onProblem: options.onProblem,
          idleMs: options.idleMs,
          ownFormats: options.ownFormats ?? (() => []),
          onFree: () => this.#next(),
        }),
    );
  }

  async search(
    filter: ParsedLogFilter,
    direction: 'older' | 'newer',
    cursor: string | undefined,
    limit: number,
    options?: ReadOptions,
  ): Promise<SearchPage> {
    return valueOf('search', await this.#ask({ call: 'search', filter, direction, cursor, limit }, options));
  }

  /** The threads share the work. */
  async count(filter: ParsedLogFilter, options: ScanOptions = {}): Promise<ReturnType<LogReader['count']>> {
    const parts = partsOf(options.cursor, this.#sharesOf(filter));
    const answers = await Promise.all(parts.map((part) => this.countPart(filter, part, options)));
    return { count: sumOf(answers, ({ count }) => count), ...together(parts, answers) };
  }

  /** A part of a count, by one thread. */
  async countPart(
    filter: ParsedLogFilter,
    part: ScanPart,
    options: ReadOptions = {},
  ): Promise<ReturnType<LogReader['count']>> {
    return valueOf('count', await this.#ask({ call: 'count', filter, part }, options));
  }

  async histogram(
    filter: ParsedLogFilter,
    range: TimeRange,
    buckets: number,
    options: ScanOptions = {},
  ): Promise<ReturnType<LogReader['histogram']>> {
    const parts = partsOf(options.cursor, this.#sharesOf(filter));
    const answers = await Promise.all(
      parts.map(async (part) =>
        valueOf('histogram', await this.#ask({ call: 'histogram', filter, range, buckets, part }, options)),
      ),
    );
    const [first] = answers;
    if (first === undefined) throw new TypeError('A reading without parts');
    return {
      ...first,
      buckets: answers.slice(1).reduce((sum, each) => addBuckets(sum, each.buckets), first.buckets),
      ...together(parts, answers),
    };
  }

  async patterns(
    filter: ParsedLogFilter,
    range: TimeRange,
    limit: number,
    options?: ReadOptions,
  ): Promise<PatternList> {
    return valueOf('patterns', await this.#ask({ call: 'patterns', filter, range, limit }, options));
  }

  async trace(id: string, around: number, options?: ReadOptions): Promise<TraceAnswer> {
    return valueOf('trace', await this.#ask({ call: 'trace', id, around }, options));
  }

  /** Takes minutes for a large day; the other threads answer meanwhile. */
  async archive(request: ArchiveRequest, options?: ReadOptions): Promise<ArchiveManifest> {
    return valueOf('archive', await this.#ask({ call: 'archive', request }, options));
  }

  async traffic(question: TrafficQuestion, options?: ReadOptions): Promise<TrafficAnswer> {
    return valueOf('traffic', await this.#ask({ call: 'traffic', question }, options));
  }

  async fieldNames(options?: ReadOptions): Promise<FieldValue[]> {
    return valueOf('fieldNames', await this.#ask({ call: 'fieldNames' }, options));
  }

  async fieldValues(name: string, options?: ReadOptions): Promise<FieldValue[]> {
    return valueOf('fieldValues', await this.#ask({ call: 'fieldValues', name }, options));
  }

  async context(id: string, before: number, after: number, options?: ReadOptions): Promise<LogLine[]> {
    return valueOf('context', await this.#ask({ call: 'context', id, before, after }, options));
  }

  async line(id: string, options?: ReadOptions): Promise<LogLine | undefined> {
    return valueOf('line', await this.#ask({ call: 'line', id }, options));
  }

  async lineAt(
    stream: number,
    offset: number,
    time: number,
    options?: ReadOptions,
  ): Promise<LogLine | undefined> {
    return valueOf('lineAt', await this.#ask({ call: 'lineAt', stream, offset, time }, options));
  }

  queue(): QueueState {
    return this.#waiting.state();
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const job of this.#waiting.drain()) job.reject(failed('UNAVAILABLE', READERS_CLOSED));
    await Promise.all(this.#threads.map((thread) => thread.close()));
  }

  /** A range without a text is counted from summaries: one thread does that faster than two are asked. */
  #sharesOf(filter: ParsedLogFilter): number {
    return filter.text === '' ? 1 : this.#threads.length;
  }

  #ask(question: ReadRequest, options: ReadOptions = {}): Promise<ReadAnswer> {
    const { signal, timeoutMs = CALL_TIMEOUT_MS, budgetMs } = options;
    const request = budgetMs === undefined ? question : { ...question, budgetMs };
    if (this.#closed) return Promise.reject(failed('UNAVAILABLE', READERS_CLOSED));
    if (signal?.aborted === true) return Promise.reject(failed('CANCELLED', READ_CANCELLED));
    return new Promise((resolve, reject) => {
      const job: Job = {
        request,
        resolve: settle(resolve),
        reject: settle(reject),
        settled: false,
        thread: undefined,
      };
      const giveUp = (failure: FailureError) => {
        job.thread?.stop();
        job.reject(failure);
      };
      const onAbort = () => giveUp(failed('CANCELLED', READ_CANCELLED));
      const timer = setTimeout(() => giveUp(failed('TIMED_OUT', READ_TIMED_OUT)), timeoutMs);
      signal?.addEventListener('abort', onAbort, { once: true });
      function settle<Value>(done: (value: Value) => void): (value: Value) => void {
        return (value) => {
          job.settled = true;
          clearTimeout(timer);
          signal?.removeEventListener('abort', onAbort);
          done(value);
        };
      }
      if (!this.#waiting.push(job)) job.reject(failed('UNAVAILABLE', READERS_BUSY));
      this.#next();
    });
  }

  #next(): void {
    for (const thread of this.#threads) {
      if (!thread.isFree) continue;
      let job = this.#waiting.shift();
      while (job?.settled === true) job = this.#waiting.shift();
      if (job === undefined) return;
      job.thread = thread;
      thread.ask(job.request).then(job.resolve, job.reject);
    }
  }
}

/** Buckets of two answers to one question, added up. */
function addBuckets(a: HistogramBucket[], b: HistogramBucket[]): HistogramBucket[] {
  return a.map((bucket, index) => {
    const other = b[index];
    if (other === undefined) return bucket;
    return {
      time: bucket.time,
      critical: bucket.critical + other.critical,
      error: bucket.error + other.error,
      warning: bucket.warning + other.warning,
      info: bucket.info + other.info,
      matches: bucket.matches + other.matches,
    };
  });
}

function together(parts: ScanPart[], answers: ScanProgress[]): ScanProgress {
  const cursor = togetherCursor(
    parts,
    answers.map((answer) => answer.cursor),
  );
  return {
    ...(cursor !== undefined && { cursor }),
    scannedLines: sumOf(answers, ({ scannedLines }) => scannedLines),
    totalLines: sumOf(answers, ({ totalLines }) => totalLines),
    elapsedMs: Math.max(0, ...answers.map(({ elapsedMs }) => elapsedMs)),
  };
}

function sumOf<Item>(items: Item[], value: (item: Item) => number): number {
  return items.reduce((sum, item) => sum + value(item), 0);
}

function failed(kind: Failure['kind'], key: string): FailureError {
  return new FailureError({ kind, message: { key, parameters: {} } });
}

function valueOf<Call extends ReadCall>(call: Call, answer: ReadAnswer): ReturnType<ReaderTasks[Call]> {
  if (isAnswerTo(call, answer)) return answer.value;
  throw new TypeError(`A reader answered ${answer.call} to ${call}`);
}

function isAnswerTo<Call extends ReadCall>(
  call: Call,
  answer: ReadAnswer,
): answer is ReadAnswer & { call: Call; value: ReturnType<ReaderTasks[Call]> } {
  return answer.call === call;
}
