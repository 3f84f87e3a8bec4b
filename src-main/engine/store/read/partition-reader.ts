import { statSync } from 'node:fs';
import { plainText, storedText } from '../block/block-text.ts';
import { BlockColumns, type IndexedColumn, type LineColumns } from '../block/decode-block.ts';
import { ALL_FRAMES } from '../block/frame-layout.ts';
import { openReadable, type Query, type ReadableDatabase } from '../database.ts';
import { FailureError } from '../../flow/failure.ts';
import { STORE_FAILURE } from '../failures.ts';
import { logMigrations, LOGS_WITH_PATTERNS, OLDEST_READABLE_LOGS } from '../migrations/logs/index.ts';
import type { PartitionName } from '../partitions.ts';
import { FilterProbe } from './filter-probe.ts';
import { severityIndex } from './line-filter.ts';
import { addPatternLines, PatternReader, type PatternLines } from './pattern-reader.ts';
import type { LineUnit } from './unit.ts';

interface HeaderRow {
  block: number;
  first_sequence: number;
  last_sequence: number;
  lines: number;
  first_time: number;
  last_time: number;
  critical: number;
  error: number;
  warning: number;
  info: number;
  text_bytes: number;
}

interface HotRow {
  sequence: number;
  time: number;
  level: number;
  source: string;
  stream: number;
  offset: number;
  address: string;
  text: Buffer;
  pattern: number;
}

export const HEADERS_SQL = `SELECT block, first_sequence, last_sequence, lines, first_time, last_time, critical, error,
  warning, info, text_bytes FROM blocks WHERE block > ? ORDER BY block`;
export const HOT_SQL = hotSql('pattern');

function hotSql(pattern: string): string {
  return `SELECT sequence, time, level, sources.name AS source, stream, offset, address, text, ${pattern}
    FROM hot LEFT JOIN sources USING (source) ORDER BY sequence`;
}

/** Reads one partition while its writer writes. Summaries of blocks are kept: a sealed block never changes. */
export class PartitionReader {
  readonly name: PartitionName;
  readonly #database: ReadableDatabase;
  readonly #inode: number;
  readonly #newHeaders: Query<[number], HeaderRow>;
  readonly #hotRows: Query<[], HotRow>;
  readonly #dataVersion: Query<[], { data_version: number }>;
  readonly #parts: Record<'columns' | 'text', Query<[number], { part: Buffer }>>;
  readonly #filters: FilterProbe;
  /** undefined in files written before there were patterns. */
  readonly #patterns: PatternReader | undefined;
  readonly #blocks: LineUnit[] = [];
  #lastBlock = 0;
  #hot: LineUnit | undefined;
  #seenVersion = -1;

  constructor(name: PartitionName, path: string) {
    this.name = name;
    this.#inode = statSync(path).ino;
    this.#database = openReadable(path, logMigrations, OLDEST_READABLE_LOGS);
    this.#patterns =
      this.#database.version >= LOGS_WITH_PATTERNS ? new PatternReader(this.#database) : undefined;
    this.#newHeaders = this.#database.query(HEADERS_SQL);
    this.#hotRows = this.#database.query(this.#patterns === undefined ? hotSql('0 AS pattern') : HOT_SQL);
    this.#dataVersion = this.#database.query('PRAGMA data_version');
    this.#filters = new FilterProbe(this.#database);
    this.#parts = {
      columns: this.#database.query('SELECT columns AS part FROM blocks WHERE block = ?'),
      text: this.#database.query('SELECT text AS part FROM blocks WHERE block = ?'),
    };
  }

  /** False once the file was deleted, or replaced after being set aside. */
  isCurrent(path: string): boolean {
    return statSync(path, { throwIfNoEntry: false })?.ino === this.#inode;
  }

  /** All lines as of one instant: blocks and hot rows are read in one snapshot, so that sealing neither hides nor doubles any. */
  units(): LineUnit[] {
    this.#database.snapshot(() => {
      // Inside the snapshot the version is read after the state is fixed: what it names is what is read.
      const headers = this.#newHeaders.all(this.#lastBlock);
      const version = this.#dataVersion.get()?.data_version ?? 0;
      if (version !== this.#seenVersion || headers.length > 0) {
        this.#hot = new HotRows(this.#hotRows.all(), (pattern) => this.#patterns?.id(pattern) ?? '').unit(
          this.name,
        );
        this.#seenVersion = version;
      }
      for (const header of headers) {
        this.#blocks.push(this.#blockUnit(header));
        this.#lastBlock = header.block;
      }
    });
    return this.#hot === undefined || this.#hot.lines === 0
      ? [...this.#blocks]
      : [...this.#blocks, this.#hot];
  }

  /** The partition's patterns. */
  get patterns(): PatternReader | undefined {
    return this.#patterns;
  }

  close(): void {
    this.#database.close();
  }

  #blockUnit(header: HeaderRow): LineUnit {
    const load = (part: 'columns' | 'text') => this.#part(part, header.block);
    const path = this.#database.path;
    return {
      partition: this.name,
      block: header.block,
      lines: header.lines,
      firstTime: header.first_time,
      lastTime: header.last_time,
      firstSequence: header.first_sequence,
      lastSequence: header.last_sequence,
      severities: [header.critical, header.error, header.warning, header.info],
      frames: (question) => this.#filters.frames(header.block, question),
      patterns: () => unpacked(path, () => this.#patterns?.countsOf(header.block, header.first_time)),
      columns: (text) =>
        unpacked(path, () => new BlockColumns(load('columns'), header.lines, header.first_sequence, text)),
      text: (columns) =>
        unpacked(path, () =>
          storedText({
            bytes: load('text'),
            size: header.text_bytes,
            lines: header.lines,
            columnEnds: () => columns().textEnds(),
            later: (read) => unpacked(path, read),
          }),
        ),
    };
  }

  #part(part: 'columns' | 'text', block: number): Buffer {
    return this.#parts[part].get(block)?.part ?? Buffer.alloc(0);
  }
}

/** The rows that are not sealed, read as if they were a block. */
class HotRows implements LineColumns {
  readonly count: number;
  readonly #rows: HotRow[];
  readonly #patternId: (pattern: number) => string;

  constructor(rows: HotRow[], patternId: (pattern: number) => string) {
    this.#rows = rows;
    this.#patternId = patternId;
    this.count = rows.length;
  }

  unit(partition: PartitionName): LineUnit {
    const severities: LineUnit['severities'] = [0, 0, 0, 0];
    let firstTime = Infinity;
    let lastTime = -Infinity;
    for (const { level, time } of this.#rows) {
      const index = severityIndex(level);
      severities[index] = (severities[index] ?? 0) + 1;
      firstTime = Math.min(firstTime, time);
      lastTime = Math.max(lastTime, time);
    }
    return {
      partition,
      block: undefined,
      lines: this.count,
      firstTime,
      lastTime,
      firstSequence: this.#rows[0]?.sequence ?? 0,
      lastSequence: this.#rows.at(-1)?.sequence ?? 0,
      severities,
      frames: () => ALL_FRAMES,
      patterns: () => this.#patternCounts(),
      columns: () => this,
      text: () =>
        plainText(Buffer.concat(this.#rows.map((row) => row.text)), () => this.textEnds(), this.count),
    };
  }

  times(): Float64Array {
    return Float64Array.from(this.#rows, (row) => row.time);
  }

  levels(): Uint8Array {
    return Uint8Array.from(this.#rows, (row) => row.level);
  }

  offsets(): Float64Array {
    return Float64Array.from(this.#rows, (row) => row.offset);
  }

  sequences(): Float64Array {
    return Float64Array.from(this.#rows, (row) => row.sequence);
  }

  textEnds(): Uint32Array {
    let end = 0;
    return Uint32Array.from(this.#rows, (row) => (end += row.text.length));
  }

  addresses(): IndexedColumn {
    return indexed(this.#rows.map((row) => row.address));
  }

  addressAt(line: number): string {
    return this.#rows[line]?.address ?? '';
  }

  withAddress(address: string, candidates: Uint8Array): Uint8Array {
    return candidates.map((candidate, line) => (this.#rows[line]?.address === address ? candidate : 0));
  }

  patterns(): IndexedColumn {
    return indexed(this.#rows.map((row) => this.#patternId(row.pattern)));
  }

  #patternCounts(): Map<string, PatternLines> {
    const counts = new Map<string, PatternLines>();
    for (const { pattern, time, level } of this.#rows) {
      if (pattern === 0) continue;
      const line = { lines: 1, level, firstTime: time, lastTime: time };
      addPatternLines(counts, this.#patternId(pattern), line);
    }
    return counts;
  }

  sources(): IndexedColumn {
    return indexed(this.#rows.map((row) => row.source));
  }

  streams(): IndexedColumn {
    return indexed(this.#rows.map((row) => String(row.stream)));
  }
}

function indexed(values: string[]): IndexedColumn {
  const numbers = new Map<string, number>();
  const index = Uint32Array.from(values, (value) => {
    const number = numbers.get(value) ?? numbers.size;
    numbers.set(value, number);
    return number;
  });
  return { table: [...numbers.keys()], index };
}

/** What can't be unpacked is damaged, whatever the unpacking says. */
function unpacked<Value>(path: string, unpack: () => Value): Value {
  try {
    return unpack();
  } catch (error) {
    if (error instanceof FailureError) throw error;
    const message = { key: STORE_FAILURE.corrupt, parameters: { path, code: 'block' } };
    throw new FailureError({ kind: 'UNAVAILABLE', message, cause: error });
  }
}
