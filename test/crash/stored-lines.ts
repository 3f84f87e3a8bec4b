import { join } from 'node:path';
import { PartitionReader } from '../../src-main/engine/store/read/partition-reader.ts';
import { loadedOnce } from '../../src-main/engine/store/read/unit.ts';
import { listPartitions, partitionPath } from '../../src-main/engine/store/partitions.ts';

export interface StoredLine {
  stream: number;
  offset: number;
  text: Buffer;
}

/** Every line a data directory holds, partition by partition. */
export function* storedLines(dataDirectory: string): Generator<StoredLine> {
  const logs = join(dataDirectory, 'logs');
  for (const name of listPartitions(logs)) {
    const reader = new PartitionReader(name, partitionPath(logs, name));
    for (const unit of reader.units()) {
      const loaded = loadedOnce(unit);
      const columns = loaded.columns();
      const text = loaded.text();
      const ends = columns.textEnds();
      const offsets = columns.offsets();
      const streams = columns.streams();
      for (let line = 0; line < columns.count; line += 1) {
        const start = line === 0 ? 0 : (ends[line - 1] ?? 0);
        yield {
          stream: Number(streams.table[streams.index[line] ?? 0]),
          offset: offsets[line] ?? -1,
          text: text.subarray(start, ends[line]),
        };
      }
    }
    reader.close();
  }
}

/**
 * Compares what is stored of one file with the file, byte for byte.
 * @returns what is wrong, in words; empty when every line is there exactly once
 */
export function differences(dataDirectory: string, file: Buffer): string[] {
  const wrong: string[] = [];
  const seen = new Set<number>();
  for (const { offset, text } of storedLines(dataDirectory)) {
    if (seen.has(offset)) wrong.push(`the line at ${offset} is there twice`);
    seen.add(offset);
    const original = file.subarray(offset, offset + text.length);
    if (!original.equals(text)) wrong.push(`the line at ${offset} is another`);
    else if (offset + text.length < file.length && file[offset + text.length] !== 10)
      wrong.push(`the line at ${offset} is cut`);
    if (wrong.length > 20) return wrong;
  }
  for (let offset = 0; offset < file.length;) {
    if (!seen.has(offset)) wrong.push(`the line at ${offset} is lost`);
    if (wrong.length > 20) return wrong;
    const newline = file.indexOf(10, offset);
    offset = newline < 0 ? file.length : newline + 1;
  }
  return wrong;
}
