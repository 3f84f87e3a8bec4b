import { Worker } from 'node:worker_threads';
import type { YaguraFactTable } from './diagnose/checks/yagura/facts.ts';
import type { ProbeAnswer } from './diagnose/host-probe.ts';

/** What the thread looks into. */
export type SelfCheckTable = Pick<YaguraFactTable, 'audit' | 'integrity' | 'detection'>;

export interface SelfCheckData {
  /** The data directory. */
  directory: string;
  resources: string;
  /** The user's rule directory. */
  userRules: string;
}

export type FromSelfCheck =
  { answer: Partial<SelfCheckTable> } | { failed: keyof SelfCheckTable; reason: string };

/** The rules, the parsers and one database's pages. */
const HEAP_LIMIT_MB = 192;

/** One self-check in a thread of its own, begun when the first answer is asked for; it ends by itself. */
export class SelfCheck {
  readonly #threadFile: string | URL;
  readonly #data: SelfCheckData;
  readonly #signal: AbortSignal;
  readonly #failed = new Map<keyof SelfCheckTable, string>();
  #received: Partial<SelfCheckTable> = {};
  #ended: string | undefined;
  #started = false;
  #waiting: (() => void)[] = [];

  /** @param signal ends the thread */
  constructor(threadFile: string | URL, data: SelfCheckData, signal: AbortSignal) {
    this.#threadFile = threadFile;
    this.#data = data;
    this.#signal = signal;
  }

  async ask<Name extends keyof SelfCheckTable>(name: Name): Promise<ProbeAnswer<SelfCheckTable[Name]>> {
    if (!this.#started) this.#start();
    for (;;) {
      const value = this.#received[name];
      if (value !== undefined) return { ok: true, value };
      const reason = this.#failed.get(name) ?? this.#ended;
      if (reason !== undefined) return { ok: false, why: 'failed', detail: reason };
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  #start(): void {
    this.#started = true;
    const worker = new Worker(this.#threadFile, {
      workerData: this.#data,
      resourceLimits: { maxOldGenerationSizeMb: HEAP_LIMIT_MB },
    });
    worker.on('message', (message: FromSelfCheck) => {
      if ('answer' in message) this.#received = { ...this.#received, ...message.answer };
      else this.#failed.set(message.failed, message.reason);
      this.#wake();
    });
    worker.on('error', (error) => this.#end(error instanceof Error ? error.message : String(error)));
    worker.on('exit', () => this.#end('the thread ended'));
    this.#signal.addEventListener('abort', () => void worker.terminate(), { once: true });
  }

  #end(reason: string): void {
    this.#ended ??= reason;
    this.#wake();
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resume of waiting) resume();
  }
}
