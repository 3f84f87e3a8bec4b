import { closeSync, openSync, readFileSync, readSync } from 'node:fs';

/**
 * Reads a kernel file. Synchronous on purpose: /proc and /sys answer from memory in microseconds, a thread-pool round
 * trip costs ten times the read. Undefined when it is not there or may not be read.
 */
export function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    // Absent on this kernel, or not ours to read: the caller reports the reading as not available.
    return undefined;
  }
}

/**
 * Like {@link readText}, but gives up beyond a size (a machine with a million sockets).
 * Undefined when the file is larger than `limit` bytes.
 */
export function readTextWithin(path: string, limit: number): string | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch {
    return undefined;
  }
  try {
    const parts: string[] = [];
    const chunk = Buffer.allocUnsafe(64 * 1024);
    let total = 0;
    for (;;) {
      const count = readSync(descriptor, chunk, 0, chunk.length, null);
      if (count === 0) return parts.join('');
      total += count;
      if (total > limit) return undefined;
      parts.push(chunk.toString('latin1', 0, count));
    }
  } catch {
    return undefined;
  } finally {
    closeSync(descriptor);
  }
}
