import { isIP, type BlockList } from 'node:net';
import { EVENT_FLAG } from '../../flow/event-batch.ts';
import { FIELD, type ParsedBatch } from '../../flow/parsed-batch.ts';
import { addressList, cleanAddress } from './address.ts';
import type { EventBatchBuilder, EventRow } from './event-batch-builder.ts';

/** Addresses remembered that had to be cleaned. */
const MAX_CLEANED = 10_000;
/** Of a host (RFC 1035). */
const LONGEST_NAME = 253;

/** Gives rows the addresses of their lines. */
export class LineAddresses {
  readonly #proxies: BlockList;
  readonly #trustsAny: boolean;
  /** Addresses that are no IPv4 address as they are written, as detection knows them. */
  readonly #cleaned = new Map<string, string>();

  /** @param trustedProxies addresses and ranges whose X-Forwarded-For is believed */
  constructor(trustedProxies: readonly string[]) {
    this.#proxies = addressList(trustedProxies);
    this.#trustsAny = trustedProxies.length > 0;
  }

  /** The line's own; false where it has none. */
  set(row: EventRow, batch: ParsedBatch, line: number, builder: EventBatchBuilder): boolean {
    row.address = batch.ipv4(line);
    row.otherAddress = 0;
    if (row.address !== 0) return true;
    const text = batch.address(line);
    if (text === '') return false;
    const cleaned = this.#clean(text);
    builder.setAddress(row, cleaned);
    return cleaned !== '';
  }

  /** Behind a trusted proxy the client is the last address of X-Forwarded-For that is no trusted proxy itself. */
  setClient(row: EventRow, batch: ParsedBatch, line: number, builder: EventBatchBuilder): void {
    this.set(row, batch, line, builder);
    if (!this.#trustsAny || !batch.has(line, FIELD.forwarded)) return;
    if (!this.#isTrusted(builder.addressOf(row))) return;
    const hops = (batch.field(line, FIELD.forwarded) ?? '').split(',', 32).reverse();
    for (const hop of hops) {
      const address = cleanAddress(hop);
      if (address === undefined) break;
      if (this.#isTrusted(address)) continue;
      row.flags |= EVENT_FLAG.forwarded;
      builder.setAddress(row, address);
      return;
    }
  }

  /** No port, brackets or zone; lower case. */
  #clean(text: string): string {
    let cleaned = this.#cleaned.get(text);
    if (cleaned === undefined) {
      cleaned = cleanAddress(text) ?? (text.length <= LONGEST_NAME ? text.toLowerCase() : '');
      if (this.#cleaned.size >= MAX_CLEANED) this.#cleaned.clear();
      this.#cleaned.set(text, cleaned);
    }
    return cleaned;
  }

  #isTrusted(address: string): boolean {
    const family = isIP(address);
    return family !== 0 && this.#proxies.check(address, family === 4 ? 'ipv4' : 'ipv6');
  }
}
