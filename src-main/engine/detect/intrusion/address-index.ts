/**
 * Finds the slot of an address. IPv4 addresses, nearly all there are, are the 32 bits they stand for and looked up in a
 * table of numbers; all others are texts.
 */
export class AddressIndex {
  /** Linear probing, at most half full. A key is the address with its bits spread; 0 in `#slots` is free. */
  readonly #keys: Int32Array;
  /** Slot + 1. */
  readonly #slots: Int32Array;
  readonly #shift: number;
  readonly #others = new Map<string, number>();

  /** @param limit addresses at most */
  constructor(limit: number) {
    const bits = Math.ceil(Math.log2(limit)) + 1;
    this.#keys = new Int32Array(2 ** bits);
    this.#slots = new Int32Array(2 ** bits);
    this.#shift = 32 - bits;
  }

  /**
   * The slot of an address, or -1.
   * @param ipv4 its bits; 0: it is the text
   */
  find(ipv4: number, text: string): number {
    if (ipv4 === 0) return this.#others.get(text) ?? -1;
    return (this.#slots[this.#place(ipv4)] ?? 0) - 1;
  }

  set(ipv4: number, text: string, slot: number): void {
    if (ipv4 === 0) {
      this.#others.set(text, slot);
      return;
    }
    const place = this.#place(ipv4);
    this.#keys[place] = ipv4;
    this.#slots[place] = slot + 1;
  }

  delete(ipv4: number, text: string): void {
    if (ipv4 === 0) this.#others.delete(text);
    else this.#close(this.#place(ipv4));
  }

  clear(): void {
    this.#slots.fill(0);
    this.#others.clear();
  }

  /** Where a key stands, or the free place where it would. */
  #place(key: number): number {
    let place = this.#home(key);
    while (this.#slots[place] !== 0 && this.#keys[place] !== key) place = this.#next(place);
    return place;
  }

  /** Frees a place and moves up those that were pushed beyond it (Knuth, algorithm 6.4 R). */
  #close(freed: number): void {
    let gap = freed;
    this.#slots[gap] = 0;
    for (let place = this.#next(gap); this.#slots[place] !== 0; place = this.#next(place)) {
      const home = this.#home(this.#keys[place] ?? 0);
      const stays = gap < place ? home > gap && home <= place : home > gap || home <= place;
      if (stays) continue;
      this.#keys[gap] = this.#keys[place] ?? 0;
      this.#slots[gap] = this.#slots[place] ?? 0;
      this.#slots[place] = 0;
      gap = place;
    }
  }

  #home(key: number): number {
    return Math.imul(key ^ (key >>> 16), 0x9e3779b1) >>> this.#shift;
  }

  #next(place: number): number {
    return (place + 1) & (this.#keys.length - 1);
  }
}
