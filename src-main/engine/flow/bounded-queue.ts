import type { QueueState } from '../../../src-preload/contract/system.ts';

/**
 * A first-in first-out queue that never outgrows its limit. What does not fit is refused and counted, and the count is
 * shown on the self-monitoring page: nothing is dropped silently.
 */
export class BoundedQueue<Item> {
  readonly name: string;
  readonly limit: number;
  #items: Item[] = [];
  #head = 0;
  #dropped = 0;

  constructor(name: string, limit: number) {
    this.name = name;
    this.limit = limit;
  }

  get depth(): number {
    return this.#items.length - this.#head;
  }

  /** False when the queue is full: the item was dropped and counted. */
  push(item: Item): boolean {
    if (this.depth >= this.limit) {
      this.#dropped += 1;
      return false;
    }
    this.#items.push(item);
    return true;
  }

  shift(): Item | undefined {
    if (this.depth === 0) return undefined;
    const item = this.#items[this.#head];
    this.#head += 1;
    // Compacting only when half is gone keeps shift at constant amortised cost.
    if (this.#head > 1024 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }

  /** Takes everything out, oldest first. */
  drain(): Item[] {
    const items = this.#items.slice(this.#head);
    this.#items = [];
    this.#head = 0;
    return items;
  }

  state(): QueueState {
    return { name: this.name, depth: this.depth, limit: this.limit, dropped: this.#dropped };
  }
}
