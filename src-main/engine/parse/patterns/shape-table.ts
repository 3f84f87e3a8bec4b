/**
 * Hash table from the two hashes of a shape to a number: three typed arrays, open addressing. A JavaScript map with
 * numbers of 64 bits as keys costs three times as much, and it is asked for every line.
 */
export class ShapeTable {
  readonly #mask: number;
  readonly #limit: number;
  readonly #highs: Int32Array;
  readonly #lows: Int32Array;
  readonly #values: Int32Array;
  #count = 0;

  /** @param limit entries it may hold; it takes 12 to 24 bytes for each from the beginning */
  constructor(limit: number) {
    const slots = 2 ** Math.ceil(Math.log2(limit * 1.5));
    this.#mask = slots - 1;
    this.#limit = limit;
    this.#highs = new Int32Array(slots);
    this.#lows = new Int32Array(slots);
    this.#values = new Int32Array(slots).fill(-1);
  }

  get isFull(): boolean {
    return this.#count >= this.#limit;
  }

  /** The slot that holds the shape or would take it. */
  find(high: number, low: number): number {
    let slot = (high ^ (low >>> 7)) & this.#mask;
    while (this.#values[slot] !== -1 && (this.#highs[slot] !== high || this.#lows[slot] !== low))
      slot = (slot + 1) & this.#mask;
    return slot;
  }

  /** The value, or -1. */
  valueAt(slot: number): number {
    return this.#values[slot] ?? -1;
  }

  /** The caller makes sure that it is not full. */
  set(high: number, low: number, value: number): void {
    const slot = this.find(high, low);
    if (this.#values[slot] === -1) this.#count += 1;
    this.#highs[slot] = high;
    this.#lows[slot] = low;
    this.#values[slot] = value;
  }

  clear(): void {
    this.#values.fill(-1);
    this.#count = 0;
  }
}
