import type { Encoding } from '../../src-preload/contract/log-sources.ts';
import type { Message } from '../../src-preload/contract/shared.ts';
import type { Clock } from './flow/clock.ts';
import { KnownPositions } from './flow/known-positions.ts';
import type { OutboundLog } from './flow/outbound.ts';
import type { ChunkSource } from './log-intake.ts';
import type { Pipeline } from './pipeline.ts';
import type { Chunk } from './sources/logs/chunk.ts';
import { JournalReader } from './sources/logs/journal/journal.ts';
import { parseRemote } from './sources/logs/ssh/address.ts';
import { systemLogOf } from './sources/logs/system/index.ts';
import type { SystemLog } from './sources/logs/system/system-log.ts';
import { RemoteTail } from './sources/logs/ssh/remote-tail.ts';

/** A source that is no file of this machine, and how it is to be read. */
export interface WantedReader {
  id: string;
  paused: boolean;
  /** Key for SSH, where the user named one. */
  identity?: string | undefined;
  encoding?: Encoding | undefined;
}

/** What is known of such a source, for its health. */
export interface ReaderState {
  reason: Message | undefined;
  lastSeenAt: number | undefined;
  sizeBytes?: number | undefined;
  lagBytes?: number | undefined;
  /** Entries left out. */
  skipped?: number | undefined;
}

/** Connections to other machines at once: each is a process. */
const MAX_REMOTE = 50;

interface Reader {
  /** What it was opened with: another key or encoding opens it anew. */
  kind: string;
  gate: Gate;
  state: ReaderState;
  close(): void;
}

export interface SourceReadersOptions {
  pipeline: Pipeline;
  clock: Clock;
  outbound: OutboundLog;
  lead: (source: ChunkSource) => void;
  onError: (error: unknown) => void;
}

/** Readers of what lies in no file here: the journal, files of other machines. One of each at most, opened as wanted. */
export class SourceReaders {
  readonly #options: SourceReadersOptions;
  readonly #known: KnownPositions;
  readonly #readers = new Map<string, Reader>();
  /** Wanted, and not opened. */
  readonly #refused = new Map<string, Message>();

  constructor(options: SourceReadersOptions) {
    this.#options = options;
    this.#known = new KnownPositions(options.pipeline.restored, options.pipeline.registry);
  }

  refresh(wanted: readonly WantedReader[]): void {
    const byId = new Map(wanted.map((each) => [each.id, each]));
    for (const [id, reader] of this.#readers) {
      const now = byId.get(id);
      if (now !== undefined && reader.kind === kindOf(now)) continue;
      reader.close();
      this.#readers.delete(id);
    }
    this.#refused.clear();
    for (const each of wanted) {
      const known = this.#readers.get(each.id);
      if (known === undefined) this.#open(each);
      else known.gate.setPaused(each.paused);
    }
  }

  state(id: string): ReaderState | undefined {
    const refusal = this.#refused.get(id);
    if (refusal !== undefined) return { reason: refusal, lastSeenAt: undefined };
    return this.#readers.get(id)?.state;
  }

  close(): void {
    for (const reader of this.#readers.values()) reader.close();
    this.#readers.clear();
  }

  #open(wanted: WantedReader): void {
    const log = systemLogOf(wanted.id);
    if (log === undefined) this.#openRemote(wanted);
    else this.#openSystemLog(wanted, log);
  }

  #openSystemLog(wanted: WantedReader, log: SystemLog): void {
    const { clock, onError } = this.#options;
    const { streams, positions } = this.#known.of(log.id);
    const stream = streams.at(-1)?.stream;
    const position = positions.find((each) => each.stream === stream);
    const known = stream === undefined || position === undefined ? undefined : { stream, position };
    const journal = new JournalReader({ registry: this.#known.registry, known, clock, log });
    const gate = this.#keep(wanted, journal, journal.state, () => journal.close());
    journal.start().then(() => this.#options.lead(gate), onError);
  }

  #openRemote(wanted: WantedReader): void {
    const file = parseRemote(wanted.id);
    if (file === undefined || this.#readers.size >= MAX_REMOTE) {
      const key = file === undefined ? 'sources.reason.sshAddress' : 'sources.reason.sshTooMany';
      this.#refused.set(wanted.id, { key, parameters: { path: wanted.id, limit: MAX_REMOTE } });
      return;
    }
    const { clock, outbound, lead } = this.#options;
    const tail = new RemoteTail({
      id: wanted.id,
      file,
      registry: this.#known.registry,
      known: this.#known.of(wanted.id),
      clock,
      outbound,
      encoding: wanted.encoding,
      session: { identity: wanted.identity },
    });
    lead(this.#keep(wanted, tail, tail.state, () => tail.close()));
  }

  #keep(wanted: WantedReader, source: ChunkSource, state: ReaderState, close: () => void): Gate {
    const gate = new Gate(source, (chunk) => this.#known.note(chunk));
    gate.setPaused(wanted.paused);
    this.#readers.set(wanted.id, {
      kind: kindOf(wanted),
      gate,
      state,
      close: () => {
        close();
        gate.close();
      },
    });
    return gate;
  }
}

function kindOf({ identity, encoding }: WantedReader): string {
  return JSON.stringify([identity, encoding]);
}

/** Lets chunks through unless the source is paused: what is not asked for waits where it is. */
class Gate implements ChunkSource {
  readonly #source: ChunkSource;
  readonly #onSafe: (chunk: Chunk) => void;
  #open: PromiseWithResolvers<void> | undefined;
  #closed = false;

  constructor(source: ChunkSource, onSafe: (chunk: Chunk) => void) {
    this.#source = source;
    this.#onSafe = onSafe;
  }

  setPaused(paused: boolean): void {
    if (paused && !this.#closed) this.#open ??= Promise.withResolvers();
    else {
      this.#open?.resolve();
      this.#open = undefined;
    }
  }

  async next(): Promise<Chunk | undefined> {
    await this.#open?.promise;
    const chunk = this.#closed ? undefined : await this.#source.next();
    // It may have been paused while the source had nothing to say.
    await this.#open?.promise;
    return this.#closed ? undefined : chunk;
  }

  release(chunk: Chunk, taken: number): void {
    this.#onSafe({ ...chunk, to: chunk.from + taken });
    this.#source.release?.(chunk, taken);
  }

  close(): void {
    this.#closed = true;
    this.setPaused(false);
  }
}
