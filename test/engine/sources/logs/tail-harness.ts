import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { systemClock } from '../../../../src-main/engine/flow/clock.ts';
import type { StreamIdentity, StreamPosition } from '../../../../src-main/engine/flow/stream-position.ts';
import { readChunk, type Chunk } from '../../../../src-main/engine/sources/logs/chunk.ts';
import { LogTail, type FileSource, type TailOptions } from '../../../../src-main/engine/sources/logs/tail.ts';
import type { TailTimings } from '../../../../src-main/engine/sources/logs/watched-name.ts';

/** Quick enough for tests, long enough for a busy machine to keep the order. */
export const QUICK: TailTimings = {
  active: 20,
  activeFor: 30_000,
  idle: 40,
  watchedIdle: 40,
  minimum: 4,
  rescan: 60,
  partial: 250,
  rotatedPartial: 60,
  forget: 20_000,
  forgetDeleted: 2_000,
};

export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'yagura-tail-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

export function logIn(directory: string): string {
  return join(directory, 'app.log');
}

/** Runs something as a user who may look into the directory and owns nothing: root may read everything. */
export async function withoutPrivileges(directory: string, work: () => Promise<void>): Promise<void> {
  chmodSync(directory, 0o755);
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid?.(65_534);
  try {
    await work();
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
}

/** What a store would keep: streams, positions, and the lines taken in. Outlives the tailers that write into it. */
export class MemoryStore {
  streams: StreamIdentity[] = [];
  readonly positions = new Map<number, number>();
  readonly lines: string[] = [];
  readonly chunks: Chunk[] = [];
  #waiting: { ready: () => boolean; resolve: () => void }[] = [];

  registry = {
    create: async (identity: Omit<StreamIdentity, 'stream'>): Promise<StreamIdentity> => {
      const created = { ...identity, stream: this.streams.length + 1 };
      this.streams.push(created);
      return created;
    },
    update: async (identity: StreamIdentity): Promise<void> => {
      this.streams = this.streams.map((known) => (known.stream === identity.stream ? identity : known));
    },
  };

  get known(): { streams: StreamIdentity[]; positions: StreamPosition[] } {
    return {
      streams: [...this.streams],
      positions: [...this.positions].map(([stream, offset]) => ({ stream, offset })),
    };
  }

  /** Takes a chunk's lines in; answers how many bytes they were. */
  take(chunk: Chunk): number {
    const bytes = readChunk(chunk);
    const position = this.positions.get(chunk.stream);
    if (position !== undefined && position !== chunk.from) {
      throw new Error(`stream ${chunk.stream} goes on at ${chunk.from}, not at ${position}`);
    }
    this.chunks.push(chunk);
    if (bytes.length > 0) {
      for (const line of bytes.toString('latin1').replace(/\n$/, '').split('\n')) this.lines.push(line);
      this.positions.set(chunk.stream, chunk.from + bytes.length);
    }
    for (const waiting of this.#waiting) if (waiting.ready()) waiting.resolve();
    return bytes.length;
  }

  /** Resolves when the condition holds; it is looked at after every chunk. */
  until(ready: () => boolean): Promise<void> {
    if (ready()) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ ready, resolve }));
  }

  untilLines(count: number): Promise<void> {
    return this.until(() => this.lines.length >= count);
  }
}

export interface Running {
  tail: LogTail;
  /** Stops without waiting for chunks in flight, as a crash would. */
  stop(): Promise<void>;
}

/** Starts a tailer whose chunks go into the store. */
export function start(
  store: MemoryStore,
  sources: (string | FileSource)[],
  options: Partial<TailOptions> = {},
): Running {
  const tail = new LogTail({
    registry: store.registry,
    known: store.known,
    clock: systemClock,
    ...options,
    timings: { ...QUICK, ...options.timings },
  });
  tail.setSources(
    sources.map((source) => (typeof source === 'string' ? { id: source, path: source } : source)),
  );
  const consumed = consume(tail, store);
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopped ??= tail.close().then(() => consumed));
  onTestFinished(stop);
  return { tail, stop };
}

async function consume(tail: LogTail, store: MemoryStore): Promise<void> {
  for (let chunk = await tail.next(); chunk !== undefined; chunk = await tail.next()) {
    tail.release(chunk, store.take(chunk));
  }
}

/** Reads everything there is, to its end. */
export async function readOnce(store: MemoryStore, sources: (string | FileSource)[]): Promise<LogTail> {
  const tail = new LogTail({
    registry: store.registry,
    known: store.known,
    clock: systemClock,
    once: true,
    timings: QUICK,
  });
  tail.setSources(
    sources.map((source) => (typeof source === 'string' ? { id: source, path: source } : source)),
  );
  await consume(tail, store);
  await tail.close();
  return tail;
}

/** `count` lines named by a word and a number. */
export function numbered(word: string, count: number, from = 0): string[] {
  return Array.from(
    { length: count },
    (_, index) => `${word} ${from + index} ${'.'.repeat((index * 7) % 40)}`,
  );
}

export function asText(lines: string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}
