import { lastLineEnd, type Encoding } from '../../flow/encoding.ts';
import { ArchiveReader, kindOfFile, type ArchiveState } from './archives/archive.ts';
import { closeDescriptor, openForReading, readAt, stateOfDescriptor } from './file-access.ts';
import { HEAD_BYTES, readHead } from './file-head.ts';
import { MAX_LINE_BYTES } from './next-chunk.ts';

const CHUNK_BYTES = 1024 * 1024;

/** A run of whole lines of a file. */
export interface FileLines {
  /** Of the first byte in the file, or in its content where it is compressed. */
  offset: number;
  bytes: Buffer;
  /** Undefined while there was nothing but ASCII. */
  encoding: Encoding | undefined;
  /** When the file was last written to, UTC milliseconds. */
  modified: number;
}

/**
 * Reads a file once from its beginning to its end, compressed or not, in runs of whole lines.
 * @param onDamage told when a compressed file could not be read to its end
 * @throws the system's error when it can't be read
 */
export async function* readLines(
  path: string,
  onDamage: (damage: 'truncated' | 'damaged') => void,
): AsyncGenerator<FileLines> {
  const descriptor = await openForReading(path);
  try {
    const kind = await kindOfFile(descriptor);
    const { size, modified: nanoseconds } = await stateOfDescriptor(descriptor);
    const modified = Number(nanoseconds / 1_000_000n);
    if (kind === undefined) {
      yield* readPlain(descriptor, modified);
      return;
    }
    const state: ArchiveState = {
      kind,
      size,
      modified: nanoseconds,
      read: 0,
      problem: undefined,
      reader: undefined,
    };
    yield* readArchive(new ArchiveReader(descriptor, state, 0), modified);
    if (state.problem !== undefined) onDamage(state.problem);
  } finally {
    await closeDescriptor(descriptor);
  }
}

async function* readPlain(descriptor: number, modified: number): AsyncGenerator<FileLines> {
  const { encoding } = readHead(await readAt(descriptor, 0, HEAD_BYTES));
  let rest: Buffer = Buffer.alloc(0);
  let offset = 0;
  for (;;) {
    const read = await readAt(descriptor, offset + rest.length, CHUNK_BYTES);
    const bytes = rest.length === 0 ? read : Buffer.concat([rest, read]);
    if (bytes.length === 0) return;
    let end = lastLineEnd(bytes, offset, encoding);
    if (read.length === 0 || (end === 0 && bytes.length >= MAX_LINE_BYTES)) end = bytes.length;
    if (end > 0) yield { offset, bytes: bytes.subarray(0, end), encoding, modified };
    offset += end;
    rest = bytes.subarray(end);
  }
}

async function* readArchive(reader: ArchiveReader, modified: number): AsyncGenerator<FileLines> {
  let offset = 0;
  try {
    for (let part = await reader.next(undefined); part !== undefined; part = await reader.next(undefined)) {
      yield { offset, bytes: part.bytes, encoding: reader.head.encoding, modified };
      offset += part.bytes.length;
    }
  } finally {
    await reader.close();
  }
}
