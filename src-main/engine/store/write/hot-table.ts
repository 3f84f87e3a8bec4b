import { addressColumns, addressOf, type StoredLines } from '../../flow/stored-lines.ts';
import type { BlockLines } from '../block/block-lines.ts';
import { BLOCK_LINES, BLOCK_TEXT_BYTES } from '../block/encode-block.ts';
import type { Command, Query, WritableDatabase } from '../database.ts';
import type { PatternDictionary } from './pattern-dictionary.ts';

interface HotRow {
  sequence: number;
  time: number;
  level: number;
  source: number;
  stream: number;
  offset: number;
  address: string;
  text: Buffer;
  pattern: number;
}

/** The rows of a partition that are not sealed yet: durable and searchable one by one. */
export class HotTable {
  readonly #insert: Command<[number, number, number, number, number, number, string, Buffer, number]>;
  readonly #sizes: Query<[number], { sequence: number; bytes: number }>;
  readonly #upTo: Query<[number], HotRow>;
  readonly #delete: Command<[number]>;
  readonly #addSource: Command<[string]>;
  readonly #findSource: Query<[string], { source: number }>;
  readonly #sourceName: Query<[number], { name: string }>;
  readonly #patterns: PatternDictionary;
  readonly #totals: Query<[], { lines: number; bytes: number | null; last: number | null }>;

  constructor(database: WritableDatabase, patterns: PatternDictionary) {
    this.#patterns = patterns;
    this.#insert = database.command(
      'INSERT INTO hot (sequence, time, level, source, stream, offset, address, text, pattern) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
    );
    this.#sizes = database.query('SELECT sequence, length(text) AS bytes FROM hot ORDER BY sequence LIMIT ?');
    this.#upTo = database.query('SELECT * FROM hot WHERE sequence <= ? ORDER BY sequence');
    this.#delete = database.command('DELETE FROM hot WHERE sequence <= ?');
    this.#addSource = database.command('INSERT INTO sources (name) VALUES (?) ON CONFLICT DO NOTHING');
    this.#findSource = database.query('SELECT source FROM sources WHERE name = ?');
    this.#sourceName = database.query('SELECT name FROM sources WHERE source = ?');
    this.#totals = database.query(
      'SELECT count(*) AS lines, sum(length(text)) AS bytes, max(sequence) AS last FROM hot',
    );
  }

  totals(): { lines: number; bytes: number; lastSequence: number } {
    const row = this.#totals.get();
    return { lines: row?.lines ?? 0, bytes: row?.bytes ?? 0, lastSequence: row?.last ?? 0 };
  }

  /** Inserts the lines from `from` on, numbered from `sequence`; within the caller's transaction. */
  insert(lines: StoredLines, from: number, sequence: number): void {
    this.#addSource.run(lines.sourceId);
    const source = this.#findSource.get(lines.sourceId)?.source ?? 0;
    for (let index = from; index < lines.count; index += 1) {
      const start = index === 0 ? 0 : (lines.textEnds[index - 1] ?? 0);
      const length = (lines.textEnds[index] ?? 0) - start;
      this.#insert.run(
        sequence + index - from,
        lines.times[index] ?? 0,
        lines.levels[index] ?? 0,
        source,
        lines.stream,
        lines.offsets[index] ?? 0,
        addressOf(lines, index),
        Buffer.from(lines.text.buffer, lines.text.byteOffset + start, length),
        this.#patterns.number(lines.patternTable[lines.patterns[index] ?? 0] ?? ''),
      );
    }
  }

  /** The oldest rows, as many as one block takes. */
  oldest(): { lines: BlockLines; firstSequence: number; lastSequence: number } | undefined {
    const rows = this.#upTo.all(this.#boundary());
    const first = rows[0];
    const last = rows.at(-1);
    if (first === undefined || last === undefined) return undefined;
    return {
      lines: this.#asLines(rows, first.sequence),
      firstSequence: first.sequence,
      lastSequence: last.sequence,
    };
  }

  deleteUpTo(sequence: number): void {
    this.#delete.run(sequence);
  }

  /** Last sequence that goes into the next block: rows are counted before they are loaded, as one may hold 10 MB. */
  #boundary(): number {
    let bytes = 0;
    let boundary = 0;
    for (const row of this.#sizes.all(BLOCK_LINES)) {
      bytes += row.bytes;
      if (boundary > 0 && bytes > BLOCK_TEXT_BYTES) break;
      boundary = row.sequence;
    }
    return boundary;
  }

  #asLines(rows: HotRow[], firstSequence: number): BlockLines {
    const sources = new Numbering<number>([]);
    const patterns = new Numbering<number>([0]);
    const streams = new Numbering<number>([]);
    const textEnds = new Uint32Array(rows.length);
    let textEnd = 0;
    for (const [index, row] of rows.entries()) {
      textEnd += row.text.length;
      textEnds[index] = textEnd;
    }
    return {
      count: rows.length,
      times: Float64Array.from(rows, (row) => row.time),
      levels: Uint8Array.from(rows, (row) => row.level),
      offsets: Float64Array.from(rows, (row) => row.offset),
      sequences: Float64Array.from(rows, (row) => row.sequence - firstSequence),
      ...addressColumns(rows.map((row) => row.address)),
      patterns: Uint32Array.from(rows, (row) => patterns.number(row.pattern)),
      patternTable: patterns.values.map((pattern) => this.#patterns.entry(pattern)),
      sources: Uint32Array.from(rows, (row) => sources.number(row.source)),
      sourceTable: sources.values.map((source) => this.#sourceName.get(source)?.name ?? ''),
      streams: Uint32Array.from(rows, (row) => streams.number(row.stream)),
      streamTable: streams.values,
      text: Buffer.concat(rows.map((row) => row.text)),
      textEnds,
    };
  }
}

/** Numbers values in the order they are met. */
class Numbering<Value> {
  readonly values: Value[];
  readonly #numbers: Map<Value, number>;

  constructor(values: Value[]) {
    this.values = values;
    this.#numbers = new Map(values.map((value, index) => [value, index]));
  }

  number(value: Value): number {
    let number = this.#numbers.get(value);
    if (number === undefined) {
      number = this.values.length;
      this.values.push(value);
      this.#numbers.set(value, number);
    }
    return number;
  }
}
