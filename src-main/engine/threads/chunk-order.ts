import type { ParsedChunk } from './messages.ts';

/**
 * Puts chunks back in order: line workers finish when they finish, a stream is stored as it was written. What waits is
 * bounded by the chunks that the pipeline lets under way.
 */
export class ChunkOrder {
  readonly #next = new Map<number, number>();
  readonly #early = new Map<number, Map<number, ParsedChunk | 'skipped'>>();

  /** Chunks that are due now that this one is here, in order. */
  add(chunk: ParsedChunk): ParsedChunk[] {
    return this.#place(chunk.stream, chunk.order, chunk);
  }

  /** The chunk of this number will never come. */
  skip(stream: number, order: number): ParsedChunk[] {
    return this.#place(stream, order, 'skipped');
  }

  get waiting(): number {
    let count = 0;
    for (const early of this.#early.values()) count += early.size;
    return count;
  }

  #place(stream: number, order: number, chunk: ParsedChunk | 'skipped'): ParsedChunk[] {
    let next = this.#next.get(stream) ?? 0;
    // Already past: a worker died after handing it over, and another has done it again.
    if (order < next) return [];
    const early = this.#early.get(stream) ?? new Map<number, ParsedChunk | 'skipped'>();
    early.set(order, chunk);
    const due: ParsedChunk[] = [];
    for (let ready = early.get(next); ready !== undefined; ready = early.get(next)) {
      early.delete(next);
      if (ready !== 'skipped') due.push(ready);
      next += 1;
    }
    this.#next.set(stream, next);
    if (early.size === 0) this.#early.delete(stream);
    else this.#early.set(stream, early);
    return due;
  }
}
