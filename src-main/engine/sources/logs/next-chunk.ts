import { release } from '../../flow/compress.ts';
import { firstLineEnd, isWide, lastLineEnd, type Encoding } from '../../flow/encoding.ts';
import { readAt } from './file-access.ts';
import { TAIL_BYTES, type FollowedFile } from './followed-file.ts';

/** Up to this much is read by the tailer itself, in the same moment in which the file is looked at. */
const DIRECT_BYTES = 256 * 1024;
/**
 * Bytes of an ordinary chunk: what live lines wait behind, and what columns are made for in each thread. Twice as much
 * takes as long and 20 MB more memory.
 */
const CHUNK_BYTES = 1024 * 1024;
/** Longest line. A longer one is split, and the split counted. */
export const MAX_LINE_BYTES = 16 * 1024 * 1024;
const BLOCK_BYTES = 64 * 1024;

/** A range to hand out, or why there is none. */
export type Plan =
  | {
      kind: 'range';
      to: number;
      bytes: Buffer<ArrayBuffer> | undefined;
      final: boolean;
      split: boolean;
      tail: Buffer;
    }
  /** Only the beginning of a line is there yet. */
  | { kind: 'partial' }
  /** The file no longer holds what was read from it: truncated or rewritten. */
  | { kind: 'rewritten' };

/** Decides what comes next from a file: whole lines from its offset, an ordinary chunk's bytes at most unless one line is longer. */
export async function planChunk(descriptor: number, file: FollowedFile, encoding?: Encoding): Promise<Plan> {
  const direct = file.size - file.offset <= DIRECT_BYTES;
  return direct ? planDirect(descriptor, file, encoding) : planRange(descriptor, file, encoding);
}

async function planDirect(
  descriptor: number,
  file: FollowedFile,
  encoding: Encoding | undefined,
): Promise<Plan> {
  const before = file.tail.length;
  const read = await readAt(descriptor, file.offset - before, before + file.size - file.offset);
  if (read.length < before || !read.subarray(0, before).equals(file.tail)) return { kind: 'rewritten' };
  const fresh = read.subarray(before);
  const lineEnd = lastLineEnd(fresh, file.offset, encoding);
  // Half a character of UTF-16 waits for its other half.
  const all = fresh.length - (isWide(encoding) ? fresh.length % 2 : 0);
  const length = lineEnd > 0 ? lineEnd : file.flush ? all : 0;
  if (length === 0) return { kind: 'partial' };
  const bytes = fresh.subarray(0, length);
  return {
    kind: 'range',
    to: file.offset + length,
    bytes,
    final: lineEnd === 0,
    split: false,
    tail: lastBytes(read.subarray(0, before + length)),
  };
}

async function planRange(
  descriptor: number,
  file: FollowedFile,
  encoding: Encoding | undefined,
): Promise<Plan> {
  const limit = Math.min(file.size, file.offset + CHUNK_BYTES);
  let lineEnd = 0;
  if (file.scanned < limit)
    lineEnd = await lastLineEndIn(descriptor, Math.max(file.offset, file.scanned), limit, encoding);
  if (lineEnd === 0) {
    const reach = Math.min(file.size, file.offset + MAX_LINE_BYTES);
    lineEnd = await firstLineEndIn(descriptor, Math.max(limit, file.scanned), reach, encoding);
  }
  if (lineEnd > 0) return range(descriptor, lineEnd, false, false);
  if (file.size - file.offset >= MAX_LINE_BYTES) {
    return range(descriptor, file.offset + MAX_LINE_BYTES, true, true);
  }
  const all = file.size - (isWide(encoding) ? file.size % 2 : 0);
  return file.flush && all > file.offset ? range(descriptor, all, true, false) : { kind: 'partial' };
}

async function range(descriptor: number, to: number, final: boolean, split: boolean): Promise<Plan> {
  const from = Math.max(0, to - TAIL_BYTES);
  const tail = await readAt(descriptor, from, to - from);
  if (tail.length < to - from) return { kind: 'rewritten' };
  return { kind: 'range', to, bytes: undefined, final, split, tail };
}

function lastBytes(bytes: Buffer): Buffer {
  // A copy: the bytes themselves are given away.
  return Buffer.from(bytes.subarray(Math.max(0, bytes.length - TAIL_BYTES)));
}

/** Offset after the last newline in [from, to), searched backwards, or 0. */
async function lastLineEndIn(
  descriptor: number,
  from: number,
  to: number,
  encoding: Encoding | undefined,
): Promise<number> {
  // Blocks begin on a whole character of UTF-16, whatever the search begins on.
  const first = isWide(encoding) ? from - (from % 2) : from;
  let end = to;
  while (end > first) {
    const start = Math.max(first, end - BLOCK_BYTES - ((end - BLOCK_BYTES) % 2));
    const block = await readAt(descriptor, start, end - start);
    const found = lastLineEnd(block, start, encoding);
    release(block);
    if (found > 0) return start + found;
    end = start;
  }
  return 0;
}

/** Offset after the first newline in [from, to), or 0. */
export async function firstLineEndIn(
  descriptor: number,
  from: number,
  to: number,
  encoding: Encoding | undefined,
): Promise<number> {
  for (let start = isWide(encoding) ? from - (from % 2) : from; start < to; start += BLOCK_BYTES) {
    const block = await readAt(descriptor, start, Math.min(BLOCK_BYTES, to - start));
    const found = firstLineEnd(block, start, encoding);
    if (found > 0) return start + found;
    if (block.length === 0) return 0;
  }
  return 0;
}
