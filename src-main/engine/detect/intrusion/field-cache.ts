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

/**
 * Remembers what the rules said about texts seen before. Two ways a set, the older gives way: bounded without counting,
 * and a flood of unique targets costs each of them one miss, no more.
 */
export class FieldCache {
  readonly #first: Int32Array;
  readonly #second: Int32Array;
  readonly #mask: number;
  /** Columns by slot. */
  readonly targets: Int32Array;
  readonly flags: Uint8Array;
  readonly verdicts: (readonly Verdict[])[];

  /** @param sets power of two */
  constructor(sets: number) {
    const slots = sets * 2;
    this.#mask = sets - 1;
    this.#first = new Int32Array(slots);
    this.#second = new Int32Array(slots);
    this.targets = new Int32Array(slots);
    this.flags = new Uint8Array(slots);
    this.verdicts = new Array<readonly Verdict[]>(slots).fill(CLEAN);
  }

  /** The slot of a text, or -1 where it is not known. */
  find(first: number, second: number): number {
    const slot = (first & this.#mask) * 2;
    if (this.#first[slot] === first && this.#second[slot] === second) return slot;
    if (this.#first[slot + 1] === first && this.#second[slot + 1] === second) return slot + 1;
    return -1;
  }

  /** A slot for a new text; the older of the set is forgotten. */
  claim(first: number, second: number): number {
    const slot = (first & this.#mask) * 2;
    this.#first[slot + 1] = this.#first[slot] ?? 0;
    this.#second[slot + 1] = this.#second[slot] ?? 0;
    this.targets[slot + 1] = this.targets[slot] ?? 0;
    this.flags[slot + 1] = this.flags[slot] ?? 0;
    this.verdicts[slot + 1] = this.verdicts[slot] ?? CLEAN;
    this.#first[slot] = first;
    this.#second[slot] = second;
    this.targets[slot] = 0;
    this.flags[slot] = 0;
    this.verdicts[slot] = CLEAN;
    return slot;
  }
}
