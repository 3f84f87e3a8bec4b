import { patternEntry, patternId, patternOfEntry, type PatternChange } from '../../flow/pattern-entry.ts';
import type { Command, Query, WritableDatabase } from '../database.ts';

/** Patterns a partition names. A day of logs with more has none; the others count as `<*>`. */
export const MAX_PARTITION_PATTERNS = 20_000;
/** Entries whose number is remembered. */
const MAX_KNOWN = 20_000;
/** What lines have that no number is left for. */
const OTHER = patternEntry({ id: patternId('<*>'), text: '<*>' });

/** Numbers for the patterns of one partition. Within the caller's transactions; `forget` after one that failed. */
export class PatternDictionary {
  readonly #find: Query<[string], { pattern: number }>;
  readonly #insert: Command<[string, string]>;
  readonly #entry: Query<[number], { id: string; text: string }>;
  readonly #change: Command<[string, string, string]>;
  readonly #count: Query<[], { patterns: number }>;
  readonly #known = new Map<string, number>();
  #size: number | undefined;

  constructor(database: WritableDatabase) {
    this.#find = database.query('SELECT pattern FROM patterns WHERE id = ?');
    this.#insert = database.command('INSERT INTO patterns (id, text) VALUES (?, ?)');
    this.#entry = database.query('SELECT id, text FROM patterns WHERE pattern = ?');
    this.#change = database.command(
      `INSERT INTO pattern_changes (old, new) SELECT ?, ? WHERE EXISTS (SELECT 1 FROM patterns WHERE id = ?)
       ON CONFLICT (old) DO UPDATE SET new = excluded.new`,
    );
    this.#count = database.query('SELECT count(*) AS patterns FROM patterns');
  }

  /** The pattern's number; 0 for none. */
  number(entry: string): number {
    if (entry === '') return 0;
    const known = this.#known.get(entry);
    if (known !== undefined) return known;
    const { id, text } = patternOfEntry(entry);
    let number = this.#find.get(id)?.pattern;
    if (number === undefined) {
      this.#size ??= this.#count.get()?.patterns ?? 0;
      if (this.#size >= MAX_PARTITION_PATTERNS && entry !== OTHER) return this.number(OTHER);
      this.#insert.run(id, text);
      this.#size += 1;
      number = this.#find.get(id)?.pattern ?? 0;
    }
    if (this.#known.size >= MAX_KNOWN) this.#known.clear();
    this.#known.set(entry, number);
    return number;
  }

  /** The empty string for 0. */
  entry(number: number): string {
    const row = number === 0 ? undefined : this.#entry.get(number);
    return row === undefined ? '' : patternEntry(row);
  }

  /** Notes changes of patterns that the partition has. */
  change(changes: readonly PatternChange[]): void {
    for (const change of changes) this.#change.run(change.old, change.new, change.old);
  }

  /** What was remembered may not have been kept. */
  forget(): void {
    this.#known.clear();
    this.#size = undefined;
  }
}
