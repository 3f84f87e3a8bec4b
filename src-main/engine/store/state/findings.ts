import type { DetectedFinding } from '../../flow/finding.ts';
import type { Command, Query, WritableDatabase } from '../database.ts';
import { FindingReader } from './finding-reader.ts';

/** What a delivered finding did to the store. `grown`: known, and now with more events. */
export type FindingChange = 'new' | 'grown' | 'known';

/** Findings in state.db, once each whatever is delivered twice, and what the Threats screen asks of them. */
export class FindingStore extends FindingReader {
  readonly #database: WritableDatabase;
  readonly #count: Query<[string], { count: number }>;
  readonly #keep: Command<[string, string, number, number, string]>;
  readonly #dropAddresses: Command<[string]>;
  readonly #keepAddress: Command<[string, number, string]>;
  readonly #keepLine: Command<[string, number, string]>;

  constructor(database: WritableDatabase) {
    super(database);
    this.#database = database;
    this.#count = database.query('SELECT count FROM findings WHERE id = ?');
    this.#keep = database.command(
      `INSERT INTO findings (id, type, time, count, content) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET time = excluded.time, count = excluded.count, content = excluded.content`,
    );
    this.#dropAddresses = database.command('DELETE FROM finding_addresses WHERE finding = ?');
    this.#keepAddress = database.command(
      'INSERT OR IGNORE INTO finding_addresses (address, time, finding) VALUES (?, ?, ?)',
    );
    this.#keepLine = database.command(
      'INSERT OR IGNORE INTO finding_lines (source, time, finding) VALUES (?, ?, ?)',
    );
  }

  /** Call it within a transaction. A finding delivered again with more events replaces itself; with as many it is known. */
  accept(finding: DetectedFinding): FindingChange {
    const { id, type, time, count } = finding;
    const known = this.#count.get(id);
    if (known !== undefined && known.count >= count) return 'known';
    this.#keep.run(id, type, time, count, JSON.stringify(finding));
    if (known !== undefined) this.#dropAddresses.run(id);
    for (const address of finding.addresses) this.#keepAddress.run(address, time, id);
    for (const line of finding.evidence) this.#keepLine.run(line.sourceId, line.time, id);
    return known === undefined ? 'new' : 'grown';
  }

  /** Deletes what is past its age and, oldest first, what is beyond the limit; returns how many. */
  retain(limits: { olderThan: number; most: number }): number {
    return this.#database
      .command<[number, number]>(
        `DELETE FROM findings WHERE time < ? OR id IN (SELECT id FROM findings ORDER BY time DESC LIMIT -1 OFFSET ?)`,
      )
      .run(limits.olderThan, limits.most);
  }
}
