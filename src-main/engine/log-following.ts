import type { Clock } from './flow/clock.ts';
import { FileTails } from './file-tails.ts';
import type { OutboundLog } from './flow/outbound.ts';
import { repeatedly, type Repetition } from './flow/repeatedly.ts';
import { takeIn, type ChunkSource } from './log-intake.ts';
import type { LogSources, ReaderStates } from './log-sources.ts';
import type { Pipeline } from './pipeline.ts';
import type { Receiving } from './receiving.ts';
import { discoverLogs, knownPlaces } from './sources/logs/discover/index.ts';
import { SourceReaders, type ReaderState } from './source-readers.ts';
import { JOURNAL, journalReadable } from './sources/logs/journal/journal.ts';
import { ownLogOf } from './sources/logs/system/index.ts';
import type { FileSourceState } from './sources/logs/tail.ts';

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
  readonly #tails: FileTails;
  readonly #discovery: Repetition;
  readonly #reading: Promise<void>[] = [];
  readonly #readers: SourceReaders;
  #started = false;
  #stopped = false;

  constructor(options: LogFollowingOptions) {
    const { pipeline, clock } = options;
    this.#options = options;
    this.#tails = new FileTails({ pipeline, clock, lead: (source) => this.#lead(source) });
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
    void this.#begin();
    this.#discovery.start();
    this.#options.receiving.start();
  }

  /** Which files lie on shares is known before the first of them is looked at. */
  async #begin(): Promise<void> {
    await this.#tails.lookForShares(process.platform);
    if (this.#stopped) return;
    this.#started = true;
    this.refresh();
  }

  /** Settings or what was found changed what is to be read. */
  refresh(): void {
    const { sources, receiving } = this.#options;
    receiving.refresh();
    if (this.#started) this.#tails.setSources(sources.files());
    this.#readers.refresh(sources.readers());
  }

  files(): FileSourceState[] {
    return this.#tails.states();
  }

  reader(id: string): ReaderState | undefined {
    return this.#readers.state(id);
  }

  received(): ReturnType<Receiving['sources']> {
    return this.#options.receiving.sources();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#options.receiving.stop();
    await this.#discovery.stop();
    this.#readers.close();
    await this.#tails.close();
    await Promise.all(this.#reading);
  }

  #lead(source: ChunkSource): void {
    const { pipeline, clock, sources, onError } = this.#options;
    this.#reading.push(takeIn(source, pipeline, clock, (id) => sources.readingOptions(id)).catch(onError));
  }

  async #discover(): Promise<void> {
    const { platform, env } = process;
    await this.#tails.lookForShares(platform);
    const found = await discoverLogs(knownPlaces({ platform, environment: env }));
    if (platform === 'linux' && (await journalReadable())) found.push({ path: JOURNAL, readable: true });
    const own = ownLogOf(platform);
    if (own !== undefined) found.push({ path: own, readable: true });
    if (this.#options.sources.setFound(found)) this.refresh();
  }
}
