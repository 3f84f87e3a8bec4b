import type { Readable } from 'node:stream';
import type { Encoding } from './flow/encoding.ts';

/** Bytes that end with a line's end, and where they begin in the stream. */
export interface LinesChunk {
  offset: number;
  bytes: Buffer;
  /** What they are written in, where that is known before they are looked at. */
  encoding?: Encoding | undefined;
}

/** A line longer than this is cut into pieces: no newline in sixteen megabytes is no log. */
const MAX_LINE_BYTES = 16 << 20;

/** An open stream in chunks of whole lines. */
export async function* wholeLines(input: Readable): AsyncGenerator<LinesChunk> {
  let rest: Buffer = Buffer.alloc(0);
  let offset = 0;
  for await (const part of input) {
    if (!Buffer.isBuffer(part)) continue;
    const bytes = rest.length === 0 ? part : Buffer.concat([rest, part]);
    let end = bytes.lastIndexOf(10) + 1;
    if (end === 0 && bytes.length >= MAX_LINE_BYTES) end = bytes.length;
    if (end > 0) {
      yield { offset, bytes: bytes.subarray(0, end) };
      offset += end;
    }
    rest = bytes.subarray(end);
  }
  if (rest.length > 0) yield { offset, bytes: rest };
}
