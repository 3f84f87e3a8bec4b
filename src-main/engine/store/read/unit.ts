import type { LineColumns } from '../block/decode-block.ts';
import type { PartitionName } from '../partitions.ts';

/** Lines that are read together: a sealed block, or the hot rows of a partition. */
export interface LineUnit {
  partition: PartitionName;
  lines: number;
  firstTime: number;
  lastTime: number;
  firstSequence: number;
  lastSequence: number;
  /** Lines by severity: critical, error, warning, info. */
  severities: [number, number, number, number];
  /** undefined: there is none, the unit may hold anything. */
  filter(): Uint8Array | undefined;
  /** @param text the lines' bytes, for columns that point into them */
  columns(text?: () => Buffer): LineColumns;
  /** The lines' bytes, one after another. */
  text(): Buffer;
}

/** The same unit, whose parts are read and unpacked at most once; dropped after use, so that they take no memory for long. */
export function loadedOnce(unit: LineUnit): LineUnit {
  let filter: Uint8Array | undefined;
  let columns: LineColumns | undefined;
  let text: Buffer | undefined;
  const loadText = () => (text ??= unit.text());
  return {
    ...unit,
    filter: () => (filter ??= unit.filter()),
    columns: () => (columns ??= unit.columns(loadText)),
    text: loadText,
  };
}
