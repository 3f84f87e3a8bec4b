import { readSync } from 'node:fs';
import { lastLineEnd, type Encoding } from '../../flow/encoding.ts';

/**
 * A run of whole lines that is ready to be taken in. Chunks of one stream come in order and without gaps. The consumer
 * reads it (`readChunk`, in whichever thread), stores its lines and gives it back.
 */
export interface Chunk {
  sourceId: string;
  stream: number;
  /** File the lines are in, for their class; `journald` for the journal. */
  path: string;
  /** Offsets in the stream, half-open. */
  from: number;
  to: number;
  /** Small chunks bring their bytes, read at the moment the file was checked. Large ones are read from `fd`. */
  bytes?: Uint8Array<ArrayBuffer> | undefined;
  /** Descriptor of the file, valid in every thread of the process until the chunk is released; -1 where bytes are given. */
  fd: number;
  /** The file has been read to (nearly) its end before: these are new lines, not history. */
  live: boolean;
  /** The last line has no newline: its writer stopped, or the file was rotated away. */
  final: boolean;
  /** The file ends here, and no writer goes on with it: what was gathered of its history can be judged. */
  ends?: boolean | undefined;
  /** Cursor of the journal after this chunk. */
  cursor?: string | undefined;
  /** What the bytes are written in, where the file's beginning or the user says. */
  encoding?: Encoding | undefined;
  /** Lines at the file's beginning that name its columns. */
  header?: string | undefined;
  /** When the file was last written to, UTC milliseconds. */
  modified?: number | undefined;
}

/**
 * The chunk's bytes. Shorter than `to - from` when the file was truncated meanwhile: then only whole lines of it may be
 * taken, and `release` must be told how many bytes those are.
 */
export function readChunk(chunk: Chunk): Buffer {
  if (chunk.bytes !== undefined) {
    return Buffer.from(chunk.bytes.buffer, chunk.bytes.byteOffset, chunk.bytes.byteLength);
  }
  const buffer = Buffer.allocUnsafeSlow(chunk.to - chunk.from);
  let filled = 0;
  while (filled < buffer.length) {
    const read = readSync(chunk.fd, buffer, filled, buffer.length - filled, chunk.from + filled);
    if (read === 0) break;
    filled += read;
  }
  if (filled === buffer.length) return buffer;
  return buffer.subarray(0, lastLineEnd(buffer.subarray(0, filled), chunk.from, chunk.encoding));
}
