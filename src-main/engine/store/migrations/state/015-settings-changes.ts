import type { Migration } from '../../database.ts';

/** Who changed which setting, when: kept for the audit. */
export const settingsChanges: Migration = {
  version: 15,
  up(database) {
    database.execute(`
      CREATE TABLE settings_changes (
        time INTEGER NOT NULL,
        path TEXT NOT NULL,
        -- JSON; NULL where there was no value.
        before TEXT,
        after TEXT,
        by TEXT NOT NULL
      ) STRICT;
      CREATE INDEX settings_changes_time ON settings_changes (time);
    `);
  },
};
