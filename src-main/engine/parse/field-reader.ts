import type { Clock } from '../flow/clock.ts';
import type { FieldReader } from '../flow/field-reader.ts';
import { describeLine } from './describe.ts';
import { identifiersOf } from './identifiers.ts';
import { createLineParser } from './line-parser.ts';

/** Reads fields of stored lines; times in them are not asked for, so that zone and year of their source don't matter. */
export function createFieldReader(clock: Clock): FieldReader {
  const parser = createLineParser({ clock });
  return {
    parse: (lines) => parser.parse(lines),
    describe(text, time) {
      const { format, fields } = describeLine(text, { clock: { now: () => time } });
      return { format, fields, identifiers: identifiersOf(text, fields) };
    },
  };
}
