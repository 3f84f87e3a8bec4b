import { realpath } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Message } from '../../../../src-preload/contract/shared.ts';
import type { Clock } from '../../flow/clock.ts';
import type { Encoding } from '../../flow/encoding.ts';
import { ChunkQueue } from './chunk-queue.ts';
import type { Chunk } from './chunk.ts';
import { Descriptors, ReplacedError } from './descriptors.ts';
import { DirectoryWatches } from './directory-watches.ts';
import { errorCode, stateOfPath } from './file-access.ts';
import { FileSet } from './file-set.ts';
import { bytesLeft, isDrained, type FollowedFile } from './followed-file.ts';
import { OPEN_LANE, type Lane } from './shares/lane.ts';
import { expandSource, type Expansion } from './source-paths.ts';
import { StreamFinder, type KnownStreams, type StreamRegistry } from './stream-finder.ts';
import {
  DEFAULT_TIMINGS,
  nextLook,
  watchedName,
  type TailTimings,
  type WatchedName,
} from './watched-name.ts';

/** A file, folder or glob to follow. */
export interface FileSource {
  id: string;
  /** Absolute. */
  path: string;
  /** Of a file larger than this, when it is first seen, only so many last bytes are read; all where absent. */
  historyBytes?: number | undefined;
  /** What its files are written in, where the user said. */
  encoding?: Encoding | undefined;
  /** Milliseconds between two looks at its files, where the user said. */
  pollMs?: number | undefined;
  /** Its files are looked at, and none is read. */
  paused?: boolean | undefined;
}

export interface TailOptions {
  registry: StreamRegistry;
  known: KnownStreams;
  clock: Clock;
  /** Chunks handed out and not given back. */
  maxInFlight?: number;
  /** Read what there is to its end, then finish: no following. */
  once?: boolean;
  timings?: Partial<TailTimings>;
  /** The files lie on a share: they are accessed by this, told by their beginning, and never waited for at the end. */
  lane?: Lane;
  /** Open files beside those in use. */
  maxDescriptors?: number;
}

/** What is known of a source, for its health. Lines are counted by whoever stores them. */
export interface FileSourceState {
  id: string;
  path: string;
  kind: Expansion['kind'];
  /** Files followed at the moment. */
  files: number;
  sizeBytes: number;
  /** Bytes not yet taken in. */
  lagBytes: number;
  /** When one of its files last grew, UTC milliseconds. */
  lastSeenAt: number | undefined;
  reason: Message | undefined;
  /** Bytes that were gone before they could be read. */
  lostBytes: number;
}

interface SourceEntry {
  source: FileSource;
  expansion: Expansion | undefined;
  rescanAt: number;
}

const CONCURRENT_LOOKS = 8;
/** A share that is silent for so long is told. */
const STALLED_MS = 10_000;
/** How long the end waits for a share. */
const CLOSE_MS = 1000;
/** Symbolic links are resolved for change notices up to this many names; beyond, their targets are polled. */
const MAX_RESOLVED = 500;

/**
 * Follows files through rename, rotation, truncation, copytruncate, deletion and re-creation, and hands out chunks of
 * whole lines. Nothing is read ahead of the consumer: the position in the file is the queue.
 */
export class LogTail {
  readonly #options: TailOptions;
  readonly #timings: TailTimings;
  readonly #lane: Lane;
  readonly #descriptors: Descriptors;
  readonly #finder: StreamFinder;
  readonly #queue: ChunkQueue;
  readonly #watches: DirectoryWatches;
  readonly #sources = new Map<string, SourceEntry>();
  readonly #names = new Map<string, WatchedName>();
  /** Real paths of names that are symbolic links. */
  readonly #aliases = new Map<string, string>();
  readonly #files: FileSet;
  #closed = false;
  #wake: (() => void) | undefined;
  #woken = false;
  #loop: Promise<void> | undefined;

  constructor(options: TailOptions) {
    this.#options = options;
    this.#timings = { ...DEFAULT_TIMINGS, ...options.timings };
    this.#lane = options.lane ?? OPEN_LANE;
    this.#descriptors = new Descriptors(options.maxDescriptors);
    this.#finder = new StreamFinder(
      this.#descriptors,
      options.registry,
      options.known,
      () => options.clock.now(),
      options.lane !== undefined,
    );
    this.#queue = new ChunkQueue(
      this.#descriptors,
      options.maxInFlight ?? 4,
      (file) => this.#lookAgain(file),
      (sourceId) => this.#sources.get(sourceId)?.source.encoding,
      (sourceId) => this.#sources.get(sourceId)?.source.paused === true,
      this.#lane,
      options.once,
    );
    this.#files = new FileSet({
      descriptors: this.#descriptors,
      finder: this.#finder,
      queue: this.#queue,
      timings: this.#timings,
      clock: options.clock,
      once: options.once === true,
      historyBytes: (sourceId) => this.#sources.get(sourceId)?.source.historyBytes,
      nameOf: (path) => this.#names.get(path),
    });
    this.#watches = new DirectoryWatches((path, directory) => this.#changed(path, directory));
  }

  /** The sources to follow from now on; those no longer named are let go. Positions are kept. */
  setSources(sources: readonly FileSource[]): void {
    const ids = new Set(sources.map((source) => source.id));
    for (const id of this.#sources.keys()) if (!ids.has(id)) this.#sources.delete(id);
    for (const source of sources) {
      const known = this.#sources.get(source.id);
      if (known === undefined) this.#sources.set(source.id, { source, expansion: undefined, rescanAt: 0 });
      else known.source = source;
    }
    this.#queue.resume();
    // A name may pass from one source to another.
    for (const entry of this.#sources.values()) entry.rescanAt = 0;
    for (const name of [...this.#names.values()]) if (!ids.has(name.sourceId)) this.#dropName(name);
    this.#loop ??= this.#run();
    this.#wakeUp();
  }

  /** The next chunk, live ones first; undefined once closed, or at the end in `once` mode. */
  next(): Promise<Chunk | undefined> {
    return this.#queue.next();
  }

  /**
   * Gives a chunk back when its lines are safe.
   * @param taken bytes taken in, when the file no longer held all of it
   */
  release(chunk: Chunk, taken = chunk.to - chunk.from): void {
    this.#queue.release(chunk, taken);
    // Following goes by its own clock; only the end of a single reading is waited for.
    if (this.#options.once === true && this.#queue.inFlight === 0) this.#wakeUp();
  }

  /** Lines split for their length, and bytes gone before they could be read. */
  get counters(): { splitLines: number; lostBytes: number } {
    return { splitLines: this.#queue.splitLines, lostBytes: this.#queue.lostBytes() };
  }

  /** Descriptors held at the moment. */
  get openFiles(): number {
    return this.#descriptors.open;
  }

  states(): FileSourceState[] {
    const states = new Map<string, FileSourceState>();
    const stalled = this.#stalled();
    for (const [id, { source, expansion }] of this.#sources) {
      states.set(id, {
        id,
        path: source.path,
        kind: expansion?.kind ?? 'file',
        files: 0,
        sizeBytes: 0,
        lagBytes: 0,
        lastSeenAt: undefined,
        reason: stalled ? reason('sources.reason.notAnswering', source.path) : expansion?.reason,
        lostBytes: this.#queue.lostBytes(id),
      });
    }
    for (const name of this.#names.values()) {
      const state = states.get(name.sourceId);
      if (state !== undefined) state.reason ??= name.reason;
    }
    for (const file of this.#files.all()) {
      const state = states.get(file.sourceId);
      if (state === undefined) continue;
      if (file.names.size > 0) {
        state.files += 1;
        state.sizeBytes += file.archive?.size ?? file.size;
      }
      state.lagBytes += bytesLeft(file) + (file.archive === undefined ? file.inFlightBytes : 0);
      if (file.archive?.problem !== undefined)
        state.reason ??= reason(`sources.reason.${file.archive.problem}`, file.path);
      state.lastSeenAt = Math.max(state.lastSeenAt ?? 0, file.changedAt);
    }
    return [...states.values()];
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#queue.close();
    this.#watches.close();
    this.#wakeUp();
    const ended = (this.#loop ?? Promise.resolve()).then(() => this.#descriptors.close());
    // A share that does not answer is not waited for: nothing of it is in hand.
    if (this.#lane === OPEN_LANE) await ended;
    else await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, CLOSE_MS))]);
  }

  async #run(): Promise<void> {
    while (!this.#closed) {
      await this.#rescan();
      await this.#lookAtNames();
      await this.#lane.run(() => this.#files.lookAtDetached());
      this.#files.started = true;
      if (this.#options.once === true && this.#allRead()) {
        this.#queue.close();
        return;
      }
      this.#queue.pump();
      await this.#sleep();
    }
  }

  /** Ends the pause between two rounds, or skips the next one: nothing that happens during a round is missed. */
  #wakeUp(): void {
    this.#woken = true;
    this.#wake?.();
  }

  async #sleep(): Promise<void> {
    const now = this.#options.clock.now();
    let due = this.#files.dueAt;
    for (const name of this.#names.values()) due = Math.min(due, name.dueAt);
    for (const entry of this.#sources.values()) due = Math.min(due, entry.rescanAt);
    const wait = Math.min(Math.max(this.#timings.minimum, due - now), this.#timings.rescan);
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, wait);
      this.#wake = () => {
        clearTimeout(timer);
        // Changes come in bursts: a short pause takes them together.
        setTimeout(resolve, this.#timings.minimum / 4);
      };
      if (this.#closed || this.#woken) this.#wake();
    });
    this.#wake = undefined;
    this.#woken = false;
  }

  /** Finds the files of sources whose turn it is. */
  async #rescan(): Promise<void> {
    const now = this.#options.clock.now();
    let changed = false;
    for (const entry of this.#sources.values()) {
      if (entry.rescanAt > now) continue;
      const before = this.#options.clock.now();
      const expansion = await this.#lane.run(() => expandSource(entry.source.path));
      // A share that was away for a moment has not lost its files.
      if (expansion.failed === true && entry.expansion !== undefined)
        entry.expansion = { ...entry.expansion, reason: expansion.reason };
      else entry.expansion = expansion;
      const took = this.#options.clock.now() - before;
      // A large tree is listed less often: at most a tenth of the time.
      entry.rescanAt = this.#options.clock.now() + Math.max(this.#timings.rescan, took * 10);
      const paths = new Set(entry.expansion.paths);
      for (const path of paths) {
        if (this.#names.has(path)) continue;
        this.#names.set(path, watchedName(path, entry.source.id));
        changed = true;
      }
      for (const name of [...this.#names.values()]) {
        if (name.sourceId === entry.source.id && !paths.has(name.path) && name.file === undefined)
          this.#dropName(name);
      }
    }
    if (changed) await this.#watchDirectories();
    if (changed && !this.#files.started) await this.#adoptLeftBehind();
  }

  async #watchDirectories(): Promise<void> {
    if (this.#options.once === true || this.#lane !== OPEN_LANE) return;
    const directories = new Set<string>();
    this.#aliases.clear();
    for (const { expansion } of this.#sources.values()) {
      for (const directory of expansion?.directories ?? []) directories.add(directory);
    }
    for (const name of this.#names.values()) {
      directories.add(dirname(name.path));
      const resolve = this.#names.size <= MAX_RESOLVED;
      const real = resolve ? await realpath(name.path).catch(() => undefined) : undefined;
      if (real === undefined || real === name.path) continue;
      this.#aliases.set(real, name.path);
      directories.add(dirname(real));
    }
    await this.#watches.set(directories);
  }

  async #adoptLeftBehind(): Promise<void> {
    const left = await this.#lane.run(() => this.#finder.findLeftBehind(new Set(this.#names.keys())));
    for (const file of left) {
      if (!this.#sources.has(file.sourceId)) continue;
      this.#files.adopt(file);
      for (const name of this.#names.values()) {
        if (name.sourceId === file.sourceId && name.file === undefined) name.seen = true;
      }
    }
  }

  #changed(path: string, directory: string): void {
    const name = this.#names.get(path) ?? this.#names.get(this.#aliases.get(path) ?? '');
    if (name !== undefined) name.dueAt = Math.min(name.dueAt, name.checkedAt + this.#timings.minimum);
    else {
      const soon = this.#options.clock.now() + this.#timings.minimum;
      for (const { expansion, rescanAt } of this.#sources.values()) {
        if (expansion?.directories.includes(directory) !== true || rescanAt <= soon) continue;
        for (const entry of this.#sources.values()) if (entry.expansion === expansion) entry.rescanAt = soon;
      }
      this.#files.expedite(path, soon);
    }
    this.#wakeUp();
  }

  /** A read failed or found other content than expected. */
  #lookAgain(file: FollowedFile): void {
    for (const path of file.names) {
      const name = this.#names.get(path);
      if (name !== undefined) name.dueAt = 0;
    }
    if (file.names.size === 0) this.#files.expedite(file.path, 0);
    this.#wakeUp();
  }

  async #lookAtNames(): Promise<void> {
    const now = this.#options.clock.now();
    const due = [...this.#names.values()].filter((name) => name.dueAt <= now);
    for (let index = 0; index < due.length && !this.#closed; index += CONCURRENT_LOOKS) {
      await Promise.all(due.slice(index, index + CONCURRENT_LOOKS).map((name) => this.#look(name)));
      this.#queue.pump();
    }
  }

  async #look(name: WatchedName): Promise<void> {
    let settled = true;
    try {
      settled = await this.#lane.run(() => this.#lookAt(name));
    } catch (error) {
      this.#lookFailed(name, error);
    }
    const now = this.#options.clock.now();
    name.checked = true;
    name.checkedAt = now;
    const watched = this.#watches.isWatched(dirname(name.path));
    name.dueAt = nextLook(name, now, this.#timings, watched, this.#names.size);
    name.unsettled = !settled;
    if (!settled) name.dueAt = now + this.#timings.minimum;
    else if (this.#options.once === true) name.dueAt = Infinity;
  }

  async #lookAt(name: WatchedName): Promise<boolean> {
    const state = await stateOfPath(name.path);
    if (state.regular) return this.#files.lookAt(name, state);
    name.reason = reason('sources.reason.notRegular', name.path);
    return true;
  }

  #stalled(): boolean {
    const { waitingSince } = this.#lane;
    return waitingSince !== undefined && this.#options.clock.now() - waitingSince > STALLED_MS;
  }

  #lookFailed(name: WatchedName, error: unknown): void {
    const code = errorCode(error);
    if (error instanceof ReplacedError) return;
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      if (name.file !== undefined) this.#files.unlink(name);
      const key = name.seen ? 'sources.reason.vanished' : 'sources.reason.absent';
      name.reason = reason(key, name.path);
    } else if (code === 'EACCES' || code === 'EPERM') {
      name.reason = reason('sources.reason.permission', name.path);
    } else {
      // An open file of a share that was away is no good any more.
      if (this.#lane !== OPEN_LANE && name.file !== undefined) this.#descriptors.forget(name.file.fileId);
      name.reason = reason('sources.reason.unreadable', name.path, code);
    }
  }

  #dropName(name: WatchedName): void {
    this.#names.delete(name.path);
    this.#files.drop(name);
  }

  #allRead(): boolean {
    for (const name of this.#names.values()) if (!name.checked || name.unsettled) return false;
    return this.#files.all().every((file) => isDrained(file));
  }
}

function reason(key: string, path: string, code = ''): Message {
  return { key, parameters: { path, code } };
}
