import type { StoredLines } from '../../../src-main/engine/flow/stored-lines.ts';
import { dayOf } from '../../../src-main/engine/store/partitions.ts';
import { DAY_START, inStream, stored, type SampleLine } from './sample-lines.ts';

/**
 * The same lines in every process, so that one can write them and another can check them. They cross midnight, their
 * lengths vary, some are not UTF-8, some are empty.
 */
export function numberedLines(count: number): SampleLine[] {
  return inStream(
    Array.from({ length: count }, (_, index) => ({
      time: DAY_START - 1_000_000 + index * 200,
      level: index % 8,
      address: index % 3 === 0 ? '192.0.2.7' : '',
      bytes: index % 11 === 0 ? Buffer.alloc(0) : bytesOf(index),
    })),
  );
}

function bytesOf(index: number): Buffer {
  const text = Buffer.from(`192.0.2.7 line ${index} ${'内容 '.repeat(index % 13)}`, 'utf8');
  if (index % 7 === 0) text[text.length - 1] = 0xff;
  return text;
}

/** The lines of each day, as a reader of a file would hand them over. */
export function byDay(lines: SampleLine[]): StoredLines[] {
  return [...Map.groupBy(lines, (line) => dayOf(line.time)).values()].map((part) => stored(part));
}
