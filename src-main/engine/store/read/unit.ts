import type { FilterQuestion } from '../block/gram-filter.ts';
import type { LineColumns } from '../block/decode-block.ts';
import type { PartitionName } from '../partitions.ts';
import type { SearchableText } from './needle.ts';
import type { PatternLines } from './pattern-reader.ts';

/** Lines that are read together: a sealed block, or the hot rows of a partition. */
export interface LineUnit {
  partition: PartitionName;
  /** Number of the sealed block, counting up within its partition; undefined for rows that are not sealed yet. */
  block: number | undefined;
  lines: number;
  firstTime: number;
  lastTime: number;
  firstSequence: number;
  lastSequence: number;
  /** Lines by severity: critical, error, warning, info. */
  severities: [number, number, number, number];
  /** Asks its filter, where it has one: false only when none of its lines can have what is asked for. */
  mayHold(question: FilterQuestion): boolean;
  /** What it holds of each pattern, by id; undefined: not known, it may hold any. */
  patterns(): ReadonlyMap<string, PatternLines> | undefined;
  /** @param text the lines' bytes, for columns that point into them */
  columns(text?: () => Buffer): LineColumns;
  /** The lines' bytes, one after another. */
  text(): Buffer;
}

/** A unit whose parts are read and unpacked at most once. */
export interface LoadedUnit extends LineUnit {
  searchable(): SearchableText;
}

/** The same unit with memory; dropped after use, so that what is unpacked takes no room for long. */
export function loadedOnce(unit: LineUnit): LoadedUnit {
  let patterns: ReadonlyMap<string, PatternLines> | undefined;
  let columns: LineColumns | undefined;
  let text: Buffer | undefined;
  let searchable: SearchableText | undefined;
  const loadText = () => (text ??= unit.text());
  const loadColumns = () => (columns ??= unit.columns(loadText));
  return {
    ...unit,
    patterns: () => (patterns ??= unit.patterns()),
    columns: loadColumns,
    text: loadText,
    searchable: () => (searchable ??= searchableText(loadText(), () => loadColumns().textEnds())),
  };
}

/** @param ends asked for only once something was found */
export function searchableText(bytes: Buffer, ends: () => Uint32Array): SearchableText {
  let latin1: string | undefined;
  let known: Uint32Array | undefined;
  return {
    bytes,
    get latin1() {
      return (latin1 ??= bytes.toString('latin1'));
    },
    get ends() {
      return (known ??= ends());
    },
  };
}
