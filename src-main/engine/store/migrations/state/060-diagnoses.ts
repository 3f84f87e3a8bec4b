import type { Migration } from '../../database.ts';

/** Runs of the diagnosis: a summary to list and compare by, and the checks, read one run at a time. */
export const diagnoses: Migration = {
  version: 60,
  up(database) {
    database.execute(`
      CREATE TABLE diagnoses (
        id TEXT PRIMARY KEY,
        started INTEGER NOT NULL,
        -- DiagnosisSummary as JSON.
        summary TEXT NOT NULL,
        -- CheckResult[] as JSON, deflated: some eighty checks with their evidence.
        checks BLOB NOT NULL
      ) STRICT;
      CREATE INDEX diagnoses_started ON diagnoses (started, id);
    `);
  },
};
