import type { Clock } from './flow/clock.ts';
import { repeatedly, type Repetition } from './flow/repeatedly.ts';
import { takeIn, type ChunkSource } from './log-intake.ts';
import type { LogSources, ReaderStates } from './log-sources.ts';
import type { Pipeline } from './pipeline.ts';
import type { Receiving } from './receiving.ts';
import { discoverLogs, knownPlaces } from './sources/logs/discover/index.ts';
import {
  JOURNAL,
  JournalReader,
  journalReadable,
  type JournalState,
} from './sources/logs/journal/journal.ts';
import { LogTail, type FileSourceState } from './sources/logs/tail.ts';

/** How often this machine is searched for logs that were not there before. */
const DISCOVER_MS = 60_000;

export interface LogFollowingOptions {
  receiving: Receiving;
  sources: LogSources;
  pipeline: Pipeline;
  clock: Clock;
  onError: (error: unknown) => void;
}

/** Reads the logs that are wanted: files by the tail, the journal by its own tool. */
export class LogFollowing implements ReaderStates {
  readonly #options: LogFollowingOptions;
  readonly #tail: LogTail;
  readonly #discovery: Repetition;
  readonly #reading: Promise<void>[] = [];
  #journal: JournalReader | undefined;

  constructor(options: LogFollowingOptions) {
    const { pipeline, clock } = options;
    this.#options = options;
    this.#tail = new LogTail({
      registry: pipeline.registry,
      known: pipeline.restored,
      clock,
      maxInFlight: pipeline.chunkLimit,
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
    if (sources.readsJournal && this.#journal === undefined) this.#openJournal();
    else if (!sources.readsJournal && this.#journal !== undefined) {
      this.#journal.close();
      this.#journal = undefined;
    }
  }

  files(): FileSourceState[] {
    return this.#tail.states();
  }

  journal(): JournalState | undefined {
    return this.#journal?.state;
  }

  received(): ReturnType<Receiving['sources']> {
    return this.#options.receiving.sources();
  }

  async stop(): Promise<void> {
    await this.#options.receiving.stop();
    await this.#discovery.stop();
    this.#journal?.close();
    await this.#tail.close();
    await Promise.all(this.#reading);
  }

  #openJournal(): void {
    const { pipeline, clock, onError } = this.#options;
    const { streams, positions } = pipeline.restored;
    const stream = streams.find((each) => each.sourceId === JOURNAL)?.stream;
    const position = positions.find((each) => each.stream === stream);
    const known = stream === undefined || position === undefined ? undefined : { stream, position };
    const journal = new JournalReader({ registry: pipeline.registry, known, clock });
    this.#journal = journal;
    journal.start().then(() => this.#lead(journal), onError);
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
