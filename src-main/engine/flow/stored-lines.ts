import type { LogClass } from '../../../src-preload/contract/log-classes.ts';

/**
 * Masked lines of one stream that belong into one partition (class and UTC day), as columns, in stream order.
 * This is what the line workers hand to the store.
 */
export interface StoredLines {
  logClass: LogClass;
  /** UTC day, `2026-11-21`. */
  day: string;
  sourceId: string;
  stream: number;
  count: number;
  /** UTC milliseconds; always a number here. */
  times: Float64Array;
  /** RFC 5424 severity. */
  levels: Uint8Array;
  /** Offset of each line in its stream: the store refuses lines below the position it has already committed. */
  offsets: Float64Array;
  /** Where in its line each line's address stands; -1: it has none; -2 - n: `addressTable[n]`. */
  addresses: Int32Array;
  /** Bytes of those that stand in their line. */
  addressLengths: Uint8Array;
  /** Those that may stand in no line as they are. */
  addressTable: string[];
  /** Index into `patternTable` per line, 0 = none. */
  patterns: Uint32Array;
  /** Entry 0 is the empty string; others as `patternEntry` writes them. */
  patternTable: string[];
  /** The masked lines one after another without separators; line i is text[textEnds[i-1] ?? 0, textEnds[i]). */
  text: Uint8Array;
  textEnds: Uint32Array;
}

export type LineAddresses = Pick<StoredLines, 'addresses' | 'addressLengths' | 'addressTable'>;

/** The columns for addresses of which only the texts are known; empty for none. */
export function addressColumns(texts: readonly string[]): LineAddresses {
  const numbers = new Map<string, number>();
  const addresses = Int32Array.from(texts, (text) => {
    if (text === '') return -1;
    const number = numbers.get(text) ?? numbers.size;
    numbers.set(text, number);
    return -2 - number;
  });
  return { addresses, addressLengths: new Uint8Array(texts.length), addressTable: [...numbers.keys()] };
}

/** The address of a line, empty where it has none. */
export function addressOf(lines: StoredLines, line: number): string {
  const at = lines.addresses[line] ?? -1;
  if (at === -1) return '';
  if (at < -1) return lines.addressTable[-2 - at] ?? '';
  const from = (line === 0 ? 0 : (lines.textEnds[line - 1] ?? 0)) + at;
  const { buffer, byteOffset } = lines.text;
  return Buffer.from(buffer, byteOffset + from, lines.addressLengths[line]).toString('latin1');
}
