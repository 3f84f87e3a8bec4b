import type { SearchableText } from './needle.ts';

/** A stored line as people read it: bytes that are not UTF-8 become U+FFFD. */
export function lineText(lines: Pick<SearchableText, 'bytes' | 'ends'>, line: number): string {
  const start = line === 0 ? 0 : (lines.ends[line - 1] ?? 0);
  const { bytes } = lines;
  const end = lines.ends[line] ?? 0;
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('utf8');
}
