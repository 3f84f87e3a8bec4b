import type { Encoding } from '../../flow/encoding.ts';
import { ArchiveReader, type ArchiveState } from './archives/archive.ts';
import type { Chunk } from './chunk.ts';
import type { Descriptors } from './descriptors.ts';
import { readAt } from './file-access.ts';
import { OPEN_LANE, type Lane } from './shares/lane.ts';
import { HEAD_BYTES, readHead } from './file-head.ts';
import { isReadable, type FollowedFile } from './followed-file.ts';
import { planChunk, type Plan } from './next-chunk.ts';

type Range = Extract<Plan, { kind: 'range' }>;

/** Chunks under way that history leaves to live files: a new line waits behind one bulk chunk a worker, and for none to be stored. */
const LIVE_SLOTS = 2;
/** Chunks of history since the last live one until nothing live is expected. */
const LIVE_FOR_CHUNKS = 100;

/**
 * Whose turn it is. Files that were read to their end before (live) go before those still being caught up with; within
 * both it goes round, so that one large file starves none, unless nobody waits for any of them. A chunk is made only when
 * the consumer asks.
 */
export class ChunkQueue {
  readonly #descriptors: Descriptors;
  readonly #maxInFlight: number;
  readonly #lookAgain: (file: FollowedFile) => void;
  readonly #encodingOf: (sourceId: string) => Encoding | undefined;
  readonly #lane: Lane;
  readonly #oneByOne: boolean;
  readonly #isPaused: (sourceId: string) => boolean;
  /** Of paused sources, with something to read. */
  readonly #held = new Set<FollowedFile>();
  readonly #live = new Set<FollowedFile>();
  readonly #bulk = new Set<FollowedFile>();
  /** Compressed files. One is read to its end before the next begins: each has a window of megabytes. */
  readonly #archives = new Set<FollowedFile>();
  #archiveIsNext = false;
  readonly #busy = new Set<FollowedFile>();
  readonly #handedOut = new Map<Chunk, FollowedFile>();
  /** Of those handed out, chunks of history. */
  #bulkInFlight = 0;
  /** Chunks of history handed out since the last live one. */
  #sinceLive = Infinity;
  #waiting: ((chunk: Chunk | undefined) => void)[] = [];
  #pumping = false;
  /** Something changed since serving began. */
  #again = false;
  #closed = false;
  /** Lines longer than the limit. */
  splitLines = 0;
  /** Bytes that were gone before they could be read, by source. */
  readonly #lost = new Map<string, number>();

  /**
   * @param maxInFlight chunks handed out and not given back
   * @param lookAgain called when a file does not hold what was expected
   * @param encodingOf what the user said the source's files are written in
   * @param isPaused nothing of the source is handed out for now
   * @param lane what a share is read by: then chunks bring their bytes, so that no thread of the pipeline waits for it
   * @param oneByOne a file is read to its end before the next begins: detectors then remember one history at a time
   */
  constructor(
    descriptors: Descriptors,
    maxInFlight: number,
    lookAgain: (file: FollowedFile) => void,
    encodingOf: (sourceId: string) => Encoding | undefined = () => undefined,
    isPaused: (sourceId: string) => boolean = () => false,
    lane: Lane = OPEN_LANE,
    oneByOne = false,
  ) {
    this.#lane = lane;
    this.#oneByOne = oneByOne;
    this.#descriptors = descriptors;
    this.#maxInFlight = maxInFlight;
    this.#lookAgain = lookAgain;
    this.#encodingOf = encodingOf;
    this.#isPaused = isPaused;
  }

  /** Chunks handed out and not given back. */
  get inFlight(): number {
    return this.#handedOut.size;
  }

  /** Bytes of a source, or of all, that were gone before they could be read. */
  lostBytes(sourceId?: string): number {
    if (sourceId !== undefined) return this.#lost.get(sourceId) ?? 0;
    return [...this.#lost.values()].reduce((sum, bytes) => sum + bytes, 0);
  }

  lose(sourceId: string, bytes: number): void {
    if (bytes > 0) this.#lost.set(sourceId, this.lostBytes(sourceId) + bytes);
  }

  /** Sources that were paused may go on. */
  resume(): void {
    const held = [...this.#held];
    this.#held.clear();
    for (const file of held) this.ready(file);
  }

  next(): Promise<Chunk | undefined> {
    if (this.#closed) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.pump();
    });
  }

  /** The file may have something to read. */
  ready(file: FollowedFile): void {
    if (file.ended) return;
    (file.archive !== undefined ? this.#archives : file.caughtUp ? this.#live : this.#bulk).add(file);
    this.pump();
  }

  remove(file: FollowedFile): void {
    this.#live.delete(file);
    this.#bulk.delete(file);
    this.#held.delete(file);
    this.#archives.delete(file);
    this.#closeArchive(file);
  }

  /** A chunk of it is being made. */
  isBusy(file: FollowedFile): boolean {
    return this.#busy.has(file);
  }

  release(chunk: Chunk, taken: number): void {
    const file = this.#handedOut.get(chunk);
    if (file === undefined) return;
    this.#handedOut.delete(chunk);
    if (!chunk.live) this.#bulkInFlight -= 1;
    file.inFlight -= 1;
    file.inFlightBytes -= chunk.to - chunk.from;
    if (chunk.bytes === undefined) this.#descriptors.release(file.fileId);
    if (taken < chunk.to - chunk.from) {
      // Cut under the reader: the stream stands where its last taken line ended.
      file.offset = Math.min(file.offset, chunk.from + taken);
      file.tail = Buffer.alloc(0);
      file.scanned = file.offset;
      file.suspect = true;
    }
    if (file.suspect && file.inFlight === 0) this.#lookAgain(file);
    this.pump();
  }

  close(): void {
    this.#closed = true;
    for (const resolve of this.#waiting.splice(0)) resolve(undefined);
    for (const file of this.#archives) this.#closeArchive(file);
  }

  /** Serves waiting consumers as far as there is something to read. */
  pump(): void {
    this.#again = true;
    if (this.#pumping) return;
    this.#pumping = true;
    void this.#serveWhileAsked().finally(() => {
      this.#pumping = false;
    });
  }

  async #serveWhileAsked(): Promise<void> {
    while (this.#again && !this.#closed) {
      this.#again = false;
      await this.#serve();
    }
  }

  async #serve(): Promise<void> {
    while (this.#waiting.length > 0 && !this.#closed) {
      const file = this.#nextFile();
      if (file === undefined) return;
      const { archive } = file;
      const chunk = await this.#lane.run(() =>
        archive === undefined ? this.#make(file) : this.#makeFromArchive(file, archive),
      );
      if (chunk === undefined) continue;
      const resolve = this.#waiting.shift();
      if (resolve === undefined) this.release(chunk, 0);
      else resolve(chunk);
    }
  }

  get #besideLive(): boolean {
    return this.#sinceLive < LIVE_FOR_CHUNKS;
  }

  #nextFile(): FollowedFile | undefined {
    if (this.#handedOut.size >= this.#maxInFlight) return undefined;
    const live = this.#pick(this.#live);
    const bulkSlots = this.#besideLive ? Math.max(1, this.#maxInFlight - LIVE_SLOTS) : this.#maxInFlight;
    if (live !== undefined || this.#bulkInFlight >= bulkSlots) return live;
    return this.#nextOfHistory();
  }

  /** Plain and compressed files by turns. */
  #nextOfHistory(): FollowedFile | undefined {
    this.#archiveIsNext = !this.#archiveIsNext;
    if (this.#archiveIsNext) return this.#firstArchive() ?? this.#pick(this.#bulk);
    return this.#pick(this.#bulk) ?? this.#firstArchive();
  }

  #firstArchive(): FollowedFile | undefined {
    for (const file of this.#archives) if (isReadable(file) && !this.#isPaused(file.sourceId)) return file;
    return undefined;
  }

  /** The first that can be read, moved to the end of its line where it goes round. */
  #pick(files: Set<FollowedFile>): FollowedFile | undefined {
    for (const file of files) {
      if (!isReadable(file)) {
        // One that waits for its predecessor keeps its place.
        if (file.predecessor === undefined) files.delete(file);
        continue;
      }
      if (this.#isPaused(file.sourceId)) {
        files.delete(file);
        this.#held.add(file);
        continue;
      }
      if (!this.#oneByOne) {
        files.delete(file);
        files.add(file);
      }
      return file;
    }
    return undefined;
  }

  async #make(file: FollowedFile): Promise<Chunk | undefined> {
    this.#busy.add(file);
    let pinned = false;
    try {
      const descriptor = await this.#descriptors.acquire(file.fileId, file.path);
      pinned = true;
      const head = (file.head ??= readHead(await readAt(descriptor, 0, HEAD_BYTES)));
      const encoding = this.#encodingOf(file.sourceId) ?? head.encoding;
      const planned = await planChunk(descriptor, file, encoding);
      const plan = this.#lane === OPEN_LANE ? planned : await withBytes(planned, descriptor, file.offset);
      if (plan.kind === 'range') {
        const chunk = this.#handOut(file, plan, descriptor, encoding);
        pinned = plan.bytes !== undefined;
        return chunk;
      }
      this.remove(file);
      if (plan.kind === 'partial') {
        file.scanned = file.size;
        file.caughtUp = true;
      } else {
        file.suspect = true;
        this.#lookAgain(file);
      }
    } catch {
      // Renamed, deleted or no longer readable: the next look tells which. A share that was away wants it opened anew.
      if (this.#lane !== OPEN_LANE) this.#descriptors.forget(file.fileId);
      this.remove(file);
      this.#lookAgain(file);
    } finally {
      if (pinned) this.#descriptors.release(file.fileId);
      this.#busy.delete(file);
    }
    return undefined;
  }

  async #makeFromArchive(file: FollowedFile, archive: ArchiveState): Promise<Chunk | undefined> {
    this.#busy.add(file);
    try {
      if (archive.reader === undefined) {
        // Kept until the archive is done: the reader goes on by itself between two chunks.
        const descriptor = await this.#descriptors.acquire(file.fileId, file.path);
        archive.reader = new ArchiveReader(descriptor, archive, file.offset);
      }
      const known = this.#encodingOf(file.sourceId);
      const part = await archive.reader.next(known);
      file.head = archive.reader.head;
      if (part !== undefined) {
        const { bytes, final, split } = part;
        const to = file.offset + bytes.length;
        const plan: Range = { kind: 'range', to, bytes, final, split, tail: Buffer.alloc(0) };
        return this.#handOut(file, plan, -1, known ?? file.head.encoding);
      }
      file.size = file.offset;
      this.remove(file);
      this.#lookAgain(file);
    } catch {
      this.remove(file);
      this.#lookAgain(file);
    } finally {
      this.#busy.delete(file);
    }
    return undefined;
  }

  #closeArchive({ archive, fileId }: FollowedFile): void {
    const reader = archive?.reader;
    if (archive === undefined || reader === undefined) return;
    archive.reader = undefined;
    // Its decompressor may be at work yet; the descriptor stays until it is not.
    void reader.close().finally(() => this.#descriptors.release(fileId));
  }

  #handOut(file: FollowedFile, plan: Range, descriptor: number, encoding: Encoding | undefined): Chunk {
    const chunk: Chunk = {
      sourceId: file.sourceId,
      stream: file.identity.stream,
      path: file.identity.path,
      from: file.offset,
      to: plan.to,
      bytes: plan.bytes,
      fd: plan.bytes === undefined ? descriptor : -1,
      live: file.caughtUp,
      final: plan.final,
      encoding,
      header: file.head?.header,
      modified: Number(file.modified / 1_000_000n),
    };
    if (plan.split) this.splitLines += 1;
    file.offset = plan.to;
    file.tail = plan.tail;
    file.scanned = plan.to;
    file.inFlight += 1;
    file.inFlightBytes += plan.to - chunk.from;
    if (file.offset >= file.size) {
      file.caughtUp = true;
      chunk.ends = file.flush;
      this.remove(file);
    }
    this.#handedOut.set(chunk, file);
    if (chunk.live) this.#sinceLive = 0;
    else {
      this.#sinceLive += 1;
      this.#bulkInFlight += 1;
    }
    return chunk;
  }
}

/** Reads what was planned; a file that is shorter by now was rewritten. */
async function withBytes(plan: Plan, descriptor: number, from: number): Promise<Plan> {
  if (plan.kind !== 'range' || plan.bytes !== undefined) return plan;
  const bytes = await readAt(descriptor, from, plan.to - from);
  return bytes.length < plan.to - from ? { kind: 'rewritten' } : { ...plan, bytes };
}
