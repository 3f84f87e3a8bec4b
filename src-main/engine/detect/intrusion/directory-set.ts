/** Two ways a set. */
const SETS = 16_384;

/** Directories known to exist, by hash: a table of fixed size in which the older of two gives way. */
export class DirectorySet {
  #hashes = new Int32Array(SETS * 2);

  has(hash: number): boolean {
    const set = (hash & (SETS - 1)) * 2;
    return this.#hashes[set] === hash || this.#hashes[set + 1] === hash;
  }

  add(hash: number): void {
    const set = (hash & (SETS - 1)) * 2;
    this.#hashes[set + 1] = this.#hashes[set] ?? 0;
    this.#hashes[set] = hash;
  }

  save(): Int32Array {
    return this.#hashes;
  }

  load(saved: Int32Array): void {
    this.#hashes = Int32Array.from(saved);
  }
}
