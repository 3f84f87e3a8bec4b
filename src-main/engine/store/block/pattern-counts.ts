import type { BlockPattern } from '../types.ts';
import { ByteReader, ByteWriter } from './bytes.ts';

/** What a block holds of a pattern, the pattern as its number within the partition. */
export interface PatternCount {
  pattern: number;
  lines: number;
  /** Of the worst line. */
  level: number;
  firstTime: number;
  lastTime: number;
}

const writer = new ByteWriter(4096);

/**
 * Counts of a block's patterns: number of entries, then for each its pattern, lines, worst level, milliseconds from the block's first
 * time to the pattern's first, and from there to its last.
 */
export function encodePatternCounts(
  patterns: readonly BlockPattern[],
  firstTime: number,
  numberOf: (entry: string) => number,
): Buffer {
  writer.reset();
  writer.unsigned(patterns.length);
  for (const pattern of patterns) {
    writer.unsigned(numberOf(pattern.entry));
    writer.unsigned(pattern.lines);
    writer.unsigned(pattern.level);
    writer.unsigned(pattern.firstTime - firstTime);
    writer.unsigned(pattern.lastTime - pattern.firstTime);
  }
  return Buffer.from(writer.view());
}

/** @throws RangeError when the bytes are not such counts */
export function decodePatternCounts(bytes: Uint8Array, firstTime: number): PatternCount[] {
  const reader = new ByteReader(bytes);
  return Array.from({ length: reader.unsigned() }, () => {
    const pattern = reader.unsigned();
    const lines = reader.unsigned();
    const level = reader.unsigned();
    const first = firstTime + reader.unsigned();
    return { pattern, lines, level, firstTime: first, lastTime: first + reader.unsigned() };
  });
}
