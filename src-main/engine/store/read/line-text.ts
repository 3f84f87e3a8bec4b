import type { BlockText } from '../block/block-text.ts';

/** A stored line as people read it: bytes that are not UTF-8 become U+FFFD. */
export function lineText(text: BlockText, line: number): string {
  const { bytes, ends, firstLine } = text.frameOf(line);
  const index = line - firstLine;
  return bytes.toString('utf8', index === 0 ? 0 : (ends[index - 1] ?? 0), ends[index] ?? 0);
}
