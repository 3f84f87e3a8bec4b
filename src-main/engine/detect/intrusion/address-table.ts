import { FIELD_COUNT, type FieldCode, type ParsedBatch } from '../../flow/parsed-batch.ts';
import { cleanAddress } from './address.ts';
import { stableHash } from './byte-classes.ts';
import type { EventBatchBuilder } from './event-batch-builder.ts';

/** Addresses of a batch, made to strings once each: the same client has many lines in a row. */
export class AddressTable {
  readonly #batch: ParsedBatch;
  readonly #builder: EventBatchBuilder;
  readonly #known = new Map<number, { start: number; length: number; index: number }>();

  constructor(batch: ParsedBatch, builder: EventBatchBuilder) {
    this.#batch = batch;
    this.#builder = builder;
  }

  of(line: number, field: FieldCode): number {
    const at = (line * FIELD_COUNT + field) * 2;
    const start = this.#batch.slices[at] ?? -1;
    if (start === -1) return 0;
    const bytes = this.#batch.bytes;
    if (start < -1) return this.#intern(this.#batch.decoded[-2 - start] ?? '');
    const length = (this.#batch.slices[at + 1] ?? start) - start;
    const hash = stableHash(bytes, start, start + length);
    const known = this.#known.get(hash);
    if (known?.length === length && sameBytes(bytes, known.start, start, length)) return known.index;
    const index = this.#intern(bytes.toString('latin1', start, start + length));
    this.#known.set(hash, { start, length, index });
    return index;
  }

  #intern(text: string): number {
    return this.#builder.intern(cleanAddress(text) ?? (text.length <= 253 ? text.toLowerCase() : ''));
  }
}

function sameBytes(bytes: Uint8Array, one: number, two: number, length: number): boolean {
  for (let at = 0; at < length; at += 1) if (bytes[one + at] !== bytes[two + at]) return false;
  return true;
}
