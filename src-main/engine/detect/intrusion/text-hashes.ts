import { textHash } from './byte-classes.ts';

/** Hashes of the texts of a batch, each made once: a user or a service comes hundreds of times in it. */
export class TextHashes {
  #texts: readonly string[] = [];
  /** By the text's index; 0 = not made yet. */
  #hashes = new Int32Array(0);

  /** @param texts those of the batch that begins */
  begin(texts: readonly string[]): void {
    this.#texts = texts;
    this.#hashes = new Int32Array(texts.length);
  }

  of(index: number): number {
    const known = this.#hashes[index] ?? 0;
    if (known !== 0) return known;
    const hash = textHash(this.#texts[index] ?? '');
    this.#hashes[index] = hash;
    return hash;
  }
}
