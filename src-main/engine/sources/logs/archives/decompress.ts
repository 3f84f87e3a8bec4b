import { once } from 'node:events';
import { constants, createGunzip, createZstdDecompress, type Gunzip, type ZstdDecompress } from 'node:zlib';
import { errorCode } from '../file-access.ts';

/** Compression a file of lines may have, found by its first bytes. */
export type ArchiveKind = 'gzip' | 'zstd';

/** Bytes at a file's start that tell its compression. */
export const MAGIC_BYTES = 4;

export function archiveKind(head: Uint8Array): ArchiveKind | undefined {
  const [first, second, third, fourth] = head;
  if (first === 0x1f && second === 0x8b && third === 8) return 'gzip';
  if (first === 0x28 && second === 0xb5 && third === 0x2f && fourth === 0xfd) return 'zstd';
  // A frame to be skipped, as parallel compressors put in front.
  if (((first ?? 0) & 0xf0) === 0x50 && second === 0x2a && third === 0x4d && fourth === 0x18) return 'zstd';
  return undefined;
}

/** Reading ended before the archive's own end. */
export class DamagedArchiveError extends Error {
  /** The file ends in the middle (still being written, or cut), rather than holding wrong bytes. */
  readonly truncated: boolean;

  constructor(truncated: boolean, cause: unknown) {
    super(truncated ? 'The archive ends in its middle' : 'The archive is damaged', { cause });
    this.name = 'DamagedArchiveError';
    this.truncated = truncated;
  }
}

const PIECE_BYTES = 64 * 1024;
/** When bytes are wrong, what was decompressed just before them is lost with the piece: small pieces lose least. */
const FINE_BYTES = 1024;

type ReadCompressed = (position: number, length: number) => Promise<Buffer>;
type Engine = Gunzip | ZstdDecompress;

/**
 * The archive's content in pieces of at most 64 KiB, all its members and frames. Reads no further than the consumer takes.
 * @param read compressed bytes at a position; fewer at the end
 * @throws DamagedArchiveError after everything that could be read was handed out
 */
export async function* decompress(kind: ArchiveKind, read: ReadCompressed): AsyncGenerator<Buffer, void> {
  let given = 0;
  try {
    for await (const bytes of run(kind, read, PIECE_BYTES)) {
      given += bytes.length;
      yield bytes;
    }
  } catch (error) {
    if (!(error instanceof DamagedArchiveError) || error.truncated) throw error;
    yield* again(kind, read, given);
  }
}

/** Once more in small pieces, for the last bytes before the damage. */
async function* again(kind: ArchiveKind, read: ReadCompressed, given: number): AsyncGenerator<Buffer, void> {
  let skipped = 0;
  for await (const bytes of run(kind, read, FINE_BYTES)) {
    const from = Math.min(bytes.length, given - skipped);
    skipped += from;
    if (from < bytes.length) yield bytes.subarray(from);
  }
}

/** Reads the whole archive, in compressed pieces of one size. */
async function* run(kind: ArchiveKind, read: ReadCompressed, size: number): AsyncGenerator<Buffer, void> {
  let position = 0;
  const more = async (): Promise<Buffer> => {
    const piece = await read(position, size);
    position += piece.length;
    return piece;
  };
  let left = await more();
  while (left.length > 0) {
    left = yield* decompressWith(engineFor(kind, size), left, more);
    // What follows the last member and is none: padding of a tape, rubbish. All there was has been read.
    if (archiveKind(left) !== kind) return;
  }
}

function engineFor(kind: ArchiveKind, size: number): Engine {
  return kind === 'gzip' ? createGunzip({ chunkSize: size }) : createZstdDecompress({ chunkSize: size });
}

/** Runs one decompressor to its end; answers the bytes behind it that it did not want. */
async function* decompressWith(
  engine: Engine,
  first: Buffer,
  more: () => Promise<Buffer>,
): AsyncGenerator<Buffer, Buffer> {
  let fed = 0;
  let last = first;
  const flush = 'params' in engine ? constants.Z_SYNC_FLUSH : constants.ZSTD_e_flush;
  const closed = once(engine, 'close').then(
    () => undefined,
    () => undefined,
  );
  /** Until the engine has taken what it was given, or is at its end. */
  const settled = (act: (done: () => void) => void): Promise<void> =>
    Promise.race([new Promise<void>((resolve) => act(resolve)), closed]);
  const feed = async (): Promise<void> => {
    for (let piece = first; piece.length > 0; piece = await more()) {
      last = piece;
      fed += piece.length;
      await settled((done) => engine.write(piece, () => done()));
      if (engine.readableEnded || engine.destroyed || engine.bytesWritten < fed) return;
    }
    // All that is inside comes out before the end is asked for: an error at the end would take it along.
    await settled((done) => engine.flush(flush, done));
    if (!engine.destroyed) engine.end();
  };
  const feeding = feed();
  try {
    for await (const bytes of engine) if (Buffer.isBuffer(bytes)) yield bytes;
  } catch (error) {
    throw new DamagedArchiveError(errorCode(error) === 'Z_BUF_ERROR', error);
  } finally {
    engine.destroy();
    await feeding;
  }
  return last.subarray(last.length - (fed - engine.bytesWritten));
}
