import { availableParallelism } from 'node:os';
import { MessageChannel, Worker, type MessagePort } from 'node:worker_threads';
import type { Message } from '../../src-preload/contract/shared.ts';
import { backOff } from '../back-off.ts';
import type { Failure } from './flow/failure.ts';
import type { LineWorkerData } from './threads/line-worker.ts';
import type { ChunkJob, ConfigureWorker, FromLineWorker, ToLineWorker } from './threads/messages.ts';

/** A further worker without work is let go after this. */
const IDLE_WORKER_MS = 30_000;
/** A worker that could not be loaded this often in a row is told: what lasts a second mends itself unseen. */
const FAILED_LOADS_TOLD = 4;

/**
 * How many line workers suit this machine. On two cores one, beside the writer: a second one takes in as many access and
 * sign-in lines a second for 10 to 15 % more processor time, as V8 compiles everything once more, and 80 MB of memory.
 * (Logs of very long lines, which give the writer little to do, lose a quarter by it.) More than two are for the desk's
 * own programs.
 */
export function lineWorkers(): number {
  return availableParallelism() > 2 ? 2 : 1;
}

export interface LineWorkerPoolOptions {
  /** The thread's file. */
  file: string;
  /** Workers at most. */
  most: number;
  settings: Omit<ConfigureWorker, 'type'>;
  /** The log writer's end of the channel on which a new worker's parsed chunks arrive. */
  onPort(port: MessagePort): void;
  /** A chunk that can't be read. */
  onFailed(job: number, failure: Failure): void;
  /** A worker died of its work, and another has taken its place: the chunk it was at comes first, then those it had not begun. */
  onLost(jobs: readonly ChunkJob[]): void;
  /** No worker can be loaded, and why; undefined: one is there again. Chunks are kept for it, and it is tried for ever. */
  onMissing(reason: Message | undefined): void;
  onProblem(message: Message): void;
}

interface LineWorker {
  /** Undefined between a load that failed and the next one. */
  thread: Worker | undefined;
  /** It has loaded what it needs: whatever it dies of now is its work. */
  ready: boolean;
  /** Loads that failed, one after another. */
  failedLoads: number;
  /** By number, in the order in which they are taken. */
  jobs: Map<number, ChunkJob>;
  lastUsedAt: number;
}

/** The threads that read and parse chunks: one at the start, further ones while all are busy; one that dies is replaced. */
export class LineWorkerPool {
  readonly #options: LineWorkerPoolOptions;
  readonly #workers: LineWorker[] = [];
  #settings: Omit<ConfigureWorker, 'type'>;
  #ending = false;
  #letGo: NodeJS.Timeout | undefined;

  constructor(options: LineWorkerPoolOptions) {
    this.#options = options;
    this.#settings = options.settings;
  }

  /** Starts a worker. */
  start(): void {
    this.#addWorker();
  }

  configure(settings: Omit<ConfigureWorker, 'type'>): void {
    this.#settings = settings;
    for (const { thread } of this.#workers) post(thread, { type: 'configure', ...settings });
  }

  /** Hands a chunk to the least busy worker. */
  give(job: ChunkJob): void {
    const worker = this.#pick();
    worker.lastUsedAt = performance.now();
    worker.jobs.set(job.job, job);
    post(worker.thread, job);
  }

  async end(): Promise<void> {
    this.#ending = true;
    clearInterval(this.#letGo);
    await Promise.all(this.#workers.map(async ({ thread }) => thread?.terminate()));
  }

  #addWorker(): LineWorker {
    const worker: LineWorker = {
      thread: undefined,
      ready: false,
      failedLoads: 0,
      jobs: new Map(),
      lastUsedAt: performance.now(),
    };
    this.#workers.push(worker);
    this.#load(worker);
    return worker;
  }

  /** Starts a worker's thread, and gives it the chunks that wait for it. */
  #load(worker: LineWorker): void {
    const { port1, port2 } = new MessageChannel();
    const thread = new Worker(this.#options.file, {
      name: 'line-worker',
      workerData: {
        settings: this.#settings,
        writer: port1,
        // One worker has more to do than the writer, two together have less.
        compresses: this.#options.most > 1,
      } satisfies LineWorkerData,
      transferList: [port1],
    });
    worker.thread = thread;
    worker.ready = false;
    this.#options.onPort(port2);
    thread.on('message', (message: FromLineWorker) => {
      if (message.type === 'ready') this.#loaded(worker);
      else worker.jobs.delete(message.job);
      if (message.type === 'failed') this.#options.onFailed(message.job, message.failure);
    });
    // An error is followed by the exit.
    let reason: string | undefined;
    thread.on('error', (error: unknown) => {
      reason = error instanceof Error ? error.message : String(error);
    });
    thread.once('exit', (code) => this.#ended(worker, reason ?? `exit ${code}`));
    for (const job of worker.jobs.values()) post(thread, job);
  }

  #loaded(worker: LineWorker): void {
    worker.ready = true;
    worker.failedLoads = 0;
    this.#options.onMissing(undefined);
  }

  /** A worker that died is replaced; one that was let go is not missed. */
  #ended(worker: LineWorker, reason: string): void {
    if (this.#ending || !this.#workers.includes(worker)) return;
    const jobs = [...worker.jobs.values()];
    worker.jobs.clear();
    if (!worker.ready) {
      this.#loadAgain(worker, reason);
      // The chunks had no part in it: another worker has them, or this one keeps them.
      for (const job of jobs) this.give(job);
      return;
    }
    // What killed it is told as a problem, the chunk in hand is tried again.
    this.#options.onProblem({ key: 'engine.lineWorkerFailed', parameters: { reason } });
    this.#load(worker);
    this.#options.onLost(jobs);
  }

  /** After a pause that grows: what keeps a worker from loading (no memory, a broken installation) rarely goes at once. */
  #loadAgain(worker: LineWorker, reason: string): void {
    worker.thread = undefined;
    worker.failedLoads += 1;
    if (worker.failedLoads >= FAILED_LOADS_TOLD && !this.#workers.some(({ ready }) => ready))
      this.#options.onMissing({ key: 'engine.lineWorkerMissing', parameters: { reason } });
    setTimeout(() => {
      if (!this.#ending && this.#workers.includes(worker)) this.#load(worker);
    }, backOff(worker.failedLoads)).unref();
  }

  /** The worker for the next chunk: the least busy one, or a further one when all are busy. */
  #pick(): LineWorker {
    const there = this.#workers.filter(({ thread }) => thread !== undefined);
    const best = (there.length > 0 ? there : this.#workers).reduce((least, worker) =>
      worker.jobs.size < least.jobs.size ? worker : least,
    );
    if (best.jobs.size === 0 || this.#workers.length >= this.#options.most) return best;
    this.#letGoSoon();
    return this.#addWorker();
  }

  /** Lets the further workers go when they have had nothing to do for a while: each costs some 30 MB. */
  #letGoSoon(): void {
    this.#letGo ??= setInterval(() => {
      const worker = this.#workers.at(-1);
      if (
        this.#workers.length > 1 &&
        worker?.jobs.size === 0 &&
        performance.now() - worker.lastUsedAt > IDLE_WORKER_MS
      ) {
        this.#workers.pop();
        void worker.thread?.terminate();
      }
      if (this.#workers.length > 1) return;
      clearInterval(this.#letGo);
      this.#letGo = undefined;
    }, IDLE_WORKER_MS / 3);
    this.#letGo.unref();
  }
}

function post(thread: Worker | undefined, message: ToLineWorker): void {
  // Bytes are copied, not transferred: a chunk must still be there when its worker dies and another takes over.
  thread?.postMessage(message);
}
