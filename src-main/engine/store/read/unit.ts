import type { BlockText } from '../block/block-text.ts';
import type { LineColumns } from '../block/decode-block.ts';
import type { FilterQuestion } from '../block/gram-filter.ts';
import type { PartitionName } from '../partitions.ts';
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
  /**
   * Asks its filter, where it has one, which of its frames can have what is asked for: a bit each (block/frame-layout.ts);
   * 0 only when none can.
   */
  frames(question: FilterQuestion): number;
  /** What it holds of each pattern, by id; undefined: not known, it may hold any. */
  patterns(): ReadonlyMap<string, PatternLines> | undefined;
  /** @param text asked for by columns that point into it */
  columns(text: () => BlockText): LineColumns;
  /** @param columns asked for where they say where lines end */
  text(columns: () => LineColumns): BlockText;
}

/** A unit whose parts are read and unpacked at most once. */
export interface LoadedUnit extends LineUnit {
  columns(): LineColumns;
  text(): BlockText;
}

/** The same unit with memory; dropped after use, so that what is unpacked takes no room for long. */
export function loadedOnce(unit: LineUnit): LoadedUnit {
  const frames = new Map<FilterQuestion, number>();
  let patterns: ReadonlyMap<string, PatternLines> | undefined;
  let columns: LineColumns | undefined;
  let text: BlockText | undefined;
  const loadText = () => (text ??= unit.text(loadColumns));
  const loadColumns = () => (columns ??= unit.columns(loadText));
  return {
    ...unit,
    frames(question) {
      let known = frames.get(question);
      if (known === undefined) frames.set(question, (known = unit.frames(question)));
      return known;
    },
    patterns: () => (patterns ??= unit.patterns()),
    columns: loadColumns,
    text: loadText,
  };
}
