import { isIP, type BlockList } from 'node:net';
import { textOfIpv4 } from '../../flow/ipv4.ts';
import { addressList } from './address.ts';

/** Addresses whose answer is remembered; the same few come again with line after line. */
const MAX_REMEMBERED = 20_000;

/** Addresses and ranges that are never taken for an attacker. */
export class AllowedAddresses {
  #list: BlockList | undefined;
  readonly #known = new Map<number | string, boolean>();

  set(entries: readonly string[]): void {
    this.#list = entries.length === 0 ? undefined : addressList(entries);
    this.#known.clear();
  }

  /** @param ipv4 the address's bits; 0: it is the text, empty for none */
  has(ipv4: number, text: string): boolean {
    if (this.#list === undefined) return false;
    const key = ipv4 === 0 ? text : ipv4;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const address = ipv4 === 0 ? text : textOfIpv4(ipv4);
    const family = isIP(address);
    const allowed = family !== 0 && this.#list.check(address, family === 4 ? 'ipv4' : 'ipv6');
    if (this.#known.size >= MAX_REMEMBERED) this.#known.clear();
    this.#known.set(key, allowed);
    return allowed;
  }
}
