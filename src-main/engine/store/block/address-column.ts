import { firstPlace } from '../../flow/first-place.ts';
import type { BlockLines } from './block-lines.ts';
import type { BlockText, TextFrame } from './block-text.ts';
import type { ByteReader, ByteWriter } from './bytes.ts';
import { linesPerFrame } from './frame-layout.ts';
import { addressToken, tokenHash, type FilterTokens } from './gram-filter.ts';

/*
 * The address column: of each line, where in the line its address stands. Most of a log's addresses are different, and a
 * table of them would take as much as a sixth of what the text takes.
 *
 * It is a table of those that do not stand in their line as they are; then a place for each line; then a detail for each
 * line that has an address: the entry in the table or the address's length, 0 if the address is all of the run of bytes
 * that addresses are made of (hexadecimal digits, dots and colons). What stands in front is looked for at the line's
 * start, as in access logs; other places are counted from its end, which varies less.
 */

const NONE = 0;
const IN_TABLE = 1;
const AT_START = 2;
/** And this many bytes more than there are behind the address. */
const BEFORE_END = 3;

const RUN = 0;

export interface CodedAddresses {
  table: string[];
  places: Uint32Array;
  /** Only lines with a place have one. */
  details: Uint32Array;
  /** Of each address in the table, for the filter: others are found in the text. */
  tokens: FilterTokens;
}

export function codeAddresses(lines: BlockLines): CodedAddresses {
  const { addressTable, addresses, addressLengths, text, textEnds } = lines;
  const entries = new Map<string, number>();
  const step = linesPerFrame(lines.count);
  const coded: CodedAddresses = {
    table: [],
    places: new Uint32Array(lines.count),
    details: new Uint32Array(lines.count),
    tokens: { hashes: [], frames: [], addresses: 0 },
  };
  for (let line = 0; line < lines.count; line += 1) {
    const at = addresses[line] ?? -1;
    if (at === -1) continue;
    const from = line === 0 ? 0 : (textEnds[line - 1] ?? 0);
    const to = textEnds[line] ?? 0;
    const address = at >= 0 ? '' : (addressTable[-2 - at] ?? '');
    const start = at >= 0 ? from + at : firstPlace(text, from, to, address);
    const end = start + (at >= 0 ? (addressLengths[line] ?? 0) : address.length);
    if (start < 0) codeEntry(coded, line, address, entries, 1 << Math.floor(line / step));
    else if (start === from) {
      coded.places[line] = AT_START;
      coded.details[line] = runEnd(text, from, to) === end ? RUN : end - start;
    } else {
      coded.places[line] = BEFORE_END + to - end;
      coded.details[line] = runStart(text, from, end) === start ? RUN : end - start;
    }
  }
  return coded;
}

/** @param frame the bit of the frame that the line is in */
function codeEntry(
  coded: CodedAddresses,
  line: number,
  address: string,
  entries: Map<string, number>,
  frame: number,
): void {
  let entry = entries.get(address);
  if (entry === undefined) {
    entry = coded.table.push(address) - 1;
    entries.set(address, entry);
    coded.tokens.addresses = coded.tokens.hashes.push(tokenHash(addressToken(address)));
  }
  const { frames } = coded.tokens;
  frames[entry] = (frames[entry] ?? 0) | frame;
  coded.places[line] = IN_TABLE;
  coded.details[line] = entry;
}

export function writeAddresses(column: ByteWriter, { table, places, details }: CodedAddresses): void {
  column.unsigned(table.length);
  for (const address of table) column.text(address);
  // By index: before it is compiled, an iterator makes an object for every number.
  for (let line = 0; line < places.length; line += 1) column.unsigned(places[line] ?? 0);
  for (let line = 0; line < places.length; line += 1)
    if (places[line] !== NONE) column.unsigned(details[line] ?? 0);
}

/** Reads the column: all addresses, that of one line, or the lines of one, which needs no strings. */
export class AddressColumn {
  readonly #table: string[];
  readonly #text: BlockText;
  readonly #places: Uint32Array;
  /** 0 for lines without an address, which have none. */
  readonly #details: Uint32Array;

  /** @param text the lines; asked for those whose addresses are asked for */
  constructor(reader: ByteReader, text: BlockText, lines: number) {
    this.#text = text;
    this.#table = Array.from({ length: reader.unsigned() }, () => reader.text());
    this.#places = new Uint32Array(lines);
    this.#details = new Uint32Array(lines);
    for (let line = 0; line < lines; line += 1) this.#places[line] = reader.unsigned();
    for (let line = 0; line < lines; line += 1)
      if (this.#places[line] !== NONE) this.#details[line] = reader.unsigned();
  }

  all(): { table: string[]; index: Uint32Array } {
    const numbers = new Map([['', 0]]);
    const index = this.#places.map((place, line) => {
      if (place === NONE) return 0;
      const address = this.at(line);
      let number = numbers.get(address);
      if (number === undefined) {
        number = numbers.size;
        numbers.set(address, number);
      }
      return number;
    });
    return { table: [...numbers.keys()], index };
  }

  /** Of a line; empty where it has none. */
  at(line: number): string {
    const place = this.#places[line] ?? NONE;
    if (place === NONE) return '';
    if (place === IN_TABLE) {
      const address = this.#table[this.#details[line] ?? 0];
      if (address === undefined) throw new RangeError('The block has an address without an entry');
      return address;
    }
    const frame = this.#text.frameOf(line);
    const [start, end] = this.#span(frame, line, place);
    return frame.bytes.toString('latin1', start, end);
  }

  /** 1 for the lines of this address among the candidates (1). */
  linesOf(address: string, candidates: Uint8Array): Uint8Array {
    const entry = this.#table.indexOf(address);
    const wanted = Buffer.from(address, 'latin1');
    const marks = new Uint8Array(this.#places.length);
    for (let line = candidates.indexOf(1); line >= 0; line = candidates.indexOf(1, line + 1)) {
      const place = this.#places[line] ?? NONE;
      if (place === NONE) continue;
      if (place === IN_TABLE) {
        if (this.#details[line] === entry) marks[line] = 1;
        continue;
      }
      const frame = this.#text.frameOf(line);
      const [start, end] = this.#span(frame, line, place);
      if (end - start === wanted.length && isAt(frame.bytes, start, wanted)) marks[line] = 1;
    }
    return marks;
  }

  /** Where in the frame's bytes a line's address stands. */
  #span(frame: TextFrame, line: number, place: number): [start: number, end: number] {
    const { bytes, ends } = frame;
    const inFrame = line - frame.firstLine;
    const from = inFrame === 0 ? 0 : (ends[inFrame - 1] ?? 0);
    const to = ends[inFrame] ?? 0;
    const length = this.#details[line] ?? RUN;
    if (place === AT_START) return [from, length === RUN ? runEnd(bytes, from, to) : from + length];
    const end = to - (place - BEFORE_END);
    if (end < from) throw new RangeError('The block has an address outside its line');
    return [length === RUN ? runStart(bytes, from, end) : end - length, end];
  }
}

function isAt(text: Uint8Array, start: number, wanted: Uint8Array): boolean {
  for (let at = 0; at < wanted.length; at += 1) if (text[start + at] !== wanted[at]) return false;
  return true;
}

/** 1 for the bytes that addresses are made of. */
const OF_ADDRESS = Uint8Array.from({ length: 256 }, (_, byte) =>
  /[\d.:a-fA-F]/.test(String.fromCharCode(byte)) ? 1 : 0,
);

function runEnd(text: Uint8Array, from: number, to: number): number {
  let end = from;
  while (end < to && OF_ADDRESS[text[end] ?? 0] === 1) end += 1;
  return end;
}

function runStart(text: Uint8Array, from: number, end: number): number {
  let start = end;
  while (start > from && OF_ADDRESS[text[start - 1] ?? 0] === 1) start -= 1;
  return start;
}
