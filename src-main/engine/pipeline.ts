import { randomUUID } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import type { Message } from '../../src-preload/contract/shared.ts';
import type { StreamRegistry } from './sources/logs/stream-finder.ts';
import type { LogWriterData } from './threads/log-writer.ts';
import { FailureError } from './flow/failure.ts';
import type { WrittenFinding } from './flow/finding.ts';
import type { StreamIdentity, StreamPosition } from './flow/stream-position.ts';
import { LineWorkerPool } from './line-worker-pool.ts';
import type {
  ChunkJob,
  Committed,
  ConfigureWorker,
  ConfigureWriter,
  FromLogWriter,
  ToLogWriter,
  WriterReport,
} from './threads/messages.ts';

/** Where the thread files lie; resolved by the entry file (they differ between sources and build). */
export interface ThreadFiles {
  lineWorker: string;
  logWriter: string;
  reader: string;
  reportWriter: string;
  selfCheck: string;
}

export interface PipelineOptions {
  threads: ThreadFiles;
  dataDirectory: string;
  /** Line workers at most: `lineWorkers()`. */
  workers: number;
  /** No live lines will come: none waits behind more chunks under way. */
  historyOnly?: boolean;
  worker: Omit<ConfigureWorker, 'type'>;
  writer: Omit<ConfigureWriter, 'type'>;
  onCommitted(committed: Committed): void;
  /** Findings that ripened without new lines. */
  onFound(findings: WrittenFinding[], upTo: number): void;
  /** A chunk that can't be read: its stream stops, and health says why. */
  onFailed(chunk: Chunk, error: FailureError): void;
  /** Lines wait, and nothing is lost: the disk is full, or no line worker can be loaded. Undefined: no more. */
  onWaiting(reason: Message | undefined): void;
  onProblem(message: Message): void;
  onReport(report: WriterReport): void;
  /** A partition past its age or size was deleted. */
  onRetained(partition: string, bytes: number): void;
  /** A thread died and can't be replaced: the engine must end, its host starts it again. */
  onFatal(error: Error): void;
}

/** What a source hands over; the pipeline adds the numbers. */
export type Chunk = Omit<ChunkJob, 'type' | 'job' | 'order'>;

/** Chunks under way for each worker: one in hand and one ready. More would only make live lines wait behind bulk ones. */
const CHUNKS_PER_WORKER = 2;
/** And this many that are being stored meanwhile. */
const CHUNKS_BEHIND = 1;
/**
 * And this many ready for the log writer, which takes longer over some chunks than others, so that line workers needn't
 * wait for it: without, a bulk read on two cores takes 3 to 5 % longer. With live lines, they would be shown 70 ms later.
 */
const HISTORY_CHUNKS_BEHIND = 1;
/** A chunk that kills its worker this often is given up. */
const MAX_DEATHS = 3;
/** How long a stop waits for chunks under way. */
const DRAIN_MS = 3000;

interface PendingJob {
  job: ChunkJob;
  /** Workers that ended with it in hand. */
  deaths: number;
  done: (end: number | undefined) => void;
}

/**
 * Runs the threads of the log pipeline: deals chunks out to line workers, hands what the log writer has committed to the
 * engine. Keeps a bounded number of chunks under way; a source waits until a slot is free (the file is the queue).
 */
export class Pipeline {
  readonly #options: PipelineOptions;
  readonly #writer: Worker;
  readonly #workers: LineWorkerPool;
  readonly #pending = new Map<number, PendingJob>();
  readonly #order = new Map<number, number>();
  readonly #tailFlag = new Int32Array(new SharedArrayBuffer(4));
  readonly #identifying = new Map<string, (identity: StreamIdentity) => void>();
  #nextJob = 1;
  #stopping = false;
  #drained: (() => void) | undefined;
  #finished: (() => void) | undefined;
  #usedBytes = 0;
  readonly #waiting: { writer?: Message | undefined; workers?: Message | undefined } = {};
  #restored: { positions: StreamPosition[]; streams: StreamIdentity[] } | undefined;

  private constructor(options: PipelineOptions) {
    this.#options = options;
    this.#writer = new Worker(options.threads.logWriter, {
      name: 'log-writer',
      workerData: {
        dataDirectory: options.dataDirectory,
        settings: options.writer,
        tailWanted: this.#tailFlag.buffer,
      } satisfies LogWriterData,
    });
    this.#workers = new LineWorkerPool({
      file: options.threads.lineWorker,
      most: options.workers,
      settings: options.worker,
      onPort: (port) => this.#writer.postMessage({ type: 'port', port } satisfies ToLogWriter, [port]),
      onFailed: (job, failure) => this.#giveUp(job, new FailureError(failure)),
      onLost: (jobs) => this.#lost(jobs),
      onMissing: (reason) => this.#waits('workers', reason),
      onProblem: (message) => options.onProblem(message),
    });
  }

  /** Starts the threads and waits until the store is open. Rejects with the store's own Failure. */
  static async start(options: PipelineOptions): Promise<Pipeline> {
    const pipeline = new Pipeline(options);
    const ready = pipeline.#writerReady();
    // Both take a quarter of a second to load what they need: at the same time.
    pipeline.#workers.start();
    try {
      await ready;
    } catch (error) {
      await pipeline.abandon();
      throw error;
    }
    return pipeline;
  }

  /** Positions and streams of the last checkpoint: where sources go on from. */
  get restored(): { positions: StreamPosition[]; streams: StreamIdentity[] } {
    return this.#restored ?? { positions: [], streams: [] };
  }

  get chunkLimit(): number {
    const { workers, historyOnly = false } = this.#options;
    return workers * CHUNKS_PER_WORKER + CHUNKS_BEHIND + (historyOnly ? HISTORY_CHUNKS_BEHIND : 0);
  }

  /**
   * Resolves when the chunk is durable and searchable, with the offset up to which its stream is taken in; or with
   * undefined when it was given up.
   */
  submit(chunk: Chunk): Promise<number | undefined> {
    const order = this.#order.get(chunk.stream) ?? 0;
    this.#order.set(chunk.stream, order + 1);
    const job: ChunkJob = { type: 'chunk', job: this.#nextJob, order, ...chunk };
    this.#nextJob += 1;
    return new Promise((resolve) => {
      this.#pending.set(job.job, { job, deaths: 0, done: resolve });
      this.#workers.give(job);
    });
  }

  /** Where sources have their streams numbered; the numbers are kept with the checkpoint. */
  readonly registry: StreamRegistry = {
    create: (identity) => this.#identify(identity, true),
    update: (identity) => {
      this.#tellWriter({ type: 'rename', identity });
      return Promise.resolve();
    },
  };

  configure(worker: Omit<ConfigureWorker, 'type'>, writer: Omit<ConfigureWriter, 'type'>): void {
    this.#workers.configure(worker);
    this.#tellWriter({ type: 'configure', ...writer });
  }

  /** Every line that a search begun after this would not find yet is sent. */
  wantTail(wanted: boolean): void {
    Atomics.store(this.#tailFlag, 0, wanted ? 1 : 0);
  }

  findingsKept(upTo: number): void {
    this.#tellWriter({ type: 'findingsKept', upTo });
  }

  /** These partitions are archived: the writer may delete them. */
  release(partitions: { partition: string; lastSequence: number }[]): void {
    this.#tellWriter({ type: 'release', partitions });
  }

  /** No more lines will come: resolves when the detectors have given what they held back. */
  finish(): Promise<void> {
    return new Promise((resolve) => {
      this.#finished = resolve;
      this.#tellWriter({ type: 'finish' });
    });
  }

  /**
   * Lets chunks under way finish, writes a last checkpoint, ends the threads.
   * @returns bytes the logs take on disk
   */
  async stop(): Promise<number> {
    await this.#drain();
    this.#stopping = true;
    const ended = new Promise<void>((resolve) => this.#writer.once('exit', () => resolve()));
    this.#tellWriter({ type: 'stop' });
    await ended;
    await this.#workers.end();
    return this.#usedBytes;
  }

  /** Ends the threads as they are: what is not stored is read again at the next start. One that is left would keep the process alive. */
  async abandon(): Promise<void> {
    this.#stopping = true;
    await this.#workers.end();
    await this.#writer.terminate();
  }

  /** Waits for chunks under way, but not for a disk that stays full: those are read again at the next start. */
  async #drain(): Promise<void> {
    if (this.#pending.size === 0) return;
    await new Promise<void>((resolve) => {
      const impatience = setTimeout(resolve, DRAIN_MS);
      this.#drained = () => {
        clearTimeout(impatience);
        resolve();
      };
    });
  }

  #identify(identity: Omit<StreamIdentity, 'stream'>, fresh: boolean): Promise<StreamIdentity> {
    const request = randomUUID();
    return new Promise((resolve) => {
      this.#identifying.set(request, resolve);
      this.#tellWriter({ type: 'identify', request, identity, fresh });
    });
  }

  #writerReady(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#writer.on('message', (message: FromLogWriter) => {
        if (message.type === 'ready') {
          this.#restored = message;
          resolve();
        } else if (message.type === 'refused') reject(new FailureError(message.failure));
        else this.#fromWriter(message);
      });
      this.#writer.once('error', (thrown: unknown) => {
        const error = asError(thrown);
        reject(error);
        if (!this.#stopping) this.#options.onFatal(error);
      });
      this.#writer.once('exit', (code) => {
        if (!this.#stopping) this.#options.onFatal(new Error(`log writer ended with ${code}`));
      });
    });
  }

  #fromWriter(message: Exclude<FromLogWriter, { type: 'ready' | 'refused' }>): void {
    switch (message.type) {
      case 'committed':
        this.#options.onCommitted(message);
        this.#finish(message.job, message.end);
        break;
      case 'found':
        this.#options.onFound(message.findings, message.findingsUpTo);
        break;
      case 'identified':
        this.#identifying.get(message.request)?.(message.identity);
        this.#identifying.delete(message.request);
        break;
      case 'waiting':
        this.#waits('writer', message.reason);
        break;
      case 'problem':
        this.#options.onProblem(message.message);
        break;
      case 'report':
        this.#options.onReport(message);
        break;
      case 'finished':
        this.#finished?.();
        break;
      case 'closed':
        this.#usedBytes = message.usedBytes;
        break;
      case 'retained':
        this.#options.onRetained(message.partition, message.bytes);
        break;
    }
  }

  #waits(side: 'writer' | 'workers', reason: Message | undefined): void {
    if (this.#waiting[side] === reason) return;
    this.#waiting[side] = reason;
    this.#options.onWaiting(this.#waiting.writer ?? this.#waiting.workers);
  }

  /**
   * A worker died. It takes chunks in turn: the first was in its hand and is tried again, but not for ever; those that
   * waited behind it can't be at fault.
   */
  #lost(jobs: readonly ChunkJob[]): void {
    const left = jobs.flatMap(({ job }) => this.#pending.get(job) ?? []);
    const [inHand] = left;
    if (inHand !== undefined) inHand.deaths += 1;
    for (const pending of left) {
      if (pending.deaths === MAX_DEATHS) this.#giveUp(pending.job.job, killed(pending.job));
      else this.#workers.give(pending.job);
    }
  }

  #giveUp(job: number, error: FailureError): void {
    const pending = this.#pending.get(job);
    if (pending === undefined) return;
    // The writer waits for this number of the stream: tell it to go on without.
    this.#tellWriter({ type: 'skip', stream: pending.job.stream, order: pending.job.order });
    this.#options.onFailed(pending.job, error);
    this.#finish(job, undefined);
  }

  #finish(job: number, end: number | undefined): void {
    const pending = this.#pending.get(job);
    if (pending === undefined) return;
    this.#pending.delete(job);
    pending.done(end);
    if (this.#pending.size === 0) this.#drained?.();
  }

  #tellWriter(message: Exclude<ToLogWriter, { type: 'port' }>): void {
    this.#writer.postMessage(message);
  }
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(JSON.stringify(thrown));
}

function killed({ path, from }: ChunkJob): FailureError {
  return new FailureError({
    kind: 'INTERNAL',
    message: { key: 'engine.chunkGivenUp', parameters: { path, from } },
  });
}
