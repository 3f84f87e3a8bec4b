import { isIP, type BlockList } from 'node:net';
import { addressList } from './address.ts';

/** Addresses whose answer is remembered; the same few come again with line after line. */
const MAX_REMEMBERED = 20_000;

/** Addresses and ranges that are never taken for an attacker. */
export class AllowedAddresses {
  #list: BlockList | undefined;
  readonly #known = new Map<string, boolean>();

  set(entries: readonly string[]): void {
    this.#list = entries.length === 0 ? undefined : addressList(entries);
    this.#known.clear();
  }

  has(address: string): boolean {
    if (this.#list === undefined) return false;
    const known = this.#known.get(address);
    if (known !== undefined) return known;
    const family = isIP(address);
    const allowed = family !== 0 && this.#list.check(address, family === 4 ? 'ipv4' : 'ipv6');
    if (this.#known.size >= MAX_REMEMBERED) this.#known.clear();
    this.#known.set(address, allowed);
    return allowed;
  }
}
