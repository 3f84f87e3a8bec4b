import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';

/** Bytes that end with a line's end, and where they begin in the (unpacked) file. */
export interface LinesChunk {
  offset: number;
  bytes: Buffer;
}

const CHUNK_BYTES = 1 << 20;
/** A line longer than this is cut into pieces: no newline in sixteen megabytes is no log. */
const MAX_LINE_BYTES = 16 << 20;

/**
 * A file, or an open stream, in chunks of whole lines. `.gz` and `.zst` are unpacked on the way.
 * @throws the file system's error when the file can't be read, zlib's when it is damaged
 */
export async function* wholeLines(input: string | Readable): AsyncGenerator<LinesChunk> {
  let rest: Buffer = Buffer.alloc(0);
  let offset = 0;
  for await (const part of typeof input === 'string' ? openFile(input) : input) {
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

function openFile(path: string): Readable {
  const file = createReadStream(path, { highWaterMark: CHUNK_BYTES });
  const unpacked = path.endsWith('.gz')
    ? createGunzip({ chunkSize: CHUNK_BYTES })
    : path.endsWith('.zst')
      ? createZstdDecompress({ chunkSize: CHUNK_BYTES })
      : undefined;
  if (unpacked === undefined) return file;
  file.on('error', (error) => unpacked.destroy(error));
  return file.pipe(unpacked);
}
