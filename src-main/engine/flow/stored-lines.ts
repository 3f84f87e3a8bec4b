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
  /** Index into `addressTable` per line, 0 = none. */
  addresses: Uint32Array;
  /** Entry 0 is the empty string. */
  addressTable: string[];
  /** Index into `patternTable` per line, 0 = none. */
  patterns: Uint32Array;
  /** Entry 0 is the empty string; others as `patternEntry` writes them. */
  patternTable: string[];
  /** The masked lines one after another without separators; line i is text[textEnds[i-1] ?? 0, textEnds[i]). */
  text: Uint8Array;
  textEnds: Uint32Array;
}
