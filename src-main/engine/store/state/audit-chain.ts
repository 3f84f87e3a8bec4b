import { setImmediate } from 'node:timers/promises';
import type { AuditAction, AuditEntry, AuditHead } from '../../../../src-preload/contract/audit.ts';
import type { AuditRecord, AuditTrail } from '../../flow/audit-trail.ts';
import type { Clock } from '../../flow/clock.ts';
import type { Query, ReadableDatabase, WritableDatabase } from '../database.ts';
import { readAnchor, writeAnchor } from './audit-anchor.ts';
import { auditHash } from './audit-hash.ts';

/** About 60 MB. People make a few hundred changes a day at most, so this is years; the oldest go first. */
const MAX_AUDIT_ENTRIES = 200_000;
/** A longer detail is cut to its size and hash of its beginning: the chain is no store of settings files. */
const MAX_DETAIL_LENGTH = 64 * 1024;

/** An entry as it lies in the database. */
export interface KeptAuditEntry extends Omit<AuditEntry, 'details' | 'action'> {
  action: AuditAction;
  /** JSON. */
  details: string;
}

const COLUMNS = 'number, time, actor, action, subject, details, previous, hash';

/** Reads the chain, whoever writes it. */
export class AuditReader {
  readonly #newest: Query<[number, number], KeptAuditEntry>;
  readonly #following: Query<[number, number], KeptAuditEntry>;
  readonly #last: Query<[], AuditHead>;
  readonly #base: Query<[], AuditHead>;
  readonly #range: Query<[number, number], KeptAuditEntry>;

  constructor(database: ReadableDatabase) {
    this.#newest = database.query(
      `SELECT ${COLUMNS} FROM audit_entries WHERE number < ? ORDER BY number DESC LIMIT ?`,
    );
    this.#following = database.query(
      `SELECT ${COLUMNS} FROM audit_entries WHERE number > ? ORDER BY number LIMIT ?`,
    );
    this.#last = database.query('SELECT number, hash FROM audit_entries ORDER BY number DESC LIMIT 1');
    this.#base = database.query('SELECT number, hash FROM audit_base');
    this.#range = database.query(
      `SELECT ${COLUMNS} FROM audit_entries WHERE time >= ? AND time < ? ORDER BY number`,
    );
  }

  /** The newest entry's number and hash; those of the base while there is none. */
  head(): AuditHead {
    return this.#last.get() ?? this.base();
  }

  /** The last entry let go for age; number 0 when none was. */
  base(): AuditHead {
    const base = this.#base.get();
    // Its one row is written by the migration; without it somebody was at work here, and verification says so.
    return base ?? { number: 0, hash: '' };
  }

  /** Newest first. */
  list(before: number | undefined, limit: number): { entries: AuditEntry[]; total: number } {
    const entries = this.#newest.all(before ?? Number.MAX_SAFE_INTEGER, limit).map(toEntry);
    return { entries, total: this.head().number - this.base().number };
  }

  /** Of a range of time, oldest first. */
  within(from: number, to: number): AuditEntry[] {
    return this.#range.all(from, to).map(toEntry);
  }

  /** Whether this was the chain's head at some time; true for what is older than its beginning. */
  had({ number, hash }: AuditHead): boolean {
    return number <= this.base().number || this.after(number - 1, 1)[0]?.hash === hash;
  }

  /** As they are kept, in order of their numbers, from after a number on. */
  after(number: number, limit: number): KeptAuditEntry[] {
    return this.#following.all(number, limit);
  }
}

function toEntry(kept: KeptAuditEntry): AuditEntry {
  return { ...kept, details: detailsOf(kept.details) };
}

/** What is no JSON object any more was edited; it is shown as it stands, and verification names it. */
function detailsOf(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  } catch {
    // Shown below.
  }
  return { text };
}

export interface AuditChainOptions {
  /** The data directory, for the head outside the database. */
  directory: string;
  clock: Clock;
  onError: (error: unknown) => void;
  /** MAX_AUDIT_ENTRIES, fewer in tests. */
  limit?: number;
}

/** Everything a person changes, each entry chained to the one before by its hash (L102). */
export class AuditChain extends AuditReader implements AuditTrail {
  readonly #database: WritableDatabase;
  readonly #options: AuditChainOptions;
  #anchored = 0;
  #anchorDue = false;

  constructor(database: WritableDatabase, options: AuditChainOptions) {
    super(database);
    this.#database = database;
    this.#options = options;
  }

  /**
   * At the engine's start. A recorded head that is not in the chain any more is taken down in the chain itself, so that
   * the next head does not wipe out its trace.
   * @returns whether the chain still has the head recorded last
   */
  begin(): boolean {
    const recorded = readAnchor(this.#options.directory);
    // None is recorded before the first entry, and by versions that had no chain yet.
    const whole = recorded === undefined || this.had(recorded);
    if (!whole)
      this.record({
        actor: 'yagura',
        action: 'chainBroken',
        subject: 'audit',
        details: { ...recorded },
      });
    return whole;
  }

  /** Within the caller's transaction, where there is one: the change and its entry are kept together or not at all. */
  record({ actor, action, subject, details }: AuditRecord): void {
    this.#database.transaction(() => {
      const head = this.head();
      const entry = {
        number: head.number + 1,
        time: this.#options.clock.now(),
        actor,
        action,
        subject,
        details: boundedJson(details),
        previous: head.hash,
      };
      this.#database
        .command<[number, number, string, string, string, string, string, string]>(
          `INSERT INTO audit_entries (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
        )
        .run(
          entry.number,
          entry.time,
          actor,
          action,
          subject,
          entry.details,
          entry.previous,
          auditHash(entry),
        );
      this.#letGo(entry.number);
    });
    // Only after the caller's commit: a head recorded for an entry that was rolled back would look like a truncation.
    if (this.#anchorDue) return;
    this.#anchorDue = true;
    void setImmediate().then(() => {
      if (this.#anchorDue) this.anchor();
    });
  }

  /** Records the head outside the database; what a kill prevents is made up for by the next entry. */
  anchor(): void {
    this.#anchorDue = false;
    try {
      const head = this.head();
      if (head.number === this.#anchored) return;
      writeAnchor(this.#options.directory, head);
      this.#anchored = head.number;
    } catch (error) {
      this.#options.onError(error);
    }
  }

  #letGo(newest: number): void {
    const limit = this.#options.limit ?? MAX_AUDIT_ENTRIES;
    if (newest - this.base().number <= limit) return;
    // A twentieth at once, so that it is not done at every entry.
    const from = this.base().number + Math.max(1, Math.floor(limit / 20));
    const last = this.after(from - 1, 1)[0];
    if (last === undefined) return;
    this.#database
      .command<[number, string]>('UPDATE audit_base SET number = ?, hash = ?')
      .run(last.number, last.hash);
    this.#database.command<[number]>('DELETE FROM audit_entries WHERE number <= ?').run(last.number);
  }
}

function boundedJson(details: Record<string, unknown>): string {
  const text = JSON.stringify(details);
  if (text.length <= MAX_DETAIL_LENGTH) return text;
  return JSON.stringify({ cut: text.slice(0, 1000), length: text.length });
}
