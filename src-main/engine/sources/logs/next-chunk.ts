import { readAt } from './file-access.ts';
import { TAIL_BYTES, type FollowedFile } from './followed-file.ts';

/** Up to this much is read by the tailer itself, in the same moment in which the file is looked at. */
const DIRECT_BYTES = 256 * 1024;
/** Bytes of an ordinary chunk. */
export const CHUNK_BYTES = 4 * 1024 * 1024;
/** Longest line. A longer one is split, and the split counted. */
export const MAX_LINE_BYTES = 16 * 1024 * 1024;
const BLOCK_BYTES = 64 * 1024;
const NEWLINE = 10;

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

/** Decides what comes next from a file: whole lines from its offset, up to CHUNK_BYTES unless one line is longer. */
export async function planChunk(descriptor: number, file: FollowedFile): Promise<Plan> {
  return file.size - file.offset <= DIRECT_BYTES ? planDirect(descriptor, file) : planRange(descriptor, file);
}

async function planDirect(descriptor: number, file: FollowedFile): Promise<Plan> {
  const before = file.tail.length;
  const read = await readAt(descriptor, file.offset - before, before + file.size - file.offset);
  if (read.length < before || !read.subarray(0, before).equals(file.tail)) return { kind: 'rewritten' };
  const fresh = read.subarray(before);
  const newline = fresh.lastIndexOf(NEWLINE);
  const length = newline >= 0 ? newline + 1 : file.flush ? fresh.length : 0;
  if (length === 0) return { kind: 'partial' };
  const bytes = fresh.subarray(0, length);
  return {
    kind: 'range',
    to: file.offset + length,
    bytes,
    final: newline < 0,
    split: false,
    tail: lastBytes(read.subarray(0, before + length)),
  };
}

async function planRange(descriptor: number, file: FollowedFile): Promise<Plan> {
  const limit = Math.min(file.size, file.offset + CHUNK_BYTES);
  let newline = -1;
  if (file.scanned < limit)
    newline = await lastNewline(descriptor, Math.max(file.offset, file.scanned), limit);
  if (newline < 0) {
    const reach = Math.min(file.size, file.offset + MAX_LINE_BYTES);
    newline = await firstNewline(descriptor, Math.max(limit, file.scanned), reach);
  }
  if (newline >= 0) return range(descriptor, newline + 1, false, false);
  if (file.size - file.offset >= MAX_LINE_BYTES) {
    return range(descriptor, file.offset + MAX_LINE_BYTES, true, true);
  }
  return file.flush ? range(descriptor, file.size, true, false) : { kind: 'partial' };
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

/** Index of the last newline in [from, to), searched backwards, or -1. */
export async function lastNewline(descriptor: number, from: number, to: number): Promise<number> {
  let end = to;
  while (end > from) {
    const start = Math.max(from, end - BLOCK_BYTES);
    const index = (await readAt(descriptor, start, end - start)).lastIndexOf(NEWLINE);
    if (index >= 0) return start + index;
    end = start;
  }
  return -1;
}

/** Index of the first newline in [from, to), or -1. */
export async function firstNewline(descriptor: number, from: number, to: number): Promise<number> {
  for (let start = from; start < to; start += BLOCK_BYTES) {
    const block = await readAt(descriptor, start, Math.min(BLOCK_BYTES, to - start));
    const index = block.indexOf(NEWLINE);
    if (index >= 0) return start + index;
    if (block.length === 0) return -1;
  }
  return -1;
}
