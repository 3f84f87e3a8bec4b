import type { StoredLines } from '../../flow/stored-lines.ts';
import type { PatternChange } from '../../flow/pattern-entry.ts';
import type { StreamPosition } from '../../flow/stream-position.ts';
import {
  BLOCK_LINES,
  BLOCK_TEXT_BYTES,
  encodeBlocks,
  encodeLines,
  SMALLEST_BULK_BLOCK,
  type EncodedLines,
} from '../block/encode-block.ts';
import { SECTIONS, sectionsOf } from '../block/number-list.ts';
import { encodePatternCounts } from '../block/pattern-counts.ts';
import { linesFrom, storedLinesOf } from '../block/restore-lines.ts';
import type { Command, Query, WritableDatabase } from '../database.ts';
import type { EncodedBlock, WriteResult } from '../types.ts';
import { HotTable } from './hot-table.ts';
import { PatternDictionary } from './pattern-dictionary.ts';

/** The hot table never holds more than this many blocks' worth: beyond it, an append seals before it returns. */
const HOT_LIMIT_BLOCKS = 4;

type BlockRow = [
  firstSequence: number,
  lastSequence: number,
  lines: number,
  firstTime: number,
  lastTime: number,
  critical: number,
  error: number,
  warning: number,
  info: number,
  textBytes: number,
  filter: Buffer,
  columns: Buffer,
  text: Buffer,
];

/** Writes one partition. Every method that writes is one transaction: all of it is kept, or none. */
export class PartitionWriter {
  readonly database: WritableDatabase;
  readonly #partition: string;
  readonly #hot: HotTable;
  readonly #patterns: PatternDictionary;
  readonly #insertCounts: Command<[Buffer]>;
  readonly #insertNumbers: Command<Uint8Array[]>;
  readonly #insertBlock: Command<BlockRow>;
  readonly #position: Query<[number], { offset: number }>;
  readonly #setPosition: Command<[number, number, string | null]>;
  /** Positions by stream as last committed. */
  readonly #positions = new Map<number, number>();
  #nextSequence: number;
  #hotLines: number;
  #hotBytes: number;
  /** Written to since the last durable checkpoint. */
  dirty = false;
  /** When it was last written, by the store's clock. */
  writtenAt = 0;

  constructor(partition: string, database: WritableDatabase) {
    this.#partition = partition;
    this.database = database;
    this.#patterns = new PatternDictionary(database);
    this.#hot = new HotTable(database, this.#patterns);
    this.#insertCounts = database.command(
      'INSERT INTO block_patterns (block, counts) VALUES (last_insert_rowid(), ?)',
    );
    this.#insertNumbers = database.command(
      `INSERT INTO block_numbers VALUES (last_insert_rowid(), ${new Array<string>(SECTIONS).fill('?').join(', ')})`,
    );
    this.#insertBlock = database.command(
      `INSERT INTO blocks (first_sequence, last_sequence, lines, first_time, last_time, critical, error, warning,
         info, text_bytes, filter, columns, text) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#position = database.query('SELECT offset FROM positions WHERE stream = ?');
    this.#setPosition = database.command(
      `INSERT INTO positions (stream, offset, cursor) VALUES (?, ?, ?)
       ON CONFLICT (stream) DO UPDATE SET offset = excluded.offset, cursor = excluded.cursor`,
    );
    const totals = this.#hot.totals();
    this.#hotLines = totals.lines;
    this.#hotBytes = totals.bytes;
    this.#nextSequence = Math.max(totals.lastSequence, this.#lastSealedSequence()) + 1;
  }

  /** Number of the newest line; 0 while there is none. */
  get lastSequence(): number {
    return this.#nextSequence - 1;
  }

  /** Rows enough for a block. */
  get sealDue(): boolean {
    return this.#hotLines >= BLOCK_LINES || this.#hotBytes >= BLOCK_TEXT_BYTES;
  }

  /** Rows enough to be worth a block once no more are expected. */
  get sealWorthwhile(): boolean {
    return this.#hotLines >= SMALLEST_BULK_BLOCK;
  }

  append(lines: StoredLines, end: StreamPosition): WriteResult {
    const position = this.#positionOf(lines.stream);
    const skipped = firstAtOrAfter(lines.offsets, lines.count, position);
    const stored = lines.count - skipped;
    const firstSequence = this.#nextSequence;
    if (stored > 0 || end.offset > position) {
      this.#transaction(() => {
        if (stored > 0) this.#hot.insert(lines, skipped, firstSequence);
        this.#advance(end, position);
      });
      this.#committed(end, position, stored);
      this.#hotLines += stored;
      this.#hotBytes += textBytes(lines, skipped);
      while (this.#overfull) this.seal();
    }
    return { partition: this.#partition, skipped, stored, firstSequence };
  }

  appendBlocks(blocks: EncodedBlock[], end: StreamPosition): WriteResult {
    const position = this.#positionOf(end.stream);
    const kept = blocks.flatMap((block) => linesNotStored(block, position));
    const stored = kept.reduce((sum, block) => sum + block.count, 0);
    const given = blocks.reduce((sum, block) => sum + block.count, 0);
    const firstSequence = this.#nextSequence;
    if (stored > 0 || end.offset > position) {
      this.#transaction(() => {
        let sequence = firstSequence;
        for (const block of kept) {
          this.#insert(block, sequence, sequence + block.count - 1, block.count, block.textBytes);
          sequence += block.count;
        }
        this.#advance(end, position);
      });
      this.#committed(end, position, stored);
    }
    return { partition: this.#partition, skipped: given - stored, stored, firstSequence };
  }

  /** Turns the oldest hot rows into one block. Their numbers stay; both happen in one transaction. */
  seal(): void {
    const oldest = this.#hot.oldest();
    if (oldest === undefined) return;
    const { lines, firstSequence, lastSequence } = oldest;
    const encoded = encodeLines(lines);
    this.#transaction(() => {
      this.#insert(encoded, firstSequence, lastSequence, lines.count, lines.text.length);
      this.#hot.deleteUpTo(lastSequence);
    });
    this.dirty = true;
    this.#hotLines -= lines.count;
    this.#hotBytes -= lines.text.length;
  }

  /** Templates became more general: what the partition has of the older ones belongs to the newer. */
  changePatterns(changes: readonly PatternChange[]): void {
    this.#transaction(() => this.#patterns.change(changes));
    this.dirty = true;
  }

  close(): void {
    this.database.close();
  }

  /** What was remembered within a transaction that fails was never kept. */
  #transaction(write: () => void): void {
    try {
      this.database.transaction(write);
    } catch (error) {
      this.#patterns.forget();
      throw error;
    }
  }

  get #overfull(): boolean {
    return (
      this.#hotLines > HOT_LIMIT_BLOCKS * BLOCK_LINES ||
      (this.#hotLines > 1 && this.#hotBytes > HOT_LIMIT_BLOCKS * BLOCK_TEXT_BYTES)
    );
  }

  #insert(block: EncodedLines, first: number, last: number, lines: number, bytes: number): void {
    const { patterns, firstTime } = block;
    const counts =
      patterns.length === 0
        ? undefined
        : encodePatternCounts(patterns, firstTime, (entry) => this.#patterns.number(entry));
    this.#insertBlock.run(
      first,
      last,
      lines,
      block.firstTime,
      block.lastTime,
      ...block.severities,
      bytes,
      asBuffer(block.filter),
      asBuffer(block.columns),
      asBuffer(block.text),
    );
    // Each has the block's number as its own, so that the last number stays the same.
    this.#insertNumbers.run(...sectionsOf(block.numbers));
    if (counts !== undefined) this.#insertCounts.run(counts);
  }

  #positionOf(stream: number): number {
    let position = this.#positions.get(stream);
    if (position === undefined) {
      position = this.#position.get(stream)?.offset ?? 0;
      this.#positions.set(stream, position);
    }
    return position;
  }

  /** A position never goes back: a re-read after a crash may end before it. */
  #advance(end: StreamPosition, position: number): void {
    if (end.offset > position) this.#setPosition.run(end.stream, end.offset, end.cursor ?? null);
  }

  /** Only now that the transaction is through: a failed one must leave the numbers as they were. */
  #committed(end: StreamPosition, position: number, stored: number): void {
    this.#positions.set(end.stream, Math.max(position, end.offset));
    this.#nextSequence += stored;
    this.dirty = true;
  }

  #lastSealedSequence(): number {
    return (
      this.database.query<[], { last: number | null }>('SELECT max(last_sequence) AS last FROM blocks').get()
        ?.last ?? 0
    );
  }
}

/** Lines are in stream order, so that those already stored are at the start. */
function firstAtOrAfter(offsets: Float64Array, count: number, position: number): number {
  let index = 0;
  while (index < count && (offsets[index] ?? 0) < position) index += 1;
  return index;
}

function textBytes(lines: StoredLines, from: number): number {
  const start = from === 0 ? 0 : (lines.textEnds[from - 1] ?? 0);
  return lines.count === 0 ? 0 : (lines.textEnds[lines.count - 1] ?? 0) - start;
}

/** The block as it is, without the lines stored before, or not at all. */
function linesNotStored(block: EncodedBlock, position: number): EncodedBlock[] {
  if (block.firstOffset >= position) return [block];
  if (block.lastOffset < position) return [];
  const lines = storedLinesOf(block);
  return encodeBlocks(linesFrom(lines, firstAtOrAfter(lines.offsets, lines.count, position)));
}

function asBuffer(bytes: Uint8Array<ArrayBuffer>): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
