import { grown } from './grown.ts';

/**
 * A run of whole lines of one stream, as bytes. Lines stay bytes until one earns a string: splitting on a Buffer costs a
 * fifth of splitting to strings.
 *
 * A *source* is what the user sees (a path, a glob, the journal). A *stream* is one continuous byte sequence of it: one
 * file from its creation until it is truncated or replaced. Positions, deduplication and finding ids go by stream.
 */
export interface LineBatch {
  sourceId: string;
  /** Number of the stream, given once and kept in the store. */
  stream: number;
  /** Offset of `bytes[0]` in the stream. */
  firstOffset: number;
  /** UTF-8 (transcoded at the border where the source is not). May hold invalid sequences. */
  bytes: Buffer;
  count: number;
  /** Line i is bytes[starts[i], ends[i]): without its newline and carriage return. */
  starts: Int32Array;
  ends: Int32Array;
  /** Bytes of the stream that these lines are; more or less than `bytes` where those were transcoded. */
  length: number;
  /** Where each line begins in the stream, from `firstOffset` on; absent where that is `starts`. */
  rawStarts?: Int32Array | undefined;
}

const NEWLINE = 10;
const CARRIAGE_RETURN = 13;

/**
 * Splits bytes that end with a newline (or are final) into lines.
 * @param bytes the lines' bytes; a missing last newline is accepted
 */
export function splitLines(sourceId: string, stream: number, firstOffset: number, bytes: Buffer): LineBatch {
  let capacity = 64 + Math.ceil(bytes.length / 48);
  let starts = new Int32Array(capacity);
  let ends = new Int32Array(capacity);
  let count = 0;
  let start = 0;
  while (start < bytes.length) {
    let newline = bytes.indexOf(NEWLINE, start);
    if (newline < 0) newline = bytes.length;
    if (count === capacity) {
      capacity *= 2;
      starts = grown(starts, new Int32Array(capacity));
      ends = grown(ends, new Int32Array(capacity));
    }
    starts[count] = start;
    ends[count] = newline > start && bytes[newline - 1] === CARRIAGE_RETURN ? newline - 1 : newline;
    count += 1;
    start = newline + 1;
  }
  return {
    sourceId,
    stream,
    firstOffset,
    bytes,
    count,
    starts: starts.subarray(0, count),
    ends: ends.subarray(0, count),
    length: bytes.length,
  };
}
