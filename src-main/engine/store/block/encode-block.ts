import { constants } from 'node:zlib';
import { compress, release } from '../../flow/compress.ts';
import { PATTERN_ID_LENGTH } from '../../flow/pattern-entry.ts';
import type { StoredLines } from '../../flow/stored-lines.ts';
import type { BlockPattern, EncodedBlock } from '../types.ts';
import { codeAddresses, writeAddresses } from './address-column.ts';
import { linesBetween, type BlockLines } from './block-lines.ts';
import { joinText, textPieces } from './block-text.ts';
import { ByteWriter } from './bytes.ts';
import { ALL_FRAMES, frameEnds } from './frame-layout.ts';
import { buildFilter, tokenHash, type BlockFilter, type FilterTokens } from './gram-filter.ts';

/**
 * How a block's columns are stored. Version byte, then, compressed as one: the number of columns, and each with its name,
 * how many bytes it takes, and these. A reader takes the columns it knows by name and skips the others, so that later
 * versions add columns without a new format.
 */
export const BLOCK_VERSION = 1;

/** Lines a block usually has: more compress little better, fewer cost more than they save. */
export const BLOCK_LINES = 4096;
/** A block is closed earlier at this much text, so that reading one never needs much memory. */
export const BLOCK_TEXT_BYTES = 4 * 1024 * 1024;
/** Fewer bulk lines than this for one partition go to its hot table instead: a small day must not become a thousand blocks. */
export const SMALLEST_BULK_BLOCK = 512;

/**
 * Level 1 with a hash table that fits the processor's nearest cache, and matches of six bytes at least: shorter ones are
 * digits that happen to be the same, and to write where they were takes more than to write them. 16–21 % of the text
 * stays, as with level 1 as it is, in nine tenths of its time. Level 6 takes another 10 % off, and four times as long.
 */
const COMPRESSION = {
  [constants.ZSTD_c_compressionLevel]: 1,
  [constants.ZSTD_c_strategy]: constants.ZSTD_fast,
  [constants.ZSTD_c_minMatch]: 6,
  [constants.ZSTD_c_hashLog]: 13,
  [constants.ZSTD_c_chainLog]: 13,
};

/** What the columns, the text and the filter of lines come to. */
export interface EncodedLines extends LinesSummary, BlockFilter {
  columns: Uint8Array<ArrayBuffer>;
  text: Uint8Array<ArrayBuffer>;
}

interface LinesSummary {
  severities: [number, number, number, number];
  firstTime: number;
  lastTime: number;
  patterns: BlockPattern[];
}

/** The same, not yet compressed. */
interface DraftLines extends LinesSummary, BlockFilter {
  /** What is compressed, each by itself: the columns, the lengths of the lines, the frames of the text. */
  pieces: readonly Uint8Array[];
}

/** A block that is not yet compressed. */
export interface DraftBlock extends Omit<EncodedBlock, 'columns' | 'text'>, DraftLines {
  /** Where the pieces lie, one after another. */
  memory: ArrayBuffer;
}

/** Turns lines into blocks of about BLOCK_LINES lines. Pure. */
export function encodeBlocks(lines: StoredLines): EncodedBlock[] {
  return blockParts(lines).map((part) => ({ ...placeOf(part, lines), ...encodeLines(part) }));
}

/** The same without compressing, which is left to another thread: `encoded`. */
export function draftBlocks(lines: StoredLines): DraftBlock[] {
  return blockParts(lines).map((part) => {
    const draft = draftLines(part);
    return { ...placeOf(part, lines), ...draft, ...inOneMemory(draft.pieces) };
  });
}

/** The block compressed. What it was made of is given back. */
export function encoded(block: EncodedBlock | DraftBlock): EncodedBlock {
  if (!('pieces' in block)) return block;
  const { pieces, memory, ...rest } = block;
  const packed = packPieces(pieces);
  memory.transfer(0);
  return { ...rest, ...packed };
}

function placeOf(
  { count, offsets, text }: BlockLines,
  { logClass, day, sourceId, stream }: StoredLines,
): Omit<EncodedBlock, keyof EncodedLines> {
  const firstOffset = offsets[0] ?? 0;
  const lastOffset = offsets[count - 1] ?? 0;
  return { logClass, day, sourceId, stream, count, firstOffset, lastOffset, textBytes: text.length };
}

function blockParts(lines: StoredLines): BlockLines[] {
  let from = 0;
  return blockBounds(lines.textEnds, lines.count).map((to) => {
    const part = linesBetween(lines, from, to);
    from = to;
    return part;
  });
}

/** Where blocks end: equal parts, none much larger than BLOCK_LINES or BLOCK_TEXT_BYTES (one huge line is a block of its own). */
function blockBounds(textEnds: Uint32Array, count: number): number[] {
  const parts = Math.max(1, Math.round(count / BLOCK_LINES));
  const share = Math.ceil(count / parts);
  const bounds: number[] = [];
  let from = 0;
  let textStart = 0;
  for (let to = 1; to <= count; to += 1) {
    const nextEnd = textEnds[to] ?? 0;
    if (to < count && to - from < share && nextEnd - textStart <= BLOCK_TEXT_BYTES) continue;
    bounds.push(to);
    from = to;
    textStart = textEnds[to - 1] ?? 0;
  }
  return bounds;
}

/** The buffers of blocks, to be handed over to another thread instead of copied. */
export function transferList(blocks: readonly (EncodedBlock | DraftBlock)[]): ArrayBuffer[] {
  return blocks.flatMap((block) => [
    block.filter.buffer,
    block.numbers.bytes.buffer,
    ...('pieces' in block ? [block.memory] : [block.columns.buffer, block.text.buffer]),
  ]);
}

const column = new ByteWriter(64 * 1024);
const assembled = new ByteWriter(128 * 1024);

export function encodeLines(lines: BlockLines): EncodedLines {
  const { pieces, ...rest } = draftLines(lines);
  return { ...rest, ...packPieces(pieces) };
}

/** Its pieces are valid until the next draft is made. */
function draftLines(lines: BlockLines): DraftLines {
  assembled.reset();
  const patterns = usedPatterns(lines);
  assembled.unsigned(7 + (lines.sequences === undefined ? 0 : 1));
  addColumn('time', () => writeTimes(lines.times));
  addColumn('level', () => column.bytes(lines.levels.subarray(0, lines.count)));
  addColumn('offset', () => writeOffsets(lines));
  const addresses = codeAddresses(lines);
  addColumn('found', () => writeAddresses(column, addresses));
  addColumn('pattern', () => writePatterns(lines, patterns));
  addColumn('source', () => writeIndexed(lines.sourceTable, lines.sources));
  addColumn('stream', () => writeIndexed(lines.streamTable.map(String), lines.streams));
  const { sequences } = lines;
  if (sequences !== undefined) addColumn('sequence', () => writeAscending(sequences));
  return {
    ...summary(lines),
    patterns: patterns.used,
    pieces: [assembled.view(), ...textPieces(lines.text, lines.textEnds)],
    ...buildFilter(lines.text, frameEnds(lines.textEnds), withOrigins(addresses.tokens, lines)),
  };
}

function inOneMemory(pieces: readonly Uint8Array[]): Pick<DraftBlock, 'pieces' | 'memory'> {
  // Neither cut from a buffer that others share nor filled with zeros first.
  const bytes = Buffer.allocUnsafeSlow(pieces.reduce((sum, { length }) => sum + length, 0));
  let end = 0;
  const copies = pieces.map((piece) => {
    bytes.set(piece, end);
    end += piece.length;
    return bytes.subarray(end - piece.length, end);
  });
  return { pieces: copies, memory: bytes.buffer };
}

function packPieces(pieces: readonly Uint8Array[]): Pick<EncodedLines, 'columns' | 'text'> {
  const [packedColumns, ...packedText] = pieces.map(pack);
  if (packedColumns === undefined) throw new TypeError('A block has columns at least');
  const columns = new Uint8Array(packedColumns.length + 1);
  columns[0] = BLOCK_VERSION;
  columns.set(packedColumns, 1);
  const text = joinText(pieces.slice(1), packedText);
  for (const packed of [packedColumns, ...packedText]) release(packed);
  return { columns, text };
}

function pack(bytes: Uint8Array): Buffer<ArrayBuffer> {
  return compress(bytes, bytes.length / 3, COMPRESSION);
}

function addColumn(name: string, write: () => void): void {
  column.reset();
  write();
  assembled.text(name);
  assembled.unsigned(column.length);
  assembled.bytes(column.view());
}

function writeTimes(times: Float64Array): void {
  let before = 0;
  // By index, here and below: not compiled yet, an iterator makes an object for every number.
  for (let line = 0; line < times.length; line += 1) {
    const time = times[line] ?? before;
    column.signed(time - before);
    before = time;
  }
}

/** An offset is nearly always the one before plus that line's length plus its newline: mostly the same small number. */
function writeOffsets(lines: BlockLines): void {
  let expected = 0;
  let textStart = 0;
  for (let index = 0; index < lines.count; index += 1) {
    const offset = lines.offsets[index] ?? 0;
    const textEnd = lines.textEnds[index] ?? 0;
    column.signed(offset - expected);
    expected = offset + textEnd - textStart;
    textStart = textEnd;
  }
}

function writeAscending(values: Float64Array): void {
  let before = 0;
  for (const value of values) {
    column.unsigned(value - before);
    before = value;
  }
}

/** A table of values, then the index of each line's; nothing more where there is but one value. */
function writeIndexed(table: string[], index: Uint32Array | undefined): void {
  column.unsigned(table.length);
  for (const value of table) column.text(value);
  if (table.length === 1 || index === undefined) return;
  for (let line = 0; line < index.length; line += 1) column.unsigned(index[line] ?? 0);
}

interface UsedPatterns {
  used: BlockPattern[];
  /** Place in the block's own table by place in the lines' table; 0 = none. */
  places: Uint32Array;
}

/** The patterns that the lines have, of all in their table. */
function usedPatterns(lines: BlockLines): UsedPatterns {
  const places = new Uint32Array(lines.patternTable.length);
  const used: BlockPattern[] = [];
  for (let line = 0; line < lines.count; line += 1) {
    const pattern = lines.patterns[line] ?? 0;
    if (pattern === 0) continue;
    const time = lines.times[line] ?? 0;
    const level = lines.levels[line] ?? 6;
    const place = places[pattern] ?? 0;
    if (place === 0) {
      const entry = lines.patternTable[pattern] ?? '';
      places[pattern] = used.push({ entry, lines: 1, level, firstTime: time, lastTime: time });
      continue;
    }
    const known = used[place - 1];
    if (known === undefined) continue;
    known.lines += 1;
    if (level < known.level) known.level = level;
    if (time < known.firstTime) known.firstTime = time;
    if (time > known.lastTime) known.lastTime = time;
  }
  return { used, places };
}

/** Ids only: the texts are kept once per partition. */
function writePatterns(lines: BlockLines, { used, places }: UsedPatterns): void {
  column.unsigned(used.length + 1);
  column.text('');
  for (const { entry } of used) column.text(entry.slice(0, PATTERN_ID_LENGTH));
  if (used.length === 0) return;
  for (let line = 0; line < lines.count; line += 1) column.unsigned(places[lines.patterns[line] ?? 0] ?? 0);
}

/** Sources and streams are few: that a line of theirs is in each frame is true enough. */
function withOrigins(tokens: FilterTokens, { sourceTable, streamTable }: BlockLines): FilterTokens {
  const origins = [
    ...sourceTable.map((source) => tokenHash(`source:${source}`)),
    ...streamTable.map((stream) => tokenHash(`stream:${stream}`)),
  ];
  return {
    hashes: [...tokens.hashes, ...origins],
    frames: [...tokens.frames, ...origins.map(() => ALL_FRAMES)],
    addresses: tokens.addresses,
  };
}

function summary(lines: BlockLines): Omit<LinesSummary, 'patterns'> {
  const levels = new Uint32Array(8);
  let firstTime = Infinity;
  let lastTime = -Infinity;
  for (let index = 0; index < lines.count; index += 1) {
    const level = (lines.levels[index] ?? 0) & 7;
    levels[level] = (levels[level] ?? 0) + 1;
    const time = lines.times[index] ?? 0;
    if (time < firstTime) firstTime = time;
    if (time > lastTime) lastTime = time;
  }
  const [l0 = 0, l1 = 0, l2 = 0, l3 = 0, l4 = 0, l5 = 0, l6 = 0, l7 = 0] = levels;
  return { severities: [l0 + l1 + l2, l3, l4, l5 + l6 + l7], firstTime, lastTime };
}
