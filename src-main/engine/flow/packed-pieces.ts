import { constants, zstdDecompressSync } from 'node:zlib';
import { compress, release } from './compress.ts';

/*
 * Content that is kept as one value, compressed piece by piece: a checkpoint of a busy minute is tens of megabytes before
 * it is compressed, and what a thread once asked for at a time, its allocator does not give back.
 */

/** What no other way to keep content begins with: not JSON's brace, not zstd's own mark. */
const MARK = 1;
/** Before each piece: how long it is, compressed. */
const LENGTH_BYTES = 4;

/** Ordinary effort takes half as long again for 2 to 6 % fewer bytes, which the next checkpoint replaces anyhow. */
const LEAST_EFFORT = { [constants.ZSTD_c_compressionLevel]: 1 };

/** @param pieces made one after another: none is kept uncompressed */
export function packPieces(pieces: Iterable<Uint8Array>): Buffer {
  const packed: Uint8Array[] = [Uint8Array.of(MARK)];
  for (const piece of pieces) {
    const compressed = compress(piece, piece.length / 4, LEAST_EFFORT);
    const length = Buffer.alloc(LENGTH_BYTES);
    length.writeUInt32LE(compressed.length);
    packed.push(length, Uint8Array.from(compressed));
    release(compressed);
  }
  return Buffer.concat(packed);
}

/** Whether bytes were packed like this. */
export function isPacked(bytes: Uint8Array): boolean {
  return bytes[0] === MARK;
}

/** @throws Error when the bytes are damaged */
export function* unpackPieces(bytes: Uint8Array): Generator<Buffer> {
  if (!isPacked(bytes)) throw new RangeError('These bytes are no pieces');
  const packed = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 1; at < packed.length;) {
    const from = at + LENGTH_BYTES;
    at = from + packed.readUInt32LE(at);
    if (at > packed.length) throw new RangeError('A piece is longer than what is left');
    yield zstdDecompressSync(packed.subarray(from, at));
  }
}
