import { lastLineEnd, type Encoding } from '../../../flow/encoding.ts';
import { readAt } from '../file-access.ts';
import { HEAD_BYTES, readHead, type FileHead } from '../file-head.ts';
import { archiveKind, DamagedArchiveError, decompress, MAGIC_BYTES, type ArchiveKind } from './decompress.ts';

/** Decompressed bytes handed out at a time: they are carried, not read again from the file. */
const CHUNK_BYTES = 1024 * 1024;
/** Longest line, as in plain files. */
const MAX_LINE_BYTES = 16 * 1024 * 1024;

/** What of a compressed file matters to reading it. */
export interface ArchiveState {
  kind: ArchiveKind;
  /** Bytes of the file itself. */
  size: number;
  modified: bigint;
  /** Of these, how many have been read. */
  read: number;
  /** It could not be read to its end. */
  problem: 'truncated' | 'damaged' | undefined;
  /** Reading at the moment. */
  reader: ArchiveReader | undefined;
}

/** @returns undefined for a file that is not compressed */
export async function kindOfFile(descriptor: number): Promise<ArchiveKind | undefined> {
  return archiveKind(await readAt(descriptor, 0, MAGIC_BYTES));
}

/** The first decompressed bytes, as many as there are up to HEAD_BYTES. */
export async function archiveHead(descriptor: number, kind: ArchiveKind): Promise<Buffer> {
  const parts: Buffer[] = [];
  let length = 0;
  try {
    for await (const part of decompress(kind, (position, bytes) => readAt(descriptor, position, bytes))) {
      parts.push(part);
      length += part.length;
      if (length >= HEAD_BYTES) break;
    }
  } catch (error) {
    if (!(error instanceof DamagedArchiveError)) throw error;
  }
  return Buffer.concat(parts).subarray(0, HEAD_BYTES);
}

/**
 * Whether a gzip file says that its content is this long: its last four bytes are the length of its last member. Spares
 * decompressing what was read long ago.
 */
export async function saysLength(descriptor: number, state: ArchiveState, length: number): Promise<boolean> {
  if (state.kind !== 'gzip' || state.size < 18) return false;
  return (await readAt(descriptor, state.size - 4, 4)).readUInt32LE(0) === length % 2 ** 32;
}

/** A run of whole lines of an archive's content. */
export interface ArchivePart {
  bytes: Buffer<ArrayBuffer>;
  /** The last line has no newline. */
  final: boolean;
  /** A line longer than the limit was split. */
  split: boolean;
}

/** Reads an archive's content from a position on, in runs of whole lines. Holds one run and the decompressor's window. */
export class ArchiveReader {
  readonly #content: AsyncGenerator<Buffer, void>;
  readonly #state: ArchiveState;
  #offset: number;
  /** Bytes of the content to leave out yet. */
  #skip: number;
  #rest: Buffer[] = [];
  #restBytes = 0;
  #head: Buffer[] | undefined = [];
  #headBytes = 0;
  #ended = false;
  #closed = false;
  /** What the content's beginning tells; known after the first part. */
  head: FileHead = { encoding: undefined, header: undefined };

  /** @param offset position in the content to begin at */
  constructor(descriptor: number, state: ArchiveState, offset: number) {
    this.#state = state;
    this.#offset = offset;
    this.#skip = offset;
    state.read = 0;
    state.problem = undefined;
    this.#content = decompress(state.kind, async (position, length) => {
      const bytes = this.#closed ? Buffer.alloc(0) : await readAt(descriptor, position, length);
      state.read = Math.max(state.read, position + bytes.length);
      return bytes;
    });
  }

  /** @returns undefined at the content's end, or where it can't be read any further (`problem` says so) */
  async next(known: Encoding | undefined): Promise<ArchivePart | undefined> {
    for (;;) {
      const encoding = known ?? this.head.encoding;
      if (this.#restBytes >= CHUNK_BYTES || (this.#ended && this.#restBytes > 0)) {
        const part = this.#cut(encoding);
        if (part !== undefined) return part;
      }
      if (this.#ended) return undefined;
      await this.#pull();
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#ended = true;
    await this.#content.return();
  }

  async #pull(): Promise<void> {
    try {
      const next = await this.#content.next();
      if (next.done === true) this.#end();
      else this.#take(next.value);
    } catch (error) {
      if (!(error instanceof DamagedArchiveError)) throw error;
      this.#state.problem = error.truncated ? 'truncated' : 'damaged';
      this.#end();
    }
  }

  #end(): void {
    this.#ended = true;
    this.#learnHead();
  }

  #take(bytes: Buffer): void {
    if (this.#head !== undefined) {
      this.#head.push(bytes);
      this.#headBytes += bytes.length;
      if (this.#headBytes >= HEAD_BYTES) this.#learnHead();
    }
    const from = Math.min(this.#skip, bytes.length);
    this.#skip -= from;
    if (from === bytes.length) return;
    this.#rest.push(bytes.subarray(from));
    this.#restBytes += bytes.length - from;
  }

  #learnHead(): void {
    if (this.#head !== undefined) this.head = readHead(Buffer.concat(this.#head).subarray(0, HEAD_BYTES));
    this.#head = undefined;
  }

  /** Whole lines of what is there; undefined when it is a line's beginning only. */
  #cut(encoding: Encoding | undefined): ArchivePart | undefined {
    const all = Buffer.concat(this.#rest);
    let end = lastLineEnd(all, this.#offset, encoding);
    const split = end === 0 && !this.#ended && all.length >= MAX_LINE_BYTES;
    const final = this.#ended && end < all.length;
    if (split || final) end = split ? MAX_LINE_BYTES : all.length;
    // One piece, as nothing that is cut up must be kept for ever.
    this.#rest = [Buffer.from(all.subarray(end))];
    this.#restBytes = all.length - end;
    if (end === 0) return undefined;
    // Memory of its own: it goes to another thread.
    const bytes = Buffer.allocUnsafeSlow(end);
    all.copy(bytes, 0, 0, end);
    this.#offset += end;
    return { bytes, final: final || split, split };
  }
}
