import { dirname } from 'node:path';
import type { StreamIdentity, StreamPosition } from '../../flow/stream-position.ts';
import type { Descriptors } from './descriptors.ts';
import { archiveHead, kindOfFile, saysLength, type ArchiveState } from './archives/archive.ts';
import { readAt, type FileState } from './file-access.ts';
import {
  beginsAs,
  FINGERPRINT_BYTES,
  fingerprintOf,
  readFingerprint,
  sameBeginning,
  type Fingerprint,
} from './fingerprint.ts';
import { asArchive, followedFile, isDrained, TAIL_BYTES, type FollowedFile } from './followed-file.ts';
import { HEAD_BYTES, readHead } from './file-head.ts';
import { firstLineEndIn, MAX_LINE_BYTES } from './next-chunk.ts';
import { familyOf, filesBeside, filesIn } from './rotated-names.ts';

/** Gives streams their numbers and keeps who they are; the store does. */
export interface StreamRegistry {
  /** A new stream, whatever others look like it. */
  create(identity: Omit<StreamIdentity, 'stream'>): Promise<StreamIdentity>;
  /** The stream has another name, or more of its beginning is known. */
  update(identity: StreamIdentity): Promise<void>;
}

/** What was known when the engine stopped. */
export interface KnownStreams {
  streams: readonly StreamIdentity[];
  positions: readonly StreamPosition[];
}

/** A file that has just begun to be followed, and what must be read before it. */
export interface Found {
  file: FollowedFile;
  rest?: FollowedFile | undefined;
}

/** The file can't be told from another that is not yet read to its end. */
export const LATER = 'later';

/** Streams of one family that are remembered. */
const MAX_FAMILY = 50;

interface FamilyMember {
  identity: StreamIdentity;
  /** While it is followed. */
  file: FollowedFile | undefined;
}

/** Truncated streams whose copies are recognised. */
const MAX_SUPERSEDED = 200;
/** A beginning shorter than this does not tell a copy from another file. */
const MIN_COPY_FINGERPRINT = 16;

/** Tells which stream a file is: one known from before (renamed, restarted), the copy of one, or a new one. */
export class StreamFinder {
  readonly #descriptors: Descriptors;
  readonly #registry: StreamRegistry;
  readonly #now: () => number;
  readonly #idsChange: boolean;
  /** The newest stream of each file. */
  readonly #newest = new Map<string, StreamIdentity>();
  /** Streams that ended when their file was truncated: their rest may be in a copy. */
  readonly #superseded: StreamIdentity[] = [];
  readonly #offsets = new Map<number, number>();
  /** Streams by what their names have in common when rotated: where a copy's original is looked for. */
  readonly #families = new Map<string, FamilyMember[]>();
  /** Files that repeat a stream already read. */
  readonly #copies = new Set<string>();

  /** @param idsChange the files lie on a share: after a reconnection a file may have another device and inode */
  constructor(
    descriptors: Descriptors,
    registry: StreamRegistry,
    known: KnownStreams,
    now: () => number,
    idsChange = false,
  ) {
    this.#idsChange = idsChange;
    this.#descriptors = descriptors;
    this.#registry = registry;
    this.#now = now;
    for (const { stream, offset } of known.positions) this.#offsets.set(stream, offset);
    for (const identity of known.streams.toSorted((a, b) => a.stream - b.stream)) {
      const older = this.#newest.get(identity.fileId);
      if (older !== undefined) this.#superseded.push(older);
      this.#newest.set(identity.fileId, identity);
      this.#addToFamily(identity, undefined);
    }
    this.#superseded.splice(0, this.#superseded.length - MAX_SUPERSEDED);
  }

  isCopy(fileId: string): boolean {
    return this.#copies.has(fileId);
  }

  /** Remembers how far a file was read that is no longer followed. */
  remember(file: FollowedFile): void {
    if (this.#newest.get(file.fileId)?.stream === file.identity.stream) {
      this.#newest.set(file.fileId, file.identity);
    }
    this.#offsets.set(file.identity.stream, file.offset);
  }

  /** The file's content was replaced: its stream is over. */
  supersede(identity: StreamIdentity, offset: number): void {
    this.#offsets.set(identity.stream, offset);
    this.#superseded.push(identity);
    if (this.#superseded.length > MAX_SUPERSEDED) this.#superseded.shift();
  }

  #addToFamily(identity: StreamIdentity, file: FollowedFile | undefined): void {
    const name = familyOf(identity.path);
    const others = (this.#families.get(name) ?? []).filter(
      (member) => member.identity.stream !== identity.stream,
    );
    this.#families.set(name, [...others, { identity, file }].slice(-MAX_FAMILY));
  }

  /**
   * Begins to follow a file: where it was left, or as a new stream.
   * @param start where a new stream begins, given the file's size
   * @returns undefined for a copy of what was already read, LATER when that is not yet known
   * @throws the system's error when it can't be read
   */
  async find(
    path: string,
    state: FileState,
    sourceId: string,
    start: (size: number) => number,
  ): Promise<Found | typeof LATER | undefined> {
    const descriptor = await this.#descriptors.acquire(state.fileId, path);
    try {
      const kind = await kindOfFile(descriptor);
      if (kind !== undefined) {
        const { size, modified } = state;
        const archive: ArchiveState = {
          kind,
          size,
          modified,
          read: 0,
          problem: undefined,
          reader: undefined,
        };
        return await this.#findArchive(descriptor, path, state, sourceId, archive);
      }
      const known = this.#newest.get(state.fileId);
      if (known !== undefined) {
        const resumed = await this.#resume(known, descriptor, path, state, sourceId, start);
        if (resumed !== undefined) return { file: resumed };
        const offset = this.#offsets.get(known.stream) ?? 0;
        const file = await this.create(path, state, sourceId);
        this.supersede(known, offset);
        return { file, rest: await this.findRest(known, offset, Buffer.alloc(0), sourceId) };
      }
      const same = this.#idsChange ? await this.#underOtherId(descriptor, path, state, sourceId) : undefined;
      if (same !== undefined) return same;
      if (await this.#isCopyOfAny(descriptor, path, state)) {
        this.#copies.add(state.fileId);
        return undefined;
      }
      const file = await this.create(path, state, sourceId);
      await this.#moveToStart(file, descriptor, start(state.size));
      return { file };
    } finally {
      this.#descriptors.release(state.fileId);
    }
  }

  /** The file that had this name before, where it is the same content and only its id is another. */
  async #underOtherId(
    descriptor: number,
    path: string,
    state: FileState,
    sourceId: string,
  ): Promise<Found | typeof LATER | undefined> {
    for (const { identity, file } of (this.#families.get(familyOf(path)) ?? []).toReversed()) {
      const offset = file?.offset ?? this.#offsets.get(identity.stream) ?? 0;
      if (identity.path !== path || identity.fingerprintLength < MIN_COPY_FINGERPRINT) continue;
      if (state.size < offset || !(await beginsAs(descriptor, identity))) continue;
      const tail = file?.tail ?? Buffer.alloc(0);
      if (!(await readAt(descriptor, offset - tail.length, tail.length)).equals(tail)) continue;
      if (file !== undefined && file.inFlight > 0) return LATER;
      if (file !== undefined) file.ended = true;
      this.#newest.delete(identity.fileId);
      this.#offsets.set(identity.stream, offset);
      const moved = { ...identity, fileId: state.fileId };
      const resumed = await this.#resume(moved, descriptor, path, state, sourceId, () => 0);
      if (resumed === undefined) return undefined;
      this.#newest.set(state.fileId, moved);
      await this.#update(moved, resumed);
      return { file: resumed };
    }
    return undefined;
  }

  /**
   * Begins to read a compressed file. Positions are those of its content, so that it goes on where the plain file it was
   * made of was left.
   */
  async #findArchive(
    descriptor: number,
    path: string,
    state: FileState,
    sourceId: string,
    archive: ArchiveState,
  ): Promise<Found | typeof LATER | undefined> {
    const head = await archiveHead(descriptor, archive.kind);
    const member = this.#originalOf(head, path, state.fileId);
    const original = member?.file?.ended === true ? undefined : member?.file;
    if (original !== undefined && original.names.size > 0) {
      this.#copies.add(state.fileId);
      return undefined;
    }
    if (original !== undefined && !isDrained(original)) return LATER;
    const fingerprint = fingerprintOf(head.subarray(0, FINGERPRINT_BYTES));
    const identity =
      member === undefined
        ? await this.#registry.create({ sourceId, path, fileId: state.fileId, ...fingerprint })
        : { ...member.identity, path, fileId: state.fileId, ...fingerprint };
    const offset = original?.offset ?? this.#offsets.get(identity.stream) ?? 0;
    if (original !== undefined) original.ended = true;
    const file = asArchive(followedFile(identity, sourceId, state, offset, this.#now()), archive);
    if (offset > 0 && (await saysLength(descriptor, archive, offset))) file.size = offset;
    this.#newest.set(state.fileId, identity);
    await this.#update(identity, file);
    return { file };
  }

  /** The stream of which these are the first bytes: the file itself from before, or what it was compressed from. */
  #originalOf(head: Buffer, path: string, fileId: string): FamilyMember | undefined {
    const itself = this.#newest.get(fileId);
    if (itself !== undefined && sameBeginning(head, itself)) return { identity: itself, file: undefined };
    return this.#families
      .get(familyOf(path))
      ?.findLast(
        ({ identity }) =>
          identity.fingerprintLength >= MIN_COPY_FINGERPRINT &&
          identity.fileId !== fileId &&
          sameBeginning(head, identity),
      );
  }

  /** A new stream from the file's first byte. */
  async create(path: string, state: FileState, sourceId: string): Promise<FollowedFile> {
    const descriptor = await this.#descriptors.acquire(state.fileId, path);
    try {
      const fingerprint = await readFingerprint(descriptor);
      const identity = await this.#registry.create({ sourceId, path, fileId: state.fileId, ...fingerprint });
      this.#newest.set(state.fileId, identity);
      const file = followedFile(identity, sourceId, state, 0, this.#now());
      this.#addToFamily(identity, file);
      return file;
    } finally {
      this.#descriptors.release(state.fileId);
    }
  }

  /** Whether the file still begins as known; learns more of its beginning while it is short. */
  async verify(file: FollowedFile, descriptor: number): Promise<boolean> {
    if (!(await beginsAs(descriptor, file.identity))) return false;
    const before = file.tail.length;
    if (before > 0 && !(await readAt(descriptor, file.offset - before, before)).equals(file.tail))
      return false;
    const longer = await readFingerprint(descriptor);
    if (longer.fingerprintLength > file.identity.fingerprintLength) {
      await this.#update({ ...file.identity, ...longer }, file);
    }
    return true;
  }

  /** The file goes by another name now. */
  async renamed(file: FollowedFile, path: string): Promise<void> {
    file.path = path;
    if (file.identity.path !== path && !file.complete) await this.#update({ ...file.identity, path }, file);
  }

  async #update(identity: StreamIdentity, file: FollowedFile): Promise<void> {
    file.identity = identity;
    if (this.#newest.get(identity.fileId)?.stream === identity.stream)
      this.#newest.set(identity.fileId, identity);
    this.#addToFamily(identity, file);
    await this.#registry.update(identity);
  }

  async #resume(
    known: StreamIdentity,
    descriptor: number,
    path: string,
    state: FileState,
    sourceId: string,
    start: (size: number) => number,
  ): Promise<FollowedFile | undefined> {
    const offset = this.#offsets.get(known.stream);
    if ((offset ?? 0) > state.size || !(await beginsAs(descriptor, known))) return undefined;
    const file = followedFile(known, sourceId, state, offset ?? 0, this.#now());
    if (offset === undefined) await this.#moveToStart(file, descriptor, start(state.size));
    const from = Math.max(0, file.offset - TAIL_BYTES);
    file.tail = await readAt(descriptor, from, file.offset - from);
    this.#addToFamily(known, file);
    await this.renamed(file, path);
    return file;
  }

  /** Begins at the first line after `offset`. */
  async #moveToStart(file: FollowedFile, descriptor: number, offset: number): Promise<void> {
    if (offset <= 0) return;
    file.head = readHead(await readAt(descriptor, 0, HEAD_BYTES));
    const reach = Math.min(file.size, offset + MAX_LINE_BYTES);
    const lineEnd = await firstLineEndIn(descriptor, offset, reach, file.head.encoding);
    if (lineEnd === 0) return;
    file.offset = lineEnd;
    file.scanned = file.offset;
  }

  /**
   * What a truncated file held beyond `offset`, if a copy of it was made before (copytruncate): the stream goes on in the
   * copy.
   * @param tail the bytes before `offset`, as far as known
   */
  async findRest(
    identity: StreamIdentity,
    offset: number,
    tail: Buffer,
    sourceId: string,
  ): Promise<FollowedFile | undefined> {
    if (identity.fingerprintLength < MIN_COPY_FINGERPRINT && tail.length < MIN_COPY_FINGERPRINT)
      return undefined;
    for (const { path, state } of await filesBeside(identity.path)) {
      if (state.fileId === identity.fileId || this.#newest.has(state.fileId) || state.size < offset) continue;
      if (!(await this.#isCopyOf(path, state, identity, offset, tail))) continue;
      this.#copies.add(state.fileId);
      if (state.size === offset) return undefined;
      const rest = followedFile(
        { ...identity, path, fileId: state.fileId },
        sourceId,
        state,
        offset,
        this.#now(),
      );
      rest.tail = tail;
      rest.complete = true;
      rest.flush = true;
      rest.caughtUp = true;
      return rest;
    }
    return undefined;
  }

  async #isCopyOf(
    path: string,
    state: FileState,
    identity: Fingerprint,
    offset: number,
    tail: Buffer,
  ): Promise<boolean> {
    try {
      const descriptor = await this.#descriptors.acquire(state.fileId, path);
      try {
        if (!(await beginsAs(descriptor, identity))) return false;
        return (
          tail.length === 0 || (await readAt(descriptor, offset - tail.length, tail.length)).equals(tail)
        );
      } finally {
        this.#descriptors.release(state.fileId);
      }
    } catch {
      // Not ours to read, or gone meanwhile: then it is not the copy we can use.
      return false;
    }
  }

  /** A file whose name is another's rotated one (`x.log` → `x.log.1`) and which begins and goes on as that one does. */
  async #isCopyOfAny(descriptor: number, path: string, state: FileState): Promise<boolean> {
    for (const { identity, file } of this.#families.get(familyOf(path)) ?? []) {
      if (identity.fileId === state.fileId || identity.fingerprintLength < MIN_COPY_FINGERPRINT) continue;
      if (!(await beginsAs(descriptor, identity))) continue;
      const offset = file?.offset ?? this.#offsets.get(identity.stream) ?? 0;
      if (await this.#goesOnAs(descriptor, state, offset, file)) return true;
    }
    return false;
  }

  /**
   * Whether the possible copy goes on as the stream does: by the bytes remembered from it, since the original may be
   * truncated already; a copy still being written is compared with the original itself.
   */
  async #goesOnAs(
    copy: number,
    state: FileState,
    offset: number,
    file: FollowedFile | undefined,
  ): Promise<boolean> {
    if (file?.archive !== undefined) {
      const archive = await this.#descriptors.acquire(file.fileId, file.path);
      const same = saysLength(archive, file.archive, state.size);
      return same.finally(() => this.#descriptors.release(file.fileId));
    }
    if (offset > 0 && state.size >= offset) {
      const before = file?.tail.length ?? 0;
      if (file === undefined || before === 0) return true;
      return (await readAt(copy, offset - before, before)).equals(file.tail);
    }
    if (file === undefined || file.ended || file.size < state.size) return false;
    const from = Math.max(0, state.size - TAIL_BYTES);
    const original = await this.#descriptors.acquire(file.fileId, file.path);
    try {
      const length = state.size - from;
      const [a, b] = await Promise.all([readAt(copy, from, length), readAt(original, from, length)]);
      return a.equals(b);
    } finally {
      this.#descriptors.release(file.fileId);
    }
  }

  /** Rests of streams that were rotated away or truncated while nobody watched, oldest first. */
  async findLeftBehind(watched: ReadonlySet<string>): Promise<FollowedFile[]> {
    const found: FollowedFile[] = [];
    const directories = new Set([...this.#newest.values()].map((identity) => dirname(identity.path)));
    for (const directory of directories) {
      for (const { path, state } of await filesIn(directory)) {
        const known = this.#newest.get(state.fileId);
        if (known === undefined || watched.has(path)) continue;
        const offset = this.#offsets.get(known.stream) ?? 0;
        // Truncated, and then renamed: its rest may be in a copy.
        if (state.size < offset) this.supersede(known, offset);
        if (state.size <= offset) continue;
        const file = await this.find(path, state, known.sourceId, () => 0).catch(() => undefined);
        if (file !== LATER && file?.file.identity.stream === known.stream) found.push(file.file);
      }
    }
    for (const identity of this.#superseded) {
      const offset = this.#offsets.get(identity.stream);
      if (offset === undefined) continue;
      const rest = await this.findRest(identity, offset, Buffer.alloc(0), identity.sourceId);
      if (rest !== undefined) found.push(rest);
    }
    return found.toSorted((a, b) => a.identity.stream - b.identity.stream);
  }

  /** The name a file has now in the directory of its last one. */
  async locate(file: FollowedFile): Promise<string | undefined> {
    for (const { path, state } of await filesIn(dirname(file.path))) {
      if (state.fileId === file.fileId) return path;
    }
    return undefined;
  }
}
