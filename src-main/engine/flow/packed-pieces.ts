import { constants, zstdDecompressSync } from 'node:zlib';
import { compress, release } from './compress.ts';

/*
 * Content that is compressed, and kept, piece by piece: a checkpoint of a busy minute is tens of megabytes before it is
 * compressed and five after, and what a thread once asked for at a time, its allocator does not give back.
 */

/** Ordinary effort takes half as long again for 2 to 6 % fewer bytes, which the next checkpoint replaces anyhow. */
const LEAST_EFFORT = { [constants.ZSTD_c_compressionLevel]: 1 };

/** @param pieces made one after another: none is kept uncompressed */
export function packPieces(pieces: Iterable<Uint8Array>): Uint8Array[] {
  const packed: Uint8Array[] = [];
  for (const piece of pieces) {
    const compressed = compress(piece, piece.length / 4, LEAST_EFFORT);
    packed.push(Uint8Array.from(compressed));
    release(compressed);
  }
  return packed;
}

/** @throws Error when a piece is damaged */
export function* unpackPieces(packed: Iterable<Uint8Array>): Generator<Buffer> {
  for (const piece of packed) yield zstdDecompressSync(piece);
}
