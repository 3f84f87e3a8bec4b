import { availableParallelism } from 'node:os';
import { MessageChannel, Worker, type MessagePort } from 'node:worker_threads';
import type { Message } from '../../src-preload/contract/shared.ts';
import type { Failure } from './flow/failure.ts';
import type { LineWorkerData } from './threads/line-worker.ts';
import type { ChunkJob, ConfigureWorker, FromLineWorker, ToLineWorker } from './threads/messages.ts';

/** A further worker without work is let go after this. */
const IDLE_WORKER_MS = 30_000;

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
  /** A worker died, and another has taken its place: the chunk it was at comes first, then those it had not begun. */
  onLost(jobs: readonly ChunkJob[]): void;
  onProblem(message: Message): void;
}

interface LineWorker {
  thread: Worker;
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
    this.#workers.push(this.#startWorker());
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
    await Promise.all(this.#workers.map(({ thread }) => thread.terminate()));
  }

  #startWorker(): LineWorker {
    const { port1, port2 } = new MessageChannel();
    const thread = new Worker(this.#options.file, {
      name: 'line-worker',
      workerData: { settings: this.#settings, writer: port1 } satisfies LineWorkerData,
      transferList: [port1],
    });
    const worker: LineWorker = { thread, jobs: new Map(), lastUsedAt: performance.now() };
    this.#options.onPort(port2);
    thread.on('message', (message: FromLineWorker) => {
      worker.jobs.delete(message.job);
      if (message.type === 'failed') this.#options.onFailed(message.job, message.failure);
    });
    // An error is followed by the exit; what made it is told as a problem, the chunk in hand is tried again.
    thread.on('error', (error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      this.#options.onProblem({ key: 'engine.lineWorkerFailed', parameters: { reason } });
    });
    thread.once('exit', () => this.#ended(worker));
    return worker;
  }

  /** A worker that died is replaced and its chunks are told; one that was let go is not missed. */
  #ended(worker: LineWorker): void {
    const index = this.#workers.indexOf(worker);
    if (this.#ending || index < 0) return;
    this.#workers[index] = this.#startWorker();
    this.#options.onLost([...worker.jobs.values()]);
  }

  /** The worker for the next chunk: the least busy one, or a further one when all are busy. */
  #pick(): LineWorker {
    const best = this.#workers.reduce((least, worker) =>
      worker.jobs.size < least.jobs.size ? worker : least,
    );
    if (best.jobs.size === 0 || this.#workers.length >= this.#options.most) return best;
    const further = this.#startWorker();
    this.#workers.push(further);
    this.#letGoSoon();
    return further;
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
        void worker.thread.terminate();
      }
      if (this.#workers.length > 1) return;
      clearInterval(this.#letGo);
      this.#letGo = undefined;
    }, IDLE_WORKER_MS / 3);
    this.#letGo.unref();
  }
}

function post(thread: Worker, message: ToLineWorker): void {
  // Bytes are copied, not transferred: a chunk must still be there when its worker dies and another takes over.
  thread.postMessage(message);
}
