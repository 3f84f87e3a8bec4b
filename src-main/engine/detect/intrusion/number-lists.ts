import { grown } from '../../flow/grown.ts';
import { rowsFor } from './slot-table.ts';

/** A row's list: where its block begins, numbers in it, and the size of the block. */
const START = 0;
const LENGTH = 1;
const ROOM = 2;
const HEAD = 3;
const SMALLEST_BLOCK = 4;

/** What a snapshot holds: numbers in each list, then all of them, row by row. */
export interface SavedLists {
  lengths: Int32Array;
  numbers: Int32Array;
}

/**
 * A list of whole numbers for each of many rows, most of them short, all in one column. As arrays they were copied by the
 * collector one by one, twice until they were old. Blocks double; one that a list outgrew becomes another's.
 */
export class NumberLists {
  readonly #limit: number;
  #heads = new Int32Array(0);
  #numbers = new Int32Array(0);
  /** Numbers up to here belong to a block. */
  #end = 0;
  /** Starts of blocks to be used again, by size. */
  readonly #free = new Map<number, number[]>();

  /** @param limit rows at most */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /**
   * Reads the first list of each, see `SlotTable`.
   * @param rows a slot's lists: they lie side by side
   */
  touch(slots: Int32Array, rows: number): number {
    let read = 0;
    for (let index = 0; index < slots.length; index += 1)
      read += this.#numbers[this.#heads[(slots[index] ?? 0) * rows * HEAD + START] ?? 0] ?? 0;
    return read;
  }

  length(row: number): number {
    return this.#heads[row * HEAD + LENGTH] ?? 0;
  }

  push(row: number, number: number): void {
    const head = row * HEAD;
    if (head >= this.#heads.length)
      this.#heads = grown(this.#heads, new Int32Array(rowsFor(row, this.#limit) * HEAD));
    const length = this.#heads[head + LENGTH] ?? 0;
    if (length === this.#heads[head + ROOM]) this.#widen(head);
    this.#numbers[(this.#heads[head + START] ?? 0) + length] = number;
    this.#heads[head + LENGTH] = length + 1;
  }

  set(row: number, at: number, number: number): void {
    this.#numbers[(this.#heads[row * HEAD + START] ?? 0) + at] = number;
  }

  /** Where a number stands in a list, or -1. */
  indexOf(row: number, number: number): number {
    const numbers = this.#numbers;
    const start = this.#heads[row * HEAD + START] ?? 0;
    const length = this.length(row);
    for (let at = 0; at < length; at += 1) if (numbers[start + at] === number) return at;
    return -1;
  }

  /** Where the least number of a list stands. */
  indexOfLeast(row: number): number {
    const numbers = this.#numbers;
    const start = this.#heads[row * HEAD + START] ?? 0;
    const length = this.length(row);
    let least = 0;
    for (let at = 1; at < length; at += 1)
      if ((numbers[start + at] ?? 0) < (numbers[start + least] ?? 0)) least = at;
    return least;
  }

  /** How many numbers of a list lie between two, both included. */
  countBetween(row: number, from: number, to: number): number {
    const numbers = this.#numbers;
    const start = this.#heads[row * HEAD + START] ?? 0;
    const end = start + this.length(row);
    let count = 0;
    for (let at = start; at < end; at += 1) {
      const number = numbers[at] ?? 0;
      if (number >= from && number <= to) count += 1;
    }
    return count;
  }

  /** Takes the first numbers of a list out. */
  shift(row: number, count: number): void {
    const start = this.#heads[row * HEAD + START] ?? 0;
    const length = this.length(row);
    this.#numbers.copyWithin(start, start + count, start + length);
    this.#heads[row * HEAD + LENGTH] = length - count;
  }

  clear(row: number): void {
    const head = row * HEAD;
    if (head >= this.#heads.length) return;
    this.#release(head);
    this.#heads.fill(0, head, head + HEAD);
  }

  /** @param rows rows in use */
  save(rows: number): SavedLists {
    const lengths = Int32Array.from({ length: rows }, (_, row) => this.length(row));
    const numbers = new Int32Array(lengths.reduce((sum, length) => sum + length, 0));
    let end = 0;
    for (let row = 0; row < rows; row += 1) {
      const start = this.#heads[row * HEAD + START] ?? 0;
      for (let at = 0; at < (lengths[row] ?? 0); at += 1) {
        numbers[end] = this.#numbers[start + at] ?? 0;
        end += 1;
      }
    }
    return { lengths, numbers };
  }

  load({ lengths, numbers }: SavedLists): void {
    this.#heads = new Int32Array(0);
    this.#end = 0;
    this.#free.clear();
    let at = 0;
    for (const [row, length] of lengths.entries()) {
      for (const end = at + length; at < end; at += 1) this.push(row, numbers[at] ?? 0);
    }
  }

  /** Gives a list a block of twice the size. */
  #widen(head: number): void {
    const room = Math.max(SMALLEST_BLOCK, (this.#heads[head + ROOM] ?? 0) * 2);
    const start = this.#block(room);
    const before = this.#heads[head + START] ?? 0;
    this.#numbers.copyWithin(start, before, before + (this.#heads[head + LENGTH] ?? 0));
    this.#release(head);
    this.#heads[head + START] = start;
    this.#heads[head + ROOM] = room;
  }

  #block(room: number): number {
    const free = this.#free.get(room)?.pop();
    if (free !== undefined) return free;
    const start = this.#end;
    this.#end += room;
    if (this.#end > this.#numbers.length)
      this.#numbers = grown(this.#numbers, new Int32Array(Math.max(1024, this.#end * 2)));
    return start;
  }

  #release(head: number): void {
    const room = this.#heads[head + ROOM] ?? 0;
    if (room === 0) return;
    const free = this.#free.get(room);
    if (free === undefined) this.#free.set(room, [this.#heads[head + START] ?? 0]);
    else free.push(this.#heads[head + START] ?? 0);
  }
}
