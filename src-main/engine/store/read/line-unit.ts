import type { LogLine } from '../../../../src-preload/contract/logs.ts';
import { plainText } from '../block/block-text.ts';
import type { IndexedColumn, LineColumns } from '../block/decode-block.ts';
import { ALL_FRAMES } from '../block/frame-layout.ts';
import { dayOf, parseLineId } from '../partitions.ts';
import { severityIndex } from './line-filter.ts';
import { loadedOnce, type LineUnit, type LoadedUnit } from './unit.ts';

const ONE = new Uint32Array(1);

/** A line that was handed out, as a unit of its own: the same questions can be put to it as to a stored block. */
export function unitOfLine(line: LogLine): LoadedUnit {
  const name = parseLineId(line.id);
  const text = Buffer.from(line.text);
  const severities: LineUnit['severities'] = [0, 0, 0, 0];
  severities[severityIndex(line.level)] = 1;
  const sequence = name?.sequence ?? 0;
  return loadedOnce({
    partition: { logClass: name?.logClass ?? 'application', day: name?.day ?? dayOf(line.time) },
    block: undefined,
    lines: 1,
    firstTime: line.time,
    lastTime: line.time,
    firstSequence: sequence,
    lastSequence: sequence,
    severities,
    frames: () => ALL_FRAMES,
    patterns: () => undefined,
    columns: () => columnsOf(line, sequence, text.length),
    text: () => plainText(text, () => Uint32Array.of(text.length), 1),
  });
}

function columnsOf(line: LogLine, sequence: number, length: number): LineColumns {
  const single = (value: string): IndexedColumn => ({ table: [value], index: ONE });
  return {
    count: 1,
    times: () => Float64Array.of(line.time),
    levels: () => Uint8Array.of(line.level),
    offsets: () => new Float64Array(1),
    addresses: () => single(line.address ?? ''),
    addressAt: () => line.address ?? '',
    withAddress: (address, candidates) =>
      candidates.map((candidate) => ((line.address ?? '') === address ? candidate : 0)),
    patterns: () => single(line.pattern ?? ''),
    sources: () => single(line.sourceId),
    streams: () => single(''),
    sequences: () => Float64Array.of(sequence),
    textEnds: () => Uint32Array.of(length),
  };
}
