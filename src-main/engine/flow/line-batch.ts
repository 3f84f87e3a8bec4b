import { MOST_HITS, threadScanner, type ByteScanner } from './byte-scan.ts';
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

const CARRIAGE_RETURN = 13;

/**
 * Splits bytes that end with a newline (or are final) into lines.
 * @param bytes the lines' bytes; a missing last newline is accepted
 * @param scanner holds them afterwards
 */
export function splitLines(
  sourceId: string,
  stream: number,
  firstOffset: number,
  bytes: Buffer,
  scanner = threadScanner(),
): LineBatch {
  scanner.load(bytes);
  const lines = new LineEnds(bytes);
  for (let hits = MOST_HITS; hits === MOST_HITS;) {
    hits = scanner.newlines(bytes, lines.next, bytes.length);
    lines.reserve(hits + 1);
    lines.add(scanner, hits);
  }
  if (lines.next < bytes.length) lines.end(bytes.length);
  const { count } = lines;
  return {
    sourceId,
    stream,
    firstOffset,
    bytes,
    count,
    starts: lines.starts.subarray(0, count),
    ends: lines.ends.subarray(0, count),
    length: bytes.length,
  };
}

/** Where lines begin and end, as they are found. */
class LineEnds {
  readonly #bytes: Uint8Array;
  starts: Int32Array<ArrayBuffer>;
  ends: Int32Array<ArrayBuffer>;
  count = 0;
  /** Where the next line begins. */
  next = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    const capacity = 64 + Math.ceil(bytes.length / 48);
    this.starts = new Int32Array(capacity);
    this.ends = new Int32Array(capacity);
  }

  /** Makes room for so many more lines. */
  reserve(lines: number): void {
    if (this.count + lines <= this.starts.length) return;
    const capacity = Math.max(this.starts.length * 2, this.count + lines);
    this.starts = grown(this.starts, new Int32Array(capacity));
    this.ends = grown(this.ends, new Int32Array(capacity));
  }

  /** Adds the lines that end at the newlines found last. */
  add(scanner: ByteScanner, hits: number): void {
    for (let hit = 0; hit < hits; hit += 1) this.end(scanner.place(hit));
  }

  /** Adds the line that ends at `newline`. */
  end(newline: number): void {
    const start = this.next;
    this.starts[this.count] = start;
    const returns = newline > start && this.#bytes[newline - 1] === CARRIAGE_RETURN;
    this.ends[this.count] = returns ? newline - 1 : newline;
    this.count += 1;
    this.next = newline + 1;
  }
}
