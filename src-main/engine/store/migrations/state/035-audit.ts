import { auditHash, FIRST_PREVIOUS } from '../../state/audit-hash.ts';
import type { Migration } from '../../database.ts';

interface OldChange {
  time: number;
  path: string;
  before: string | null;
  after: string | null;
  by: string;
}

/**
 * The audit chain (L102). Rows can't be changed at all, and removed only at the old end, below `audit_base`: whoever gets
 * round the triggers breaks the chain and is found by its verification. The settings changes kept so far become its
 * first entries.
 */
export const audit: Migration = {
  version: 35,
  up(database) {
    database.execute(`
      CREATE TABLE audit_entries (
        number INTEGER PRIMARY KEY,
        time INTEGER NOT NULL,
        actor TEXT NOT NULL,
        action TEXT NOT NULL,
        subject TEXT NOT NULL,
        details TEXT NOT NULL,
        previous TEXT NOT NULL,
        hash TEXT NOT NULL
      ) STRICT;

      -- The last entry that was let go for age: the chain begins after it.
      CREATE TABLE audit_base (
        number INTEGER NOT NULL,
        hash TEXT NOT NULL
      ) STRICT;

      CREATE TRIGGER audit_entries_stay BEFORE UPDATE ON audit_entries
      BEGIN
        SELECT RAISE(ABORT, 'audit entries cannot be changed');
      END;
      CREATE TRIGGER audit_entries_remain BEFORE DELETE ON audit_entries
      WHEN OLD.number > (SELECT number FROM audit_base)
      BEGIN
        SELECT RAISE(ABORT, 'audit entries cannot be removed');
      END;
    `);
    database
      .command<[number, string]>('INSERT INTO audit_base (number, hash) VALUES (?, ?)')
      .run(0, FIRST_PREVIOUS);
    const insert = database.command<[number, number, string, string, string, string, string, string]>(
      'INSERT INTO audit_entries (number, time, actor, action, subject, details, previous, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    );
    const changes = database.query<[], OldChange>(
      'SELECT time, path, before, after, by FROM settings_changes ORDER BY rowid',
    );
    let number = 0;
    let previous = FIRST_PREVIOUS;
    for (const { time, path, before, after, by } of changes.all()) {
      number += 1;
      const details = `{"before":${before ?? 'null'},"after":${after ?? 'null'}}`;
      const entry = { number, time, actor: by, action: 'settingChanged', subject: path, details, previous };
      const hash = auditHash(entry);
      insert.run(number, time, by, entry.action, path, details, previous, hash);
      previous = hash;
    }
    database.execute('DROP TABLE settings_changes');
  },
};
