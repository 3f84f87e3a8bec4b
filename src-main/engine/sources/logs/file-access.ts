import { close, fstat, open, read, stat, type BigIntStats } from 'node:fs';
import { promisify } from 'node:util';

const openFile = promisify(open);
const readFile = promisify(read);
const statFile = promisify(stat);
const fstatFile = promisify(fstat);
const closeFile = promisify(close);

/** What of a file's state matters to following it. */
export interface FileState {
  /** `device:inode`. */
  fileId: string;
  size: number;
  /** Nanoseconds as text-safe bigint: changes with every write. */
  modified: bigint;
  /** Nanoseconds; 0 where the file system keeps none. */
  born: bigint;
  regular: boolean;
  /** Names the file still has. */
  links: number;
}

function stateOf(stats: BigIntStats): FileState {
  return {
    fileId: `${stats.dev}:${stats.ino}`,
    size: Number(stats.size),
    modified: stats.mtimeNs,
    // Where there is no birth time some systems answer with the change time, which tells nothing.
    born: stats.birthtimeNs === stats.ctimeNs ? 0n : stats.birthtimeNs,
    regular: stats.isFile(),
    links: Number(stats.nlink),
  };
}

/** @throws the system's error (ENOENT, EACCES …) */
export async function stateOfPath(path: string): Promise<FileState> {
  return stateOf(await statFile(path, { bigint: true }));
}

export async function stateOfDescriptor(descriptor: number): Promise<FileState> {
  return stateOf(await fstatFile(descriptor, { bigint: true }));
}

/** Opens for reading; never blocks on a pipe, which callers refuse by their state. */
export function openForReading(path: string): Promise<number> {
  return openFile(path, 'r');
}

export function closeDescriptor(descriptor: number): Promise<void> {
  return closeFile(descriptor);
}

/** Up to `length` bytes from `position`: fewer at the file's end. The memory is the caller's own. */
export async function readAt(
  descriptor: number,
  position: number,
  length: number,
): Promise<Buffer<ArrayBuffer>> {
  const buffer = Buffer.allocUnsafeSlow(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await readFile(descriptor, buffer, filled, length - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}

/** The system's error code, e.g. `ENOENT`; empty for anything else. */
export function errorCode(error: unknown): string {
  if (!(error instanceof Error) || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}
