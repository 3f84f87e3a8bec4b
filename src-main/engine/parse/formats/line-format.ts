import type { FormatName, ParsedBatch } from '../../flow/parsed-batch.ts';
import type { StampReader } from '../stamp.ts';

/** What a format may use beside the line itself. */
export interface ParseContext {
  stamps: StampReader;
  /** Parses a line found inside a line (a container's log wrapped in JSON); undefined when already inside one. */
  parseInner?: ((text: string) => ParsedBatch) | undefined;
}

/**
 * One way lines are written. A format decides by the line alone, never by the lines before: the same line means the same
 * in every file, whatever surrounds it.
 */
export interface LineFormat {
  name: FormatName;
  /**
   * Fills the batch's columns for the line; false when the line is not of this format. Then nothing it has written may
   * remain but slices, which the caller clears.
   */
  parse(batch: ParsedBatch, line: number, context: ParseContext): boolean;
}
