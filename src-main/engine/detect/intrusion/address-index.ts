/**
 * Finds the number of an address. IPv4 addresses, nearly all there are, are looked up as the 32 bits they stand for in a
 * table of numbers: a map of texts costs five times as much per line.
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

  /** The slot of an address, or -1. */
  find(address: string): number {
    const number = ipv4Number(address);
    if (number < 0) return this.#others.get(address) ?? -1;
    return (this.#slots[this.#place(number | 0)] ?? 0) - 1;
  }

  set(address: string, slot: number): void {
    const number = ipv4Number(address);
    if (number < 0) {
      this.#others.set(address, slot);
      return;
    }
    const place = this.#place(number | 0);
    this.#keys[place] = number | 0;
    this.#slots[place] = slot + 1;
  }

  delete(address: string): void {
    const number = ipv4Number(address);
    if (number < 0) this.#others.delete(address);
    else this.#close(this.#place(number | 0));
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

const DOT = 46;
const ZERO = 48;

/**
 * `192.0.2.7` as a number from 0 on; -1 for whatever is not four decimal numbers up to 255. Leading zeros have more than
 * one reading (`010` is eight to some programs): such a text is a name of its own, never another's address.
 */
export function ipv4Number(address: string): number {
  const { length } = address;
  if (length < 7 || length > 15) return -1;
  let number = 0;
  let part = 0;
  let digits = 0;
  let dots = 0;
  for (let at = 0; at < length; at += 1) {
    const code = address.charCodeAt(at);
    if (code === DOT) {
      if (digits === 0 || part > 255) return -1;
      number = number * 256 + part;
      dots += 1;
      part = 0;
      digits = 0;
    } else {
      const digit = code - ZERO;
      if (digit < 0 || digit > 9 || (digits > 0 && part === 0)) return -1;
      part = part * 10 + digit;
      digits += 1;
    }
  }
  return dots === 3 && digits > 0 && part <= 255 ? number * 256 + part : -1;
}
