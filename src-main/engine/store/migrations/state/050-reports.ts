import type { Migration } from '../../database.ts';

/** Reports that were made (their files lie in reports/), and how scheduled ones fare. */
export const reports: Migration = {
  version: 50,
  up(database) {
    database.execute(`
      CREATE TABLE reports (
        id TEXT PRIMARY KEY,
        created INTEGER NOT NULL,
        -- What is known of it, as JSON.
        content TEXT NOT NULL
      ) STRICT;
      CREATE INDEX reports_created ON reports (created, id);

      CREATE TABLE report_schedules (
        name TEXT PRIMARY KEY,
        -- Until when it has covered, when it was last sent, as JSON.
        content TEXT NOT NULL
      ) STRICT;
    `);
  },
};
