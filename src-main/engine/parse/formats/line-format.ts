import type { FormatName, ParsedBatch } from '../../flow/parsed-batch.ts';
import type { StampReader } from '../stamp.ts';

/** What a format may use beside the line itself. */
export interface ParseContext {
  stamps: StampReader;
  /** Parses a line found inside a line (a container's log wrapped in JSON); undefined when already inside one. */
  parseInner?: ((text: string) => ParsedBatch) | undefined;
  /** Parses what stands from `from` on as a line of its own; false when only `text` would take it. */
  parseRest?: ((batch: ParsedBatch, line: number, from: number) => boolean) | undefined;
  /** Columns of a W3C log as its last `#Fields` line named them; remembered for the stream. */
  columns?: readonly string[] | undefined;
}

/**
 * One way lines are written. A format decides by the line alone, never by the lines before: the same line means the same
 * in every file, whatever surrounds it.
 */
export interface LineFormat {
  name: FormatName;
  /** Whether a line that begins with this byte can be of the format; any where absent. Spares most attempts. */
  opensWith?: ((byte: number) => boolean) | undefined;
  /**
   * Fills the batch's columns for the line; false when the line is not of this format. Then nothing it has written may
   * remain but slices, which the caller clears.
   */
  parse(batch: ParsedBatch, line: number, context: ParseContext): boolean;
  /** What else it knows of a line, for people: in the line's order, Elastic Common Schema names where there are such. */
  details?: ((line: string) => Iterable<readonly [name: string, value: string]>) | undefined;
}
