import { BatchMemory } from '../flow/batch-memory.ts';
import type { Clock } from '../flow/clock.ts';
import type { FieldReader } from '../flow/field-reader.ts';
import type { CompiledFormat } from './custom/pattern-format.ts';
import { createLineDescriber, type LineDescription } from './describe.ts';
import { identifiersOf } from './identifiers.ts';
import { createLineParser, type LineParser } from './line-parser.ts';

interface SourceReading {
  parser: LineParser;
  describe: (text: string, time: number) => LineDescription;
}

const NONE: ReadonlyMap<string, CompiledFormat> = new Map();

/**
 * Reads fields of stored lines; times in them are not asked for, so that zone and year of their source don't matter.
 * @param ownFormats the user's own formats by the sources that have one, as they are now
 */
export function createFieldReader(
  clock: Clock,
  ownFormats: () => ReadonlyMap<string, CompiledFormat> = () => NONE,
): FieldReader {
  const memory = new BatchMemory();
  const known = new WeakMap<CompiledFormat, SourceReading>();
  // Made when a field is first asked for: most searches ask for none.
  let usual: SourceReading | undefined;

  function readingOf(sourceId: string): SourceReading {
    const custom = ownFormats().get(sourceId);
    if (custom === undefined) return (usual ??= makeReading(clock, memory, undefined));
    const reading = known.get(custom) ?? makeReading(clock, memory, custom);
    known.set(custom, reading);
    return reading;
  }

  return {
    placedIn: (name) =>
      new Set(
        [...ownFormats()].flatMap(([sourceId, { places }]) => (places.includes(name) ? [sourceId] : [])),
      ),
    parse: (lines) => readingOf(lines.sourceId).parser.parse(lines),
    describe(text, time, sourceId) {
      const { format, fields } = readingOf(sourceId).describe(text, time);
      return {
        format,
        fields,
        // A quarter of the work, and most who ask want a field.
        get identifiers() {
          return identifiersOf(text, fields);
        },
      };
    },
  };
}

function makeReading(clock: Clock, memory: BatchMemory, custom: CompiledFormat | undefined): SourceReading {
  let now = 0;
  const describe = createLineDescriber({ clock: { now: () => now }, custom });
  return {
    parser: createLineParser({ clock, memory, custom }),
    describe(text, time) {
      now = time;
      return describe(text);
    },
  };
}
