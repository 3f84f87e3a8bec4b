import { NumberIndex } from './number-index.ts';

/**
 * Finds the slot of an address. IPv4 addresses, nearly all there are, are the 32 bits they stand for and looked up in a
 * table of numbers; all others are texts.
 */
export class AddressIndex {
  readonly #ipv4: NumberIndex;
  readonly #others = new Map<string, number>();

  /** @param limit addresses at most */
  constructor(limit: number) {
    this.#ipv4 = new NumberIndex(limit);
  }

  /**
   * The slot of an address, or -1.
   * @param ipv4 its bits; 0: it is the text
   */
  find(ipv4: number, text: string): number {
    return ipv4 === 0 ? (this.#others.get(text) ?? -1) : this.#ipv4.find(ipv4);
  }

  set(ipv4: number, text: string, slot: number): void {
    if (ipv4 === 0) this.#others.set(text, slot);
    else this.#ipv4.set(ipv4, slot);
  }

  delete(ipv4: number, text: string): void {
    if (ipv4 === 0) this.#others.delete(text);
    else this.#ipv4.delete(ipv4);
  }

  clear(): void {
    this.#ipv4.clear();
    this.#others.clear();
  }
}
