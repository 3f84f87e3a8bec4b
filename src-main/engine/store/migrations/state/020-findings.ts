import type { Migration } from '../../database.ts';

/** Findings once each, and which address each concerns: a distributed attack has many. */
export const findings: Migration = {
  version: 20,
  up(database) {
    database.execute(`
      CREATE TABLE findings (
        id TEXT PRIMARY KEY,
        type TEXT NOT NULL,
        time INTEGER NOT NULL,
        count INTEGER NOT NULL,
        -- The whole finding as JSON: read as one, searched by the columns beside it.
        content TEXT NOT NULL
      ) STRICT;
      CREATE INDEX findings_time ON findings (time, id);

      CREATE TABLE finding_addresses (
        address TEXT NOT NULL,
        time INTEGER NOT NULL,
        finding TEXT NOT NULL REFERENCES findings (id) ON DELETE CASCADE,
        PRIMARY KEY (address, time, finding)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX finding_addresses_finding ON finding_addresses (finding);

      -- Lines that are evidence, to find the findings of a line.
      CREATE TABLE finding_lines (
        source TEXT NOT NULL,
        time INTEGER NOT NULL,
        finding TEXT NOT NULL REFERENCES findings (id) ON DELETE CASCADE,
        PRIMARY KEY (source, time, finding)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX finding_lines_finding ON finding_lines (finding);
    `);
  },
};
