import type { Clock } from '../../flow/clock.ts';
import type { ArchiveState } from './archives/archive.ts';
import type { ChunkQueue } from './chunk-queue.ts';
import type { Descriptors } from './descriptors.ts';
import { stateOfDescriptor, type FileState } from './file-access.ts';
import { bytesLeft, isDrained, UNKNOWN_SIZE, type FollowedFile } from './followed-file.ts';
import { LATER, type StreamFinder } from './stream-finder.ts';
import type { TailTimings, WatchedName } from './watched-name.ts';

/** A file that appears with more than this is history. */
const LIVE_BYTES = 1024 * 1024;

export interface FileSetOptions {
  descriptors: Descriptors;
  finder: StreamFinder;
  queue: ChunkQueue;
  timings: TailTimings;
  clock: Clock;
  once: boolean;
  /** Last bytes to read of a file first seen, by source; undefined: all. */
  historyBytes(sourceId: string): number | undefined;
  /** The name a file is watched by. */
  nameOf(path: string): WatchedName | undefined;
}

/** The files being followed: which name leads to which, what became of those without a name. */
export class FileSet {
  readonly #options: FileSetOptions;
  readonly #files = new Map<string, FollowedFile>();
  /** Files being identified. */
  readonly #beginning = new Set<string>();
  /** Files without a watched name that may still grow, and rests of truncated ones. */
  readonly #detached = new Set<FollowedFile>();
  #detachedDueAt = Infinity;
  /** Everything was looked at once: files that appear from now on are news. */
  started = false;

  constructor(options: FileSetOptions) {
    this.#options = options;
  }

  /** All files something may still come from. */
  all(): FollowedFile[] {
    return [...new Set([...this.#files.values(), ...this.#detached])];
  }

  /** UTC milliseconds of the next look at files without a name. */
  get dueAt(): number {
    return this.#detached.size > 0 ? this.#detachedDueAt : Infinity;
  }

  /** A file without a name changed, or may have. */
  expedite(path: string, at: number): void {
    for (const file of this.#detached) {
      if (file.path === path) this.#detachedDueAt = Math.min(this.#detachedDueAt, at);
    }
  }

  /** Files left behind while nobody watched: they have no name, and are read first. */
  adopt(file: FollowedFile): void {
    if (!file.complete) this.#files.set(file.fileId, file);
    this.#detach(file);
  }

  /** The name is not watched any more. */
  drop(name: WatchedName): void {
    const file = name.file;
    if (file === undefined) return;
    file.names.delete(name.path);
    if (file.names.size === 0) this.#forget(file);
  }

  /** Takes in what the name leads to; false when that was not possible just now. */
  async lookAt(name: WatchedName, state: FileState): Promise<boolean> {
    const before = name.file;
    if (before !== undefined && before.fileId !== state.fileId) this.unlink(name);
    const file = name.file ?? this.#files.get(state.fileId);
    if (file === undefined) {
      // Another name of the same file came first.
      if (this.#beginning.has(state.fileId)) return false;
      if (!(await this.#begin(name, state, before))) return false;
    } else {
      await this.#link(name, file);
      if (this.#options.queue.isBusy(file)) return false;
      await this.#observe(file, state, name.path);
    }
    name.reason = undefined;
    name.seen = true;
    return true;
  }

  /** First sight of a file; false when it can't be told yet which it is. */
  async #begin(name: WatchedName, state: FileState, before: FollowedFile | undefined): Promise<boolean> {
    if (this.#options.finder.isCopy(state.fileId)) return true;
    this.#beginning.add(state.fileId);
    try {
      return await this.#beginFile(name, state, before);
    } finally {
      this.#beginning.delete(state.fileId);
    }
  }

  async #beginFile(name: WatchedName, state: FileState, before: FollowedFile | undefined): Promise<boolean> {
    const history = this.#options.historyBytes(name.sourceId);
    const start = (size: number): number => (history !== undefined && size > history ? size - history : 0);
    const found = await this.#options.finder.find(name.path, state, name.sourceId, start);
    if (found === LATER) return false;
    if (found === undefined) return true;
    const { file, rest } = found;
    this.#files.set(state.fileId, file);
    file.predecessor = rest ?? before ?? this.#undrainedBefore(name);
    if (before !== undefined) before.unseen = true;
    // What appears while we watch is news, unless it is a large file moved here.
    const isNews = name.seen || (this.started && state.size <= LIVE_BYTES);
    if (isNews && file.archive === undefined) file.caughtUp = true;
    if (this.#options.once) file.flush = true;
    if (rest !== undefined) this.#detach(rest);
    await this.#link(name, file);
    if (file.archive !== undefined) await this.#observe(file, state, name.path);
    this.#options.queue.ready(file);
    return true;
  }

  /** The file that had this name before, as long as it has something left. */
  #undrainedBefore(name: WatchedName): FollowedFile | undefined {
    for (const file of this.#detached) {
      if (file.path === name.path && file.sourceId === name.sourceId && !isDrained(file)) return file;
    }
    return undefined;
  }

  async #link(name: WatchedName, file: FollowedFile): Promise<void> {
    if (name.file === file) return;
    name.file = file;
    file.names.add(name.path);
    this.#detached.delete(file);
    file.unseen = false;
    await this.#options.finder.renamed(file, name.path);
  }

  /** The name leads nowhere, or elsewhere. */
  unlink(name: WatchedName): void {
    const file = name.file;
    name.file = undefined;
    if (file === undefined) return;
    file.names.delete(name.path);
    if (file.names.size === 0 && !file.ended) this.#detach(file);
  }

  #detach(file: FollowedFile): void {
    file.changedAt = this.#options.clock.now();
    file.unseen = !file.complete;
    this.#detached.add(file);
    this.#detachedDueAt = 0;
    this.#options.queue.ready(file);
  }

  #forget(file: FollowedFile): void {
    file.ended = true;
    this.#detached.delete(file);
    if (!file.complete) this.#options.finder.remember(file);
    if (this.#files.get(file.fileId) === file) this.#files.delete(file.fileId);
    this.#options.descriptors.forget(file.fileId);
    this.#options.queue.remove(file);
  }

  /** Takes in what a look at a followed file found. */
  async #observe(file: FollowedFile, state: FileState, path: string): Promise<void> {
    if (file.ended) return;
    if (file.archive !== undefined) return this.#observeArchive(file, file.archive, state, path);
    const reborn = file.born !== 0n && state.born !== 0n && state.born !== file.born;
    if (reborn || state.size < file.offset || file.suspect) return this.#replace(file, state, path);
    const now = this.#options.clock.now();
    if (state.size !== file.size || state.modified !== file.modified) {
      const descriptor = await this.#options.descriptors.acquire(file.fileId, file.path);
      const same = await this.#options.finder
        .verify(file, descriptor)
        .finally(() => this.#options.descriptors.release(file.fileId));
      if (!same) return this.#replace(file, state, path);
      if (state.size !== file.size) file.changedAt = now;
      if (state.size !== file.size && !this.#options.once) file.flush = false;
      file.size = state.size;
      file.modified = state.modified;
      file.scanned = Math.min(file.scanned, file.size);
    }
    const wait = file.names.size > 0 ? this.#options.timings.partial : this.#options.timings.rotatedPartial;
    if (file.offset < file.size && now - file.changedAt >= wait) file.flush = true;
    file.unseen = false;
    if (file.offset < file.size) this.#options.queue.ready(file);
  }

  /** A compressed file is read when it rests; one that changes is looked at anew from where its content was left. */
  async #observeArchive(
    file: FollowedFile,
    archive: ArchiveState,
    state: FileState,
    path: string,
  ): Promise<void> {
    const now = this.#options.clock.now();
    if (state.size < archive.size || (file.born !== 0n && state.born !== 0n && state.born !== file.born)) {
      // Another archive: it is begun with at the next look.
      this.#forget(file);
      const name = this.#options.nameOf(path);
      if (name !== undefined) Object.assign(name, { file: undefined, dueAt: 0 });
      return;
    }
    if (state.size !== archive.size || state.modified !== archive.modified) {
      this.#options.queue.remove(file);
      Object.assign(archive, { size: state.size, modified: state.modified, read: 0, problem: undefined });
      file.size = UNKNOWN_SIZE;
      file.flush = this.#options.once;
      file.changedAt = now;
    }
    if (now - file.changedAt >= this.#options.timings.partial) file.flush = true;
    file.unseen = false;
    if (file.offset < file.size && file.flush) this.#options.queue.ready(file);
  }

  /** The file was truncated or rewritten: its stream ends (its rest may be in a copy), another begins. */
  async #replace(file: FollowedFile, state: FileState, path: string): Promise<void> {
    // What is in flight may come back short and belongs to the rest.
    file.suspect = true;
    if (file.inFlight > 0) return;
    const next = await this.#options.finder.create(path, state, file.sourceId);
    file.ended = true;
    this.#options.queue.remove(file);
    const rest = await this.#options.finder.findRest(file.identity, file.offset, file.tail, file.sourceId);
    if (rest === undefined) this.#options.queue.lose(file.sourceId, bytesLeft(file));
    else this.#detach(rest);
    this.#options.finder.supersede(file.identity, file.offset);
    this.#detached.delete(file);
    next.predecessor = rest;
    next.caughtUp = true;
    next.flush = this.#options.once;
    this.#files.set(next.fileId, next);
    for (const linked of file.names) {
      const name = this.#options.nameOf(linked);
      if (name === undefined) continue;
      name.file = next;
      next.names.add(linked);
    }
    if (next.names.size === 0) this.#detach(next);
    this.#options.queue.ready(next);
  }

  /** Looks at files without a name when it is time. */
  async lookAtDetached(): Promise<void> {
    const now = this.#options.clock.now();
    if (this.#detached.size === 0 || now < this.#detachedDueAt) return;
    for (const file of [...this.#detached]) await this.#lookAtOneDetached(file, now);
    this.#detachedDueAt = this.#options.clock.now() + this.#options.timings.active;
  }

  async #lookAtOneDetached(file: FollowedFile, now: number): Promise<void> {
    const quiet = now - file.changedAt;
    if (isDrained(file)) {
      if (file.complete) {
        this.#forget(file);
        return;
      }
      // A file at rest is looked at ever more rarely: after a quiet time, a tenth of it later.
      if (now < file.lookedAt + quiet / 10) return;
    }
    file.lookedAt = now;
    try {
      const state = await this.#stateOfDetached(file);
      if (state === undefined) {
        this.#options.queue.lose(file.sourceId, bytesLeft(file));
        this.#forget(file);
        return;
      }
      if (!file.complete && this.#options.queue.isBusy(file)) return;
      if (!file.complete) await this.#observe(file, state, file.path);
      file.unseen = false;
      const keep = state.links === 0 ? this.#options.timings.forgetDeleted : this.#options.timings.forget;
      if (isDrained(file) && quiet >= keep) this.#forget(file);
    } catch {
      // Not to be had any more: what was left of it is lost, and counted.
      if (file.inFlight > 0) return;
      this.#options.queue.lose(file.sourceId, bytesLeft(file));
      this.#forget(file);
    }
  }

  /** By the open descriptor, or under the name it has now; undefined when it is gone. */
  async #stateOfDetached(file: FollowedFile): Promise<FileState | undefined> {
    if (!this.#options.descriptors.isOpen(file.fileId)) {
      const path = await this.#options.finder.locate(file);
      if (path === undefined) return undefined;
      await this.#options.finder.renamed(file, path);
    }
    const descriptor = await this.#options.descriptors.acquire(file.fileId, file.path);
    try {
      return await stateOfDescriptor(descriptor);
    } finally {
      this.#options.descriptors.release(file.fileId);
    }
  }
}
