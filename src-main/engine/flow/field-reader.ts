import type { LineIdentifier } from '../../../src-preload/contract/logs.ts';
import type { LineBatch } from './line-batch.ts';
import type { ParsedBatch } from './parsed-batch.ts';

/** Everything a stored line says of itself. */
export interface LineFields {
  format: string;
  /** In the line's own order where it has one. */
  fields: { name: string; value: string; masked: boolean }[];
  readonly identifiers: LineIdentifier[];
}

/**
 * Works fields out of stored lines again: what is in no column is answered this way. The steps that store know no
 * parser; whoever composes them hands one in.
 */
export interface FieldReader {
  /** The fields that detection reads too, for many lines of one source at once; good until the next call. */
  parse(lines: LineBatch): ParsedBatch;
  /** Sources whose own format gives this name (in lower case) to a place in the line: it need not stand there itself. */
  placedIn(name: string): ReadonlySet<string>;
  /** All fields of one line; some ten times the work. */
  describe(text: string, time: number, sourceId: string): LineFields;
}
