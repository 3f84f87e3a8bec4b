/**
 * What a group goes by. An IPv4 address is its bits: a map compares numbers without reading memory anew, and nearly all
 * groups are of addresses.
 */
export type GroupKey = string | number;

/**
 * A map that never holds more than `limit` groups. Two generations: when the young one is full, what is still needed of
 * the old one is carried over, the rest is dropped and counted. Constant cost per access, and no clock.
 */
export class GroupMap<Value> {
  readonly limit: number;
  #young = new Map<GroupKey, Value>();
  #old = new Map<GroupKey, Value>();
  #dropped = 0;
  readonly #needed: (value: Value) => boolean;
  readonly #removed: (value: Value) => void;

  /**
   * @param needed whether a value must outlive a change of generations; at most a quarter of the limit is kept for it
   * @param removed told of every value that is dropped
   */
  constructor(
    limit: number,
    needed: (value: Value) => boolean,
    removed: (value: Value) => void = () => undefined,
  ) {
    this.limit = limit;
    this.#needed = needed;
    this.#removed = removed;
  }

  get size(): number {
    return this.#young.size + this.#old.size;
  }

  get dropped(): number {
    return this.#dropped;
  }

  get(key: GroupKey): Value | undefined {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const old = this.#old.get(key);
    if (old === undefined) return undefined;
    this.#old.delete(key);
    this.set(key, old);
    return old;
  }

  /** Looks without counting as use. */
  peek(key: GroupKey): Value | undefined {
    return this.#young.get(key) ?? this.#old.get(key);
  }

  set(key: GroupKey, value: Value): void {
    if (this.#young.size >= this.limit / 2) this.#turn();
    this.#young.set(key, value);
  }

  delete(key: GroupKey): void {
    if (!this.#young.delete(key)) this.#old.delete(key);
  }

  /** Removes what has expired: it says nothing any more, so that it does not count as dropped. */
  prune(expired: (value: Value) => boolean): void {
    for (const generation of [this.#old, this.#young]) {
      // Not by entries: those would be an array for every group, each time.
      generation.forEach((value, key) => {
        if (expired(value)) generation.delete(key);
      });
    }
  }

  /** Plain data for a snapshot; `load` takes it back. */
  save(): { young: Map<GroupKey, Value>; old: Map<GroupKey, Value>; dropped: number } {
    return { young: this.#young, old: this.#old, dropped: this.#dropped };
  }

  load(saved: { young: Map<GroupKey, Value>; old: Map<GroupKey, Value>; dropped: number }): void {
    this.#young = saved.young;
    this.#old = saved.old;
    this.#dropped = saved.dropped;
  }

  #turn(): void {
    const kept = new Map<GroupKey, Value>();
    for (const [key, value] of this.#old) {
      if (kept.size < this.limit / 4 && this.#needed(value)) kept.set(key, value);
      else {
        this.#dropped += 1;
        this.#removed(value);
      }
    }
    this.#old = this.#young;
    this.#young = kept;
  }
}
