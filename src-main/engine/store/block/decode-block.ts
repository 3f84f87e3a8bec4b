import { zstdDecompressSync } from 'node:zlib';
import { AddressColumn } from './address-column.ts';
import type { BlockText } from './block-text.ts';
import { ByteReader } from './bytes.ts';
import { BLOCK_VERSION } from './encode-block.ts';

/** A column of repeating values: a table, and each line's entry. */
export interface IndexedColumn {
  table: string[];
  index: Uint32Array;
}

/** Columns of lines, each worked out when it is first asked for. A block and the hot table both read as this. */
export interface LineColumns {
  readonly count: number;
  times(): Float64Array;
  levels(): Uint8Array;
  offsets(): Float64Array;
  addresses(): IndexedColumn;
  /** That of one line: empty where it has none. */
  addressAt(line: number): string;
  /** 1 for the lines of this address among the candidates (1). */
  withAddress(address: string, candidates: Uint8Array): Uint8Array;
  /** Ids; the empty string for lines without one. */
  patterns(): IndexedColumn;
  sources(): IndexedColumn;
  streams(): IndexedColumn;
  /** Sequence number of each line, ascending. */
  sequences(): Float64Array;
  /** Where in the text each line ends. */
  textEnds(): Uint32Array;
}

/** The columns of a stored block. */
export class BlockColumns implements LineColumns {
  readonly count: number;
  readonly #firstSequence: number;
  readonly #columns = new Map<string, Uint8Array>();
  #times: Float64Array | undefined;
  #levels: Uint8Array | undefined;
  #textEnds: Uint32Array | undefined;
  #offsets: Float64Array | undefined;
  #sequences: Float64Array | undefined;
  #addresses: IndexedColumn | undefined;
  #found: AddressColumn | undefined;
  #patterns: IndexedColumn | undefined;
  #sources: IndexedColumn | undefined;
  #streams: IndexedColumn | undefined;

  readonly #text: () => BlockText;

  /**
   * @param text the block's lines; asked for only by columns that point into them
   * @throws RangeError when the bytes are not such columns
   */
  constructor(bytes: Uint8Array, count: number, firstSequence: number, text: () => BlockText) {
    if (bytes[0] !== BLOCK_VERSION) throw new RangeError(`Unknown block version ${bytes[0] ?? 'none'}`);
    this.count = count;
    this.#firstSequence = firstSequence;
    this.#text = text;
    const reader = new ByteReader(
      zstdDecompressSync(bytes.subarray(1), { chunkSize: Math.max(1024, bytes.length * 3) }),
    );
    const columns = reader.unsigned();
    for (let index = 0; index < columns; index += 1) {
      const name = reader.text();
      this.#columns.set(name, reader.bytes(reader.unsigned()));
    }
  }

  times(): Float64Array {
    return (this.#times ??= this.#decodeTimes());
  }

  levels(): Uint8Array {
    return (this.#levels ??= this.#reader('level').bytes(this.count));
  }

  textEnds(): Uint32Array {
    return (this.#textEnds ??= this.#columns.has('length') ? this.#decodeTextEnds() : this.#text().ends());
  }

  offsets(): Float64Array {
    return (this.#offsets ??= this.#decodeOffsets());
  }

  sequences(): Float64Array {
    return (this.#sequences ??= this.#decodeSequences());
  }

  addresses(): IndexedColumn {
    return (this.#addresses ??= this.#decodeAddresses());
  }

  addressAt(line: number): string {
    return this.#addressColumn()?.at(line) ?? valueAt(this.addresses(), line);
  }

  withAddress(address: string, candidates: Uint8Array): Uint8Array {
    return (
      this.#addressColumn()?.linesOf(address, candidates) ?? linesWith(this.addresses(), address, candidates)
    );
  }

  /** Blocks written before there were patterns have none. */
  patterns(): IndexedColumn {
    return (this.#patterns ??= this.#columns.has('pattern')
      ? this.#decodeIndexed('pattern')
      : { table: [''], index: new Uint32Array(this.count) });
  }

  sources(): IndexedColumn {
    return (this.#sources ??= this.#decodeIndexed('source'));
  }

  streams(): IndexedColumn {
    return (this.#streams ??= this.#decodeIndexed('stream'));
  }

  #decodeTimes(): Float64Array {
    const reader = this.#reader('time');
    const times = new Float64Array(this.count);
    let time = 0;
    for (let index = 0; index < this.count; index += 1) {
      time += reader.signed();
      times[index] = time;
    }
    return times;
  }

  /** A column of blocks whose text has one frame only, and not where its lines end. */
  #decodeTextEnds(): Uint32Array {
    const reader = this.#reader('length');
    const ends = new Uint32Array(this.count);
    let end = 0;
    for (let index = 0; index < this.count; index += 1) {
      end += reader.unsigned();
      ends[index] = end;
    }
    return ends;
  }

  #decodeOffsets(): Float64Array {
    const reader = this.#reader('offset');
    const ends = this.textEnds();
    const offsets = new Float64Array(this.count);
    let expected = 0;
    let textStart = 0;
    for (let index = 0; index < this.count; index += 1) {
      const offset = expected + reader.signed();
      const textEnd = ends[index] ?? 0;
      offsets[index] = offset;
      expected = offset + textEnd - textStart;
      textStart = textEnd;
    }
    return offsets;
  }

  /** Without the column, the lines were stored in one go and are numbered without holes. */
  #decodeSequences(): Float64Array {
    const reader = this.#columns.has('sequence') ? this.#reader('sequence') : undefined;
    const sequences = new Float64Array(this.count);
    let sequence = this.#firstSequence;
    for (let index = 0; index < this.count; index += 1) {
      sequence = reader === undefined ? this.#firstSequence + index : sequence + reader.unsigned();
      sequences[index] = sequence;
    }
    return sequences;
  }

  #decodeAddresses(): IndexedColumn {
    return this.#addressColumn()?.all() ?? this.#decodeOldAddresses();
  }

  #addressColumn(): AddressColumn | undefined {
    if (!this.#columns.has('found')) return undefined;
    return (this.#found ??= new AddressColumn(this.#reader('found'), this.#text(), this.count));
  }

  /**
   * As blocks had it at first: a number for each line, even: half of it is its entry in a table; odd: half of it is how many
   * bytes at the line's start are the address.
   */
  #decodeOldAddresses(): IndexedColumn {
    const reader = this.#reader('address');
    // The same address may be in it twice: its entries keep their places.
    const table = Array.from({ length: reader.unsigned() }, () => reader.text());
    const numbers = new Map(table.map((address, number) => [address, number]));
    const index = new Uint32Array(this.count);
    for (let line = 0; line < this.count; line += 1) {
      const code = reader.unsigned();
      if (code % 2 === 0) {
        index[line] = code / 2;
        continue;
      }
      const start = line === 0 ? 0 : (this.textEnds()[line - 1] ?? 0);
      const address = this.#text()
        .whole()
        .toString('latin1', start, start + (code - 1) / 2);
      let number = numbers.get(address);
      if (number === undefined) {
        number = table.push(address) - 1;
        numbers.set(address, number);
      }
      index[line] = number;
    }
    return { table, index };
  }

  #decodeIndexed(name: string): IndexedColumn {
    const reader = this.#reader(name);
    const table = Array.from({ length: reader.unsigned() }, () => reader.text());
    const index = new Uint32Array(this.count);
    if (table.length > 1) {
      for (let line = 0; line < this.count; line += 1) index[line] = reader.unsigned();
    }
    return { table, index };
  }

  #reader(name: string): ByteReader {
    const bytes = this.#columns.get(name);
    if (bytes === undefined) throw new RangeError(`The block has no column ${name}`);
    return new ByteReader(bytes);
  }
}

export function valueAt({ table, index }: IndexedColumn, line: number): string {
  return table[index[line] ?? 0] ?? '';
}

/** 1 for the candidates (1) that have this value. */
function linesWith({ table, index }: IndexedColumn, value: string, candidates: Uint8Array): Uint8Array {
  const wanted = table.indexOf(value);
  return candidates.map((candidate, line) => (index[line] === wanted ? candidate : 0));
}
