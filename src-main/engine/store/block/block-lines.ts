import type { StoredLines } from '../../flow/stored-lines.ts';

/** Lines as a block takes them: like StoredLines, but of one or several streams. */
export interface BlockLines {
  count: number;
  times: Float64Array;
  levels: Uint8Array;
  offsets: Float64Array;
  text: Uint8Array;
  textEnds: Uint32Array;
  /** See StoredLines. */
  addresses: Int32Array;
  addressLengths: Uint8Array;
  addressTable: string[];
  /** Index into `patternTable` per line, 0 = none. */
  patterns: Uint32Array;
  /** See StoredLines. */
  patternTable: string[];
  /** Index into `sourceTable` per line; undefined = all are entry 0. */
  sources?: Uint32Array | undefined;
  sourceTable: string[];
  /** Index into `streamTable` per line; undefined = all are entry 0. */
  streams?: Uint32Array | undefined;
  streamTable: number[];
  /** The lines' sequence numbers less the first one; undefined = 0, 1, 2, … */
  sequences?: Float64Array | undefined;
}

/** Lines `from` to `to` of a batch, sharing its memory but for the text ends. */
export function linesBetween(lines: StoredLines, from: number, to: number): BlockLines {
  const textStart = from === 0 ? 0 : (lines.textEnds[from - 1] ?? 0);
  const textEnds = lines.textEnds.slice(from, to);
  for (let index = 0; index < textEnds.length; index += 1)
    textEnds[index] = (textEnds[index] ?? 0) - textStart;
  return {
    count: to - from,
    times: lines.times.subarray(from, to),
    levels: lines.levels.subarray(from, to),
    offsets: lines.offsets.subarray(from, to),
    text: lines.text.subarray(textStart, to === 0 ? 0 : (lines.textEnds[to - 1] ?? 0)),
    textEnds,
    addresses: lines.addresses.subarray(from, to),
    addressLengths: lines.addressLengths.subarray(from, to),
    addressTable: lines.addressTable,
    patterns: lines.patterns.subarray(from, to),
    patternTable: lines.patternTable,
    sourceTable: [lines.sourceId],
    streamTable: [lines.stream],
  };
}
