import { zstdCompressSync } from 'node:zlib';

/**
 * Compresses bytes at once.
 * @param expected what it will about take: then it comes in one buffer instead of many of 16 kB
 * @param params of zstd, by node:zlib's numbers
 * @returns bytes with memory of their own, to be given back with `release`
 */
export function compress(
  bytes: Uint8Array,
  expected: number,
  params: Record<number, number>,
): Buffer<ArrayBuffer> {
  // Smaller buffers are cut from one that others share.
  return zstdCompressSync(bytes, { chunkSize: Math.max(Buffer.poolSize, Math.ceil(expected)), params });
}

/**
 * Gives memory back that was read for the last time. The collector sees only how small the object is, and not what it holds;
 * and what compresses, node keeps with its buffer until the old generation is collected: 20 MB in a line worker.
 * @param buffer not one that shares its memory
 */
export function release(buffer: Buffer<ArrayBuffer>): void {
  buffer.buffer.transfer(0);
}
