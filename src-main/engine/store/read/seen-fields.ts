import type { LogLine } from '../../../../src-preload/contract/logs.ts';
import type { Clock } from '../../flow/clock.ts';
import type { FieldReader } from '../../flow/field-reader.ts';
import type { FieldValue } from '../types.ts';

/** Newest lines looked at: some 30 µs each, once while somebody types. */
export const SEEN_LINES = 1000;
/** What was seen stays good this long. */
const KEPT_MS = 20_000;
const MAX_NAMES = 300;
const MAX_VALUES = 200;
/** Longer values are text, not something to choose from a list. */
const LONGEST_VALUE = 80;
/** Whole messages are no values anybody completes. */
const NOT_OFFERED = new Set(['message', 'time', 'agent', 'referer']);

/** Which fields the newest lines have, and with which values: what is offered while a query is typed. */
export class SeenFields {
  readonly #newest: () => LogLine[];
  readonly #options: { fields: FieldReader; clock: Clock };
  #seen = new Map<string, Map<string, number>>();
  #seenAt = -Infinity;

  constructor(newest: () => LogLine[], options: { fields: FieldReader; clock: Clock }) {
    this.#newest = newest;
    this.#options = options;
  }

  names(): FieldValue[] {
    this.#look();
    const names = [...this.#seen].map(([value, values]) => ({
      value,
      lines: [...values.values()].reduce((sum, lines) => sum + lines, 0),
    }));
    return byFrequency(names);
  }

  values(name: string): FieldValue[] {
    this.#look();
    const values = this.#seen.get(name === 'path' ? 'target' : name) ?? new Map<string, number>();
    return byFrequency([...values].map(([value, lines]) => ({ value, lines })));
  }

  #look(): void {
    const now = this.#options.clock.now();
    if (now - this.#seenAt < KEPT_MS) return;
    this.#seen = new Map();
    for (const line of this.#newest()) {
      for (const { name, value } of this.#options.fields.describe(line.text, line.time, line.sourceId)
        .fields) {
        if (!NOT_OFFERED.has(name) && value !== '' && value.length <= LONGEST_VALUE) this.#note(name, value);
      }
    }
    this.#seenAt = now;
  }

  #note(name: string, value: string): void {
    let values = this.#seen.get(name);
    if (values === undefined) {
      if (this.#seen.size >= MAX_NAMES) return;
      this.#seen.set(name, (values = new Map<string, number>()));
    }
    if (values.has(value) || values.size < MAX_VALUES) values.set(value, (values.get(value) ?? 0) + 1);
  }
}

function byFrequency(values: FieldValue[]): FieldValue[] {
  return values.sort((a, b) => b.lines - a.lines || (a.value < b.value ? -1 : 1));
}
