import { BlockList, isIP } from 'node:net';
import { LRUCache } from 'lru-cache';

/** Senders whose rate is remembered; one forgotten starts with a full allowance. */
const MAX_SENDERS = 10_000;

interface Allowance {
  tokens: number;
  at: number;
}

/** Who may send, and how much. */
export class SenderGate {
  readonly #allowed: BlockList | undefined;
  readonly #perSecond: number;
  readonly #allowances = new LRUCache<string, Allowance>({ max: MAX_SENDERS });

  /**
   * @param allow addresses and ranges; none: everybody
   * @param perSecond messages a second from one address; as many may come at once
   */
  constructor(allow: readonly string[], perSecond: number) {
    this.#allowed = allow.length === 0 ? undefined : blockListOf(allow);
    this.#perSecond = perSecond;
  }

  /** @param address as {@link plainAddress} gives it */
  admits(address: string): boolean {
    if (this.#allowed === undefined) return true;
    return isIP(address) !== 0 && this.#allowed.check(address, familyOf(address));
  }

  /**
   * Takes from the sender's allowance.
   * @param now monotonic milliseconds
   * @returns 0 when it may, else the milliseconds until it may again
   */
  take(address: string, count: number, now: number): number {
    const before = this.#allowances.get(address);
    const grown =
      before === undefined
        ? this.#perSecond
        : Math.min(this.#perSecond, before.tokens + ((now - before.at) / 1000) * this.#perSecond);
    // What arrived together is taken together, and paid for before the next.
    const admitted = grown >= 1;
    const tokens = admitted ? grown - count : grown;
    this.#allowances.set(address, { tokens, at: now });
    return admitted ? 0 : Math.ceil(((1 - tokens) / this.#perSecond) * 1000);
  }
}

/** `::ffff:192.0.2.1` is 192.0.2.1; a zone (`fe80::1%eth0`) is of this machine only. */
export function plainAddress(address: string | undefined): string {
  const text = address ?? '';
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(text);
  return mapped?.[1] ?? text.replace(/%.*$/, '');
}

/** Whether only this machine reaches what listens there. */
export function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
}

function blockListOf(allow: readonly string[]): BlockList {
  const list = new BlockList();
  for (const entry of allow) {
    const [address = '', prefix] = entry.split('/');
    if (prefix === undefined) list.addAddress(address, familyOf(address));
    else list.addSubnet(address, Number(prefix), familyOf(address));
  }
  return list;
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}
