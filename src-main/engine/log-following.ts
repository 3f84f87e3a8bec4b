import type { Clock } from './flow/clock.ts';
import type { OutboundLog } from './flow/outbound.ts';
import { repeatedly, type Repetition } from './flow/repeatedly.ts';
import { takeIn, type ChunkSource } from './log-intake.ts';
import type { LogSources, ReaderStates } from './log-sources.ts';
import type { Pipeline } from './pipeline.ts';
import type { Receiving } from './receiving.ts';
import { discoverLogs, knownPlaces } from './sources/logs/discover/index.ts';
import { SourceReaders, type ReaderState } from './source-readers.ts';
import { JOURNAL, journalReadable } from './sources/logs/journal/journal.ts';
import { LogTail, type FileSourceState } from './sources/logs/tail.ts';

/** How often this machine is searched for logs that were not there before. */
const DISCOVER_MS = 60_000;

export interface LogFollowingOptions {
  receiving: Receiving;
  sources: LogSources;
  pipeline: Pipeline;
  clock: Clock;
  outbound: OutboundLog;
  onError: (error: unknown) => void;
}

/** Reads the logs that are wanted: files by the tail, the journal by its own tool. */
export class LogFollowing implements ReaderStates {
  readonly #options: LogFollowingOptions;
  readonly #tail: LogTail;
  readonly #discovery: Repetition;
  readonly #reading: Promise<void>[] = [];
  readonly #readers: SourceReaders;

  constructor(options: LogFollowingOptions) {
    const { pipeline, clock } = options;
    this.#options = options;
    this.#tail = new LogTail({
      registry: pipeline.registry,
      known: pipeline.restored,
      clock,
      maxInFlight: pipeline.chunkLimit,
    });
    this.#readers = new SourceReaders({
      pipeline,
      clock,
      outbound: options.outbound,
      lead: (source) => this.#lead(source),
      onError: options.onError,
    });
    this.#discovery = repeatedly(
      () => this.#discover(),
      () => DISCOVER_MS,
      options.onError,
    );
  }

  start(): void {
    this.refresh();
    this.#lead(this.#tail);
    this.#discovery.start();
    this.#options.receiving.start();
  }

  /** Settings or what was found changed what is to be read. */
  refresh(): void {
    const { sources, receiving } = this.#options;
    receiving.refresh();
    this.#tail.setSources(sources.files());
    this.#readers.refresh(sources.readers());
  }

  files(): FileSourceState[] {
    return this.#tail.states();
  }

  reader(id: string): ReaderState | undefined {
    return this.#readers.state(id);
  }

  received(): ReturnType<Receiving['sources']> {
    return this.#options.receiving.sources();
  }

  async stop(): Promise<void> {
    await this.#options.receiving.stop();
    await this.#discovery.stop();
    this.#readers.close();
    await this.#tail.close();
    await Promise.all(this.#reading);
  }

  #lead(source: ChunkSource): void {
    const { pipeline, clock, sources, onError } = this.#options;
    this.#reading.push(takeIn(source, pipeline, clock, (id) => sources.readingOptions(id)).catch(onError));
  }

  async #discover(): Promise<void> {
    const { platform, env } = process;
    const found = await discoverLogs(knownPlaces({ platform, environment: env }));
    if (platform === 'linux' && (await journalReadable())) found.push({ path: JOURNAL, readable: true });
    if (this.#options.sources.setFound(found)) this.refresh();
  }
}
