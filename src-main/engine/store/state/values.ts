import { randomBytes } from 'node:crypto';
import type { Command, Query, WritableDatabase } from '../database.ts';
import type { ValueStore } from '../types.ts';

/** Small facts in state.db, by name: what a source has learnt and must know again after a restart. */
export class StateValues implements ValueStore {
  readonly #read: Query<[string], { value: string }>;
  readonly #write: Command<[string, string]>;

  constructor(database: WritableDatabase) {
    this.#read = database.query('SELECT value FROM meta WHERE name = ?');
    this.#write = database.command(
      'INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
    );
  }

  get(name: string): string | undefined {
    return this.#read.get(name)?.value;
  }

  set(name: string, value: string): void {
    this.#write.run(name, value);
  }

  /** A random key of this installation, made when first asked for: 64 hexadecimal digits. */
  keyOf(name: string): string {
    const known = this.get(name);
    if (known !== undefined) return known;
    const made = randomBytes(32).toString('hex');
    this.set(name, made);
    return made;
  }
}
