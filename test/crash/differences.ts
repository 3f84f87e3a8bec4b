import { storedLines } from './yagura.ts';

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
