import { loadedOnce, type LoadedUnit } from '../../../src-main/engine/store/read/unit.ts';
import { plainText } from '../../../src-main/engine/store/block/block-text.ts';
import { ALL_FRAMES } from '../../../src-main/engine/store/block/frame-layout.ts';
import type { LineColumns } from '../../../src-main/engine/store/block/decode-block.ts';

/** Lines as a unit without a filter, for questions to text alone. */
export function unitOf(lines: string[]): LoadedUnit {
  const text = Buffer.from(lines.join(''), 'utf8');
  let end = 0;
  const ends = Uint32Array.from(lines, (line) => (end += Buffer.byteLength(line)));
  const zeros = (): Float64Array => new Float64Array(lines.length);
  const none = { table: [''], index: new Uint32Array(lines.length) };
  const columns: LineColumns = {
    count: lines.length,
    times: zeros,
    levels: () => new Uint8Array(lines.length).fill(6),
    offsets: zeros,
    addresses: () => none,
    addressAt: () => '',
    withAddress: () => new Uint8Array(lines.length),
    patterns: () => none,
    sources: () => none,
    streams: () => none,
    sequences: zeros,
    textEnds: () => ends,
  };
  return loadedOnce({
    partition: { logClass: 'application', day: '2026-11-21' },
    block: undefined,
    lines: lines.length,
    firstTime: 0,
    lastTime: 0,
    firstSequence: 0,
    lastSequence: lines.length - 1,
    severities: [0, 0, 0, lines.length],
    frames: () => ALL_FRAMES,
    patterns: () => undefined,
    columns: () => columns,
    text: () => plainText(text, () => ends, lines.length),
  });
}
