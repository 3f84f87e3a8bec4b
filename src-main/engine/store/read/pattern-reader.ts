import { decodePatternCounts } from '../block/pattern-counts.ts';
import type { Query, ReadableDatabase } from '../database.ts';

/** Lines of one pattern among others. */
export interface PatternLines {
  lines: number;
  /** Of the worst line. */
  level: number;
  firstTime: number;
  lastTime: number;
}

const PATTERNS_SQL = 'SELECT pattern, id, text FROM patterns WHERE pattern > ? ORDER BY pattern';
const PATTERN_COUNTS_SQL = 'SELECT counts FROM block_patterns WHERE block = ?';

/** The patterns of one partition. What was read is kept: numbers and texts never change. */
export class PatternReader {
  readonly #new: Query<[number], { pattern: number; id: string; text: string }>;
  readonly #counts: Query<[number], { counts: Buffer }>;
  readonly #changes: Query<[], { old: string; new: string }>;
  readonly #ids = new Map<number, string>();
  readonly #texts = new Map<string, string>();
  #last = 0;

  constructor(database: ReadableDatabase) {
    this.#new = database.query(PATTERNS_SQL);
    this.#counts = database.query(PATTERN_COUNTS_SQL);
    this.#changes = database.query('SELECT old, new FROM pattern_changes');
  }

  /** The empty string for a number that is none. */
  id(pattern: number): string {
    if (pattern > this.#last) this.#readNew();
    return this.#ids.get(pattern) ?? '';
  }

  /** Texts by id. */
  texts(): ReadonlyMap<string, string> {
    this.#readNew();
    return this.#texts;
  }

  /** Patterns that became others, by the older id. */
  changes(): { old: string; new: string }[] {
    return this.#changes.all();
  }

  /** By id; undefined for a block written before there were patterns. */
  countsOf(block: number, firstTime: number): Map<string, PatternLines> | undefined {
    const row = this.#counts.get(block);
    if (row === undefined) return undefined;
    const counts = new Map<string, PatternLines>();
    for (const { pattern, ...lines } of decodePatternCounts(row.counts, firstTime))
      addPatternLines(counts, this.id(pattern), lines);
    return counts;
  }

  #readNew(): void {
    for (const { pattern, id, text } of this.#new.all(this.#last)) {
      this.#ids.set(pattern, id);
      this.#texts.set(id, text);
      this.#last = pattern;
    }
  }
}

/** Adds lines to those known of a pattern. */
export function addPatternLines(counts: Map<string, PatternLines>, id: string, added: PatternLines): void {
  const known = counts.get(id);
  if (known === undefined) {
    counts.set(id, { ...added });
    return;
  }
  known.lines += added.lines;
  known.level = Math.min(known.level, added.level);
  known.firstTime = Math.min(known.firstTime, added.firstTime);
  known.lastTime = Math.max(known.lastTime, added.lastTime);
}
