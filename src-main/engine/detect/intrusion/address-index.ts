const ENTRY = 2;
const SLOT = 1;

/**
 * Finds the slot of an address. IPv4 addresses, nearly all there are, are the 32 bits they stand for and looked up in a
 * table of numbers; all others are texts.
 */
export class AddressIndex {
  /** Linear probing, at most half full. Of each entry the address and its slot + 1, side by side; 0: it is free. */
  readonly #entries: Int32Array;
  readonly #shift: number;
  readonly #others = new Map<string, number>();

  /** @param limit addresses at most */
  constructor(limit: number) {
    const bits = Math.ceil(Math.log2(limit)) + 1;
    this.#entries = new Int32Array(2 ** bits * ENTRY);
    this.#shift = 32 - bits;
  }

  /**
   * The slot of an address, or -1.
   * @param ipv4 its bits; 0: it is the text
   */
  find(ipv4: number, text: string): number {
    if (ipv4 === 0) return this.#others.get(text) ?? -1;
    return (this.#entries[this.#place(ipv4) + SLOT] ?? 0) - 1;
  }

  set(ipv4: number, text: string, slot: number): void {
    if (ipv4 === 0) {
      this.#others.set(text, slot);
      return;
    }
    const place = this.#place(ipv4);
    this.#entries[place] = ipv4;
    this.#entries[place + SLOT] = slot + 1;
  }

  delete(ipv4: number, text: string): void {
    if (ipv4 === 0) this.#others.delete(text);
    else this.#close(this.#place(ipv4));
  }

  clear(): void {
    this.#entries.fill(0);
    this.#others.clear();
  }

  /** Where a key stands, or the free place where it would. */
  #place(key: number): number {
    let place = this.#home(key);
    while (this.#entries[place + SLOT] !== 0 && this.#entries[place] !== key) place = this.#next(place);
    return place;
  }

  /** Frees a place and moves up those that were pushed beyond it (Knuth, algorithm 6.4 R). */
  #close(freed: number): void {
    let gap = freed;
    this.#entries[gap + SLOT] = 0;
    for (let place = this.#next(gap); this.#entries[place + SLOT] !== 0; place = this.#next(place)) {
      const home = this.#home(this.#entries[place] ?? 0);
      const stays = gap < place ? home > gap && home <= place : home > gap || home <= place;
      if (stays) continue;
      this.#entries.copyWithin(gap, place, place + ENTRY);
      this.#entries[place + SLOT] = 0;
      gap = place;
    }
  }

  #home(key: number): number {
    return (Math.imul(key ^ (key >>> 16), 0x9e3779b1) >>> this.#shift) * ENTRY;
  }

  #next(place: number): number {
    return (place + ENTRY) & (this.#entries.length - 1);
  }
}
