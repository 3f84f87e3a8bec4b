import type { PartitionSet } from './partition-set.ts';
import type { PartitionName } from '../partitions.ts';

/** Steps from a template to the most general one it became: more than ever happens. */
const MAX_STEPS = 16;

/** Texts of patterns, and which became which, over several partitions. */
export class PatternNames {
  readonly #texts = new Map<string, string>();
  readonly #changes = new Map<string, string>();

  constructor(partitions: PartitionSet, names: readonly PartitionName[]) {
    for (const name of names) {
      const patterns = partitions.patterns(name);
      for (const [id, text] of patterns?.texts() ?? []) this.#texts.set(id, text);
      for (const change of patterns?.changes() ?? []) this.#changes.set(change.old, change.new);
    }
  }

  text(id: string): string | undefined {
    return this.#texts.get(id);
  }

  /** The most general template that this one became and that lines have. */
  current(id: string): string {
    let current = id;
    let known = id;
    for (let step = 0; step < MAX_STEPS; step += 1) {
      const next = this.#changes.get(current);
      if (next === undefined || next === id) break;
      current = next;
      if (this.#texts.has(current)) known = current;
    }
    return known;
  }

  /** The pattern and all that became it. */
  family(id: string): Set<string> {
    const family = new Set([id]);
    for (const old of this.#changes.keys()) if (this.current(old) === id) family.add(old);
    return family;
  }
}
