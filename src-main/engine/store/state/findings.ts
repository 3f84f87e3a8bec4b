import { writeFindings, type DetectedFinding, type WrittenFinding } from '../../flow/finding.ts';
import type { Command, Query, WritableDatabase } from '../database.ts';
import type { FindingChange } from '../types.ts';
import { FINDINGS_A_PAGE, packLines, PAGE_BYTES, storedId } from './finding-contents.ts';
import { FindingReader } from './finding-reader.ts';

/** Findings in state.db, once each whatever is delivered twice, and what the Threats screen asks of them. */
export class FindingStore extends FindingReader {
  readonly #database: WritableDatabase;
  readonly #last: Query<[], { last: number }>;
  readonly #addKind: Command<[string, string]>;
  readonly #kind: Query<[string, string], { kind: number }>;
  readonly #add: Command<[number, Buffer | string, number, number, number, string]>;
  readonly #known: Query<[Buffer | string], { finding: number; count: number }>;
  readonly #grow: Command<[number, number, number, string, number]>;
  readonly #keepGrown: Command<[number, Buffer]>;
  readonly #dropAddresses: Command<[number]>;
  readonly #addAddress: Command<[string, number, number]>;
  readonly #addLine: Command<[number, number, number]>;
  readonly #addPage: Command<[number, number, Buffer]>;

  constructor(database: WritableDatabase) {
    super(database);
    this.#database = database;
    // A page may outlast its last findings: their numbers are still taken.
    this.#last = database.query(
      `SELECT max(coalesce((SELECT max(finding) FROM findings), 0), coalesce((SELECT max(last) FROM finding_pages
       WHERE first = (SELECT max(first) FROM finding_pages)), 0)) AS last`,
    );
    this.#addKind = database.command(
      'INSERT INTO finding_kinds (type, rule) VALUES (?, ?) ON CONFLICT DO NOTHING',
    );
    this.#kind = database.query('SELECT kind FROM finding_kinds WHERE type = ? AND rule = ?');
    this.#add = database.command(
      'INSERT INTO findings (finding, id, kind, time, count, address) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING',
    );
    this.#known = database.query('SELECT finding, count FROM findings WHERE id = ?');
    this.#grow = database.command(
      'UPDATE findings SET kind = ?, time = ?, count = ?, address = ? WHERE finding = ?',
    );
    this.#keepGrown = database.command(
      'INSERT INTO grown_findings (finding, contents) VALUES (?, ?) ON CONFLICT (finding) DO UPDATE SET contents = excluded.contents',
    );
    this.#dropAddresses = database.command('DELETE FROM further_addresses WHERE finding = ?');
    this.#addAddress = database.command(
      'INSERT OR IGNORE INTO further_addresses (address, time, finding) VALUES (?, ?, ?)',
    );
    this.#addLine = database.command(
      'INSERT OR IGNORE INTO finding_lines (time, line, finding) VALUES (?, ?, ?)',
    );
    this.#addPage = database.command('INSERT INTO finding_pages (first, last, contents) VALUES (?, ?, ?)');
  }

  /**
   * Call it within a transaction. A finding delivered again with more events replaces itself; with as many it is known.
   * Many at once take less room and time than one after another.
   */
  accept(findings: readonly DetectedFinding[]): FindingChange[] {
    return this.acceptWritten(writeFindings(findings));
  }

  /** `accept` of findings as threads hand them over. */
  acceptWritten(findings: readonly WrittenFinding[]): FindingChange[] {
    // Asked anew each time: what a transaction that failed had numbered is free again.
    const kinds = new Map<string, number>();
    const page = new PageInHand(this.#last.get()?.last ?? 0, (first, last, lines) =>
      this.#addPage.run(first, last, packLines(lines)),
    );
    const changes = findings.map((finding) => this.#acceptOne(finding, kinds, page));
    page.finish();
    return changes;
  }

  #acceptOne(finding: WrittenFinding, kinds: Map<string, number>, page: PageInHand): FindingChange {
    const { type, ruleId, time, count } = finding;
    const [address = '', ...further] = finding.addresses;
    const id = storedId(finding.id);
    const kind = this.#kindOf(type, ruleId, kinds);
    let number = page.next;
    const isNew = this.#add.run(number, id, kind, time, count, address) > 0;
    if (isNew) page.add(finding.contents);
    else {
      const known = this.#known.get(id);
      if (known === undefined || known.count >= count) return 'known';
      number = known.finding;
      this.#grow.run(kind, time, count, address, number);
      this.#keepGrown.run(number, packLines([finding.contents]));
      this.#dropAddresses.run(number);
    }
    for (const each of further) if (each !== address) this.#addAddress.run(each, time, number);
    // Lines of its own time are found by that.
    for (const line of finding.others) this.#addLine.run(line.time, line.key, number);
    return isNew ? 'new' : 'grown';
  }

  #kindOf(type: string, rule: string, kinds: Map<string, number>): number {
    const name = `${type} ${rule}`;
    let kind = kinds.get(name);
    if (kind === undefined) {
      this.#addKind.run(type, rule);
      kind = this.#kind.get(type, rule)?.kind ?? 0;
      kinds.set(name, kind);
    }
    return kind;
  }

  /** Deletes what is past its age and, oldest first, what is beyond the limit; returns how many. */
  retain(limits: { olderThan: number; most: number }): number {
    return this.#database.transaction(() => {
      const deleted = this.#database
        .command<[number, number]>(
          `DELETE FROM findings WHERE time < ? OR finding IN (SELECT finding FROM findings ORDER BY time DESC LIMIT -1 OFFSET ?)`,
        )
        .run(limits.olderThan, limits.most);
      if (deleted > 0) this.#sweep();
      return deleted;
    });
  }

  /**
   * What findings leave behind that are gone. Lines of evidence later than the oldest finding stay until that is gone
   * too: who finds one compares it with the finding.
   */
  #sweep(): void {
    this.#database.execute(`
      DELETE FROM grown_findings WHERE finding NOT IN (SELECT finding FROM findings);
      DELETE FROM further_addresses WHERE finding NOT IN (SELECT finding FROM findings);
      DELETE FROM finding_lines WHERE time < coalesce((SELECT min(time) FROM findings), 9e15)
        AND finding NOT IN (SELECT finding FROM findings);
      DELETE FROM finding_pages
        WHERE NOT EXISTS (SELECT 1 FROM findings WHERE finding BETWEEN finding_pages.first AND finding_pages.last);
    `);
  }
}

/** New findings on their way into pages, numbered one after another. */
class PageInHand {
  readonly #write: (first: number, last: number, lines: Uint8Array[]) => void;
  #last: number;
  #lines: Uint8Array[] = [];
  #bytes = 0;

  /** @param last the last number that was given */
  constructor(last: number, write: (first: number, last: number, lines: Uint8Array[]) => void) {
    this.#last = last;
    this.#write = write;
  }

  /** The number of the finding that is added next. */
  get next(): number {
    return this.#last + 1;
  }

  add(line: Uint8Array): void {
    this.#last += 1;
    this.#lines.push(line);
    this.#bytes += line.length;
    if (this.#lines.length >= FINDINGS_A_PAGE || this.#bytes >= PAGE_BYTES) this.finish();
  }

  finish(): void {
    if (this.#lines.length > 0) this.#write(this.#last - this.#lines.length + 1, this.#last, this.#lines);
    this.#lines = [];
    this.#bytes = 0;
  }
}
