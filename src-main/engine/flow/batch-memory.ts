/**
 * Memory that the batches of one thread take turns in. A chunk needs some ten megabytes of columns; new ones for each would
 * be most of what the garbage collector has to do. Whoever hands a column on, or keeps it beyond its batch, copies it.
 */
export class BatchMemory {
  readonly #buffers = new Map<string, ArrayBuffer>();

  /** @param name what it is for: each name has its own memory. The content is left over from before. */
  bytes(name: string, length: number): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#buffer(name, length), 0, length);
  }

  uint16(name: string, length: number): Uint16Array<ArrayBuffer> {
    return new Uint16Array(this.#buffer(name, length * 2), 0, length);
  }

  uint32(name: string, length: number): Uint32Array<ArrayBuffer> {
    return new Uint32Array(this.#buffer(name, length * 4), 0, length);
  }

  int32(name: string, length: number): Int32Array<ArrayBuffer> {
    return new Int32Array(this.#buffer(name, length * 4), 0, length);
  }

  float32(name: string, length: number): Float32Array<ArrayBuffer> {
    return new Float32Array(this.#buffer(name, length * 4), 0, length);
  }

  float64(name: string, length: number): Float64Array<ArrayBuffer> {
    return new Float64Array(this.#buffer(name, length * 8), 0, length);
  }

  /** Gives everything back: nothing will come for a while. */
  release(): void {
    this.#buffers.clear();
  }

  #buffer(name: string, length: number): ArrayBuffer {
    const known = this.#buffers.get(name);
    if (known !== undefined && known.byteLength >= length) return known;
    // Some room to spare, so that the next somewhat larger batch fits; whole eights, as every kind of column asks.
    const buffer = new ArrayBuffer(Math.ceil((length * 1.2) / 8) * 8);
    this.#buffers.set(name, buffer);
    return buffer;
  }
}
