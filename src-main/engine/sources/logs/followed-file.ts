import type { StreamIdentity } from '../../flow/stream-position.ts';
import type { ArchiveState } from './archives/archive.ts';
import type { FileState } from './file-access.ts';
import type { FileHead } from './file-head.ts';

/** Bytes before the reading position that are remembered, to notice that a file was rewritten under it. */
export const TAIL_BYTES = 64;

/** One stream being read: a file from its creation until it is truncated or replaced. */
export interface FollowedFile {
  identity: StreamIdentity;
  sourceId: string;
  /** A name it has, as far as known. */
  path: string;
  fileId: string;
  born: bigint;
  modified: bigint;
  /** Size when last looked at. */
  size: number;
  /** Next byte to hand out. */
  offset: number;
  /** Up to TAIL_BYTES bytes that stand before `offset`; empty when unknown. */
  tail: Buffer;
  /** There is no newline in [offset, scanned). */
  scanned: number;
  /** Watched names that lead here; none: it was renamed out of sight or deleted. */
  names: Set<string>;
  /** Its last line is taken without a newline. */
  flush: boolean;
  /** Read to its end once: what comes now is new. */
  caughtUp: boolean;
  /** Nothing will be added (the rest of a truncated file, found in its copy). */
  complete: boolean;
  /** It does not hold what was expected: nothing is handed out until the next look tells why. */
  suspect: boolean;
  /** It lost its name, and has not been looked at since: it may have grown just before. */
  unseen: boolean;
  /** When it was last looked at without a name, UTC milliseconds. */
  lookedAt: number;
  /** Superseded by another stream; nothing more is handed out. */
  ended: boolean;
  /** Stream to be read first. */
  predecessor: FollowedFile | undefined;
  /** How far the predecessor must be read: its size when it had lost its name. It may be written to for ever. */
  predecessorEnd: number | undefined;
  /** Chunks handed out and not yet given back, and their bytes. */
  inFlight: number;
  inFlightBytes: number;
  /** When it last grew or lost its name, UTC milliseconds. */
  changedAt: number;
  /** What its beginning tells of its lines; looked at when the first of them are read. */
  head: FileHead | undefined;
  /** It is compressed: sizes and offsets are its content's, and its size is not known before its end. */
  archive: ArchiveState | undefined;
}

export function followedFile(
  identity: StreamIdentity,
  sourceId: string,
  state: FileState,
  offset: number,
  now: number,
): FollowedFile {
  return {
    identity,
    sourceId,
    path: identity.path,
    fileId: state.fileId,
    born: state.born,
    modified: state.modified,
    size: state.size,
    offset,
    tail: Buffer.alloc(0),
    scanned: offset,
    names: new Set(),
    flush: false,
    caughtUp: state.size === offset,
    complete: false,
    suspect: false,
    unseen: false,
    lookedAt: 0,
    ended: false,
    predecessor: undefined,
    predecessorEnd: undefined,
    inFlight: 0,
    inFlightBytes: 0,
    head: undefined,
    archive: undefined,
    changedAt: Math.min(now, Number(state.modified / 1_000_000n)),
  };
}

/** Size of a compressed file's content as long as it is not known. */
export const UNKNOWN_SIZE = Number.MAX_SAFE_INTEGER;

/** The file is compressed. */
export function asArchive(file: FollowedFile, archive: ArchiveState): FollowedFile {
  return { ...file, archive, size: UNKNOWN_SIZE, caughtUp: false };
}

/** Nothing is left to read, or ever will be. */
export function isDrained(file: FollowedFile): boolean {
  return file.ended || (!file.unseen && file.offset >= file.size && file.inFlight === 0);
}

/** Whether a chunk may be had from it now. */
export function isReadable(file: FollowedFile): boolean {
  if (file.ended || file.suspect || file.offset >= file.size) return false;
  if (file.predecessor !== undefined && !passesPredecessor(file, file.predecessor)) return false;
  // Whoever compresses a file takes a while: it is read when it rests.
  if (file.archive !== undefined) return file.flush;
  return file.flush || file.scanned < file.size;
}

function passesPredecessor(file: FollowedFile, predecessor: FollowedFile): boolean {
  if (!predecessor.unseen) file.predecessorEnd ??= predecessor.size;
  const read = file.predecessorEnd !== undefined && predecessor.offset >= file.predecessorEnd;
  if (!isDrained(predecessor) && !read) return false;
  file.predecessor = undefined;
  return true;
}

/** Bytes of the file itself that are not yet read. */
export function bytesLeft(file: FollowedFile): number {
  if (file.archive === undefined) return Math.max(0, file.size - file.offset);
  return file.offset >= file.size ? 0 : Math.max(0, file.archive.size - file.archive.read);
}
