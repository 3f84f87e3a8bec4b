import { Worker } from 'node:worker_threads';
import { FailureError, type Failure } from '../../flow/failure.ts';
import type {
  FromReader,
  OwnFormats,
  ReadAnswer,
  ReaderThreadData,
  ReadRequest,
  ToReader,
} from './reader-messages.ts';

/** After being asked to stop, a thread has this long to reach the end of its block before it is terminated. */
const STOP_WITHIN_MS = 2_000;
/** A thread without a question for this long is ended: it keeps what it has read, some fifty megabytes. */
const IDLE_MS = 5 * 60_000;
/** Bounds what one query may take of the engine's memory, in megabytes. Unpacked blocks live outside of it. */
const HEAP_LIMIT_MB = 192;

/** Locale key: the reader thread ended in the middle of a request. */
const READER_LOST = 'store.failure.readerLost';

export interface ReaderThreadOptions {
  /** File of `threads/reader`, resolved by the entry. */
  file: string | URL;
  /** The data directory. */
  directory: string;
  onProblem: (problem: Failure) => void;
  /** As the settings have them when a request is made. */
  ownFormats: () => OwnFormats;
  /** The thread can take a request. */
  onFree: () => void;
  /** After how many milliseconds without a request the thread ends; IDLE_MS unless told. */
  idleMs?: number | undefined;
}

interface Running {
  /** The one that was asked: another may still be on its way out. */
  worker: Worker;
  number: number;
  resolve: (answer: ReadAnswer) => void;
  reject: (error: FailureError) => void;
}

/**
 * One reader thread, started when it is first needed and again after it was lost or ended for want of work. One request at
 * a time.
 */
export class ReaderThread {
  readonly #options: ReaderThreadOptions;
  readonly #stopFlag = new Int32Array(new SharedArrayBuffer(4));
  #worker: Worker | undefined;
  #running: Running | undefined;
  #lastNumber = 0;
  #backstop: NodeJS.Timeout | undefined;
  #idle: NodeJS.Timeout | undefined;

  constructor(options: ReaderThreadOptions) {
    this.#options = options;
  }

  get isFree(): boolean {
    return this.#running === undefined;
  }

  /** Only when free. */
  ask(request: ReadRequest): Promise<ReadAnswer> {
    clearTimeout(this.#idle);
    const worker = (this.#worker ??= this.#start());
    this.#lastNumber = (this.#lastNumber % 0x7fffffff) + 1;
    const number = this.#lastNumber;
    return new Promise((resolve, reject) => {
      this.#running = { worker, number, resolve, reject };
      const message: ToReader = { number, request, ownFormats: this.#options.ownFormats() };
      worker.postMessage(message);
    });
  }

  /** Asks the thread to stop after the block it is in, and ends it if it does not. */
  stop(): void {
    const running = this.#running;
    if (running === undefined || this.#backstop !== undefined) return;
    Atomics.store(this.#stopFlag, 0, running.number);
    this.#backstop = setTimeout(() => void this.#worker?.terminate(), STOP_WITHIN_MS);
  }

  async close(): Promise<void> {
    clearTimeout(this.#idle);
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }

  #start(): Worker {
    const workerData: ReaderThreadData = {
      directory: this.#options.directory,
      cancelled: this.#stopFlag.buffer,
    };
    const worker = new Worker(this.#options.file, {
      workerData,
      resourceLimits: { maxOldGenerationSizeMb: HEAP_LIMIT_MB },
    });
    worker.on('message', (message: FromReader) => this.#received(message));
    let cause: unknown;
    worker.on('error', (error: unknown) => {
      cause = error;
    });
    worker.on('exit', () => this.#lost(worker, cause));
    worker.unref();
    return worker;
  }

  #received(message: FromReader): void {
    if (message.type === 'problem') {
      this.#options.onProblem(message.failure);
      return;
    }
    const running = this.#running;
    if (running?.number !== message.number) return;
    this.#finish();
    this.#idle = setTimeout(() => void this.close(), this.#options.idleMs ?? IDLE_MS).unref();
    if (message.type === 'answer') running.resolve(message.answer);
    else running.reject(new FailureError(message.failure));
    this.#options.onFree();
  }

  #lost(worker: Worker, cause: unknown): void {
    if (this.#worker === worker) this.#worker = undefined;
    const running = this.#running;
    if (running?.worker !== worker) return;
    this.#finish();
    running.reject(
      new FailureError({ kind: 'INTERNAL', message: { key: READER_LOST, parameters: {} }, cause }),
    );
    this.#options.onFree();
  }

  #finish(): void {
    this.#running = undefined;
    clearTimeout(this.#backstop);
    this.#backstop = undefined;
  }
}
