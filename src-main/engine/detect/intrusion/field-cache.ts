import { byteKinds, type ByteScanner, KIND } from '../../flow/byte-scan.ts';
import { agentBytes, BYTES } from './byte-classes.ts';
import type { Place } from './text-view.ts';
import type { CompiledLineRule } from './line-rules.ts';

/** What the rules said about one field's text. */
export interface Verdict {
  rule: CompiledLineRule;
  place: Place;
  text: string;
}

/** Nothing found: shared, so that a clean field costs no object. */
export const CLEAN: readonly Verdict[] = [];

/** Longer texts are judged anew each time. */
const LONGEST = 256;

/**
 * Remembers what the rules said about texts seen before. Two ways a set, the older gives way: bounded without counting,
 * and a flood of unique texts costs each of them one miss, no more. Texts are compared byte by byte, so nobody can have
 * one taken for another.
 */
export class FieldCache {
  readonly #scanner: ByteScanner;
  readonly #kinds: number;
  readonly #mask: number;
  /** By set: which of the two is the older one. */
  readonly #turns: Uint8Array;
  /** By slot; the last slot is for the text in hand that is too long to keep. */
  readonly #hashes: Int32Array;
  readonly #lengths: Uint16Array;
  /** Where the scanner keeps the texts. */
  readonly #texts: number;
  readonly flags: Uint8Array;
  readonly verdicts: (readonly Verdict[])[];
  /** Stable hash of the text last asked for, and the kinds of its bytes. */
  hash = 0;
  bits = 0;

  /**
   * @param sets power of two
   * @param scanner what the texts' chunk is loaded in
   */
  constructor(sets: number, scanner: ByteScanner) {
    this.#scanner = scanner;
    const unsure = agentBytes(BYTES.unsure);
    this.#kinds = byteKinds(scanner, [...agentBytes(0), ...unsure], unsure);
    this.#turns = new Uint8Array(sets);
    const slots = sets * 2 + 1;
    this.#mask = sets - 1;
    this.#hashes = new Int32Array(slots);
    this.#lengths = new Uint16Array(slots);
    this.#texts = scanner.reserve((slots - 1) * LONGEST);
    this.flags = new Uint8Array(slots);
    this.verdicts = new Array<readonly Verdict[]>(slots).fill(CLEAN);
  }

  /** The slot of a text, or -1 where it is not known. */
  find(bytes: Uint8Array, from: number, to: number): number {
    const hash = this.#scanner.digest(bytes, from, to, this.#kinds);
    const { kinds } = this.#scanner;
    this.hash = hash;
    this.bits =
      ((kinds & KIND.unknown) === 0 ? 0 : BYTES.sharp) | ((kinds & KIND.unsure) === 0 ? 0 : BYTES.unsure);
    const slot = (hash & this.#mask) * 2;
    if (this.#isAt(slot, bytes, from, to)) return slot;
    return this.#isAt(slot + 1, bytes, from, to) ? slot + 1 : -1;
  }

  /** A slot for the text that `find` did not know; the older of its set is forgotten. */
  claim(bytes: Uint8Array, from: number, to: number): number {
    const length = to - from;
    let slot = this.#hashes.length - 1;
    if (length <= LONGEST) {
      const set = this.hash & this.#mask;
      const turn = this.#turns[set] ?? 0;
      this.#turns[set] = 1 - turn;
      slot = set * 2 + turn;
      this.#hashes[slot] = this.hash;
      this.#lengths[slot] = length;
      this.#scanner.keep(bytes, from, to, this.#texts + slot * LONGEST);
    }
    this.flags[slot] = 0;
    this.verdicts[slot] = CLEAN;
    return slot;
  }

  #isAt(slot: number, bytes: Uint8Array, from: number, to: number): boolean {
    return (
      this.#hashes[slot] === this.hash &&
      this.#lengths[slot] === to - from &&
      this.#scanner.isKept(bytes, from, to, this.#texts + slot * LONGEST)
    );
  }
}
