import { patternOfEntry } from '../../flow/pattern-entry.ts';
import { addressColumns, type StoredLines } from '../../flow/stored-lines.ts';
import type { EncodedBlock } from '../types.ts';
import { storedText } from './block-text.ts';
import { BlockColumns } from './decode-block.ts';

/** The lines that a block of one stream was made of. */
export function storedLinesOf(block: EncodedBlock): StoredLines {
  const text = storedText({
    bytes: block.text,
    size: block.textBytes,
    lines: block.count,
    columnEnds: () => columns.textEnds(),
  });
  const columns = new BlockColumns(block.columns, block.count, 0, () => text);
  const addresses = columns.addresses();
  const patterns = columns.patterns();
  // The column has ids; the texts came with the block.
  const texts = new Map(block.patterns.map(({ entry }) => [patternOfEntry(entry).id, entry]));
  return {
    logClass: block.logClass,
    day: block.day,
    sourceId: block.sourceId,
    stream: block.stream,
    count: block.count,
    times: columns.times(),
    levels: columns.levels(),
    offsets: columns.offsets(),
    ...addressColumns(Array.from(addresses.index, (entry) => addresses.table[entry] ?? '')),
    patterns: patterns.index,
    patternTable: patterns.table.map((id) => texts.get(id) ?? ''),
    text: text.whole(),
    textEnds: columns.textEnds(),
  };
}

/** The same lines without the first ones. */
export function linesFrom(lines: StoredLines, from: number): StoredLines {
  const textStart = from === 0 ? 0 : (lines.textEnds[from - 1] ?? 0);
  return {
    ...lines,
    count: lines.count - from,
    times: lines.times.subarray(from),
    levels: lines.levels.subarray(from),
    offsets: lines.offsets.subarray(from),
    addresses: lines.addresses.subarray(from),
    addressLengths: lines.addressLengths.subarray(from),
    patterns: lines.patterns.subarray(from),
    text: lines.text.subarray(textStart),
    textEnds: lines.textEnds.slice(from).map((end) => end - textStart),
  };
}
