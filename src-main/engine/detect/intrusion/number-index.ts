/**
 * The rows of numbers of 32 bits: open addressing with linear probing in two columns, at most half full. Costs a third of
 * what a map of numbers does, and no memory per entry.
 */
export class NumberIndex {
  readonly #keys: Int32Array;
  /** Row + 1; 0 is free. */
  readonly #rows: Int32Array;
  readonly #shift: number;

  /** @param limit numbers at most */
  constructor(limit: number) {
    const bits = Math.ceil(Math.log2(limit)) + 1;
    this.#keys = new Int32Array(2 ** bits);
    this.#rows = new Int32Array(2 ** bits);
    this.#shift = 32 - bits;
  }

  /** The row of a number, or -1. */
  find(key: number): number {
    return (this.#rows[this.#place(key)] ?? 0) - 1;
  }

  set(key: number, row: number): void {
    const place = this.#place(key);
    this.#keys[place] = key;
    this.#rows[place] = row + 1;
  }

  clear(): void {
    this.#rows.fill(0);
  }

  /** Where a key stands, or the free place where it would. */
  #place(key: number): number {
    const keys = this.#keys;
    const rows = this.#rows;
    const mask = keys.length - 1;
    let place = Math.imul(key ^ (key >>> 16), 0x9e3779b1) >>> this.#shift;
    while (rows[place] !== 0 && keys[place] !== key) place = (place + 1) & mask;
    return place;
  }
}
